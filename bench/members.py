"""Ten thousand members with ten years of periods and thirty thousand people, for the benches."""

import random
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection

from accounts.demo import create_demo_staff
from accounts.models import User
from mailing.models import Address
from members.choices import NUMBER_PREFIX, Category, Duty, EndReason, OrganizationKind
from members.keys import organization_keys
from members.models import Affiliation, Membership, Organization, Person

_PLACES = ("北海道", "青森", "宮城", "東京", "大阪", "広島", "沖縄", "京", "岡山", "長野")
_NAMES = ("なごみ", "みなと", "ひだまり", "つながり", "こもれび", "ともしび", "かけはし", "わかば")
_WORKS = ("居場所ネットワーク", "相談センター", "子ども食堂連絡会", "傾聴の会", "見守り隊")
AT = datetime(2022, 6, 15, 12, 0, tzinfo=ZoneInfo("Asia/Tokyo"))


def make_members(number: int) -> str:
    """Write `number` organisations that are members today, and what came before.

    Three people each; every third organisation has changed its category once, and one in ten more
    has left. Returns the slug of one.
    """
    chance = random.Random(2022)
    rows = [_organization(chance, n) for n in range(number + number // 10)]
    Organization.objects.bulk_create(rows, batch_size=2000)
    periods = [period for n, row in enumerate(rows) for period in _periods(row, n, number)]
    Membership.objects.bulk_create(periods, batch_size=2000)
    _people(rows[:number])
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")  # as autovacuum does within a minute of a bulk load
    return rows[number // 2].slug


def _periods(row: Organization, n: int, members: int) -> list[Membership]:
    categories = list(Category)
    joined = date(2016, 4, 1) + timedelta(days=n % 3650)
    now, before = categories[n % 3], categories[(n + 1) % 3]

    def period(category: Category, mark: str, start: date, **end: Any) -> Membership:
        number = f"{NUMBER_PREFIX[category]}{mark}{n:06}"
        return Membership(
            organization=row, category=category, number=number, valid_from=start, **end
        )

    if n >= members:
        end = {"valid_until": joined + timedelta(days=400), "end_reason": EndReason.WITHDRAWN}
        return [period(now, "L", joined, **end)]
    if n % 3:
        return [period(now, "", joined)]
    moved = joined + timedelta(days=200)
    end = {"valid_until": moved, "end_reason": EndReason.CATEGORY_CHANGED}
    return [period(before, "B", joined, **end), period(now, "", moved)]


def _people(rows: list[Organization]) -> None:
    many = range(3 * len(rows))
    people = Person.objects.bulk_create(
        [Person(name=f"見本 太郎{n}", search_text=f"見本太郎{n}") for n in many], batch_size=5000
    )
    addresses = Address.objects.bulk_create(
        [Address(email=f"contact{n}@sink.test") for n in many], batch_size=5000
    )
    Affiliation.objects.bulk_create(
        [
            Affiliation(
                person=person, organization=rows[n // 3], address=addresses[n], position=n % 3,
                duty=Duty.PRIMARY if n % 3 == 0 else Duty.DEPUTY, valid_from=date(2022, 2, 25),
            )
            for n, person in enumerate(people)
        ],
        batch_size=5000,
    )  # fmt: skip


def _organization(chance: random.Random, n: int) -> Organization:
    place, word, work = (chance.choice(words) for words in (_PLACES, _NAMES, _WORKS))
    name = f"特定非営利活動法人{place}{word}{work}{n}"
    kana = f"トクテイヒエイリカツドウホウジンミホン{n}"
    keys = organization_keys(name=name, name_kana=kana)
    return Organization(
        kind=chance.choice(OrganizationKind.values), name=name, name_kana=kana,
        prefecture=f"{chance.randint(1, 47):02}", address="見本県見本市見本1-2-3",
        phone=f"03-{n:08}"[:12], fields=[f"{chance.randint(1, 20):02}"],
        search_text=keys.search_text, sort_key=keys.sort_key, duplicate_key=keys.duplicate_key,
    )  # fmt: skip


def make_sessions() -> tuple[str, str]:
    """Session keys of the demo administrator: for our site, and for the peer's."""
    create_demo_staff(at=AT)
    user = User.objects.get(email="admin@example.jp")
    User.objects.filter(pk=user.pk).update(is_superuser=True)
    return (
        session_of(user, settings.AUTHENTICATION_BACKENDS[0]),
        session_of(
            user,
            "django.contrib.auth.backends.ModelBackend",
            AbstractBaseUser._get_session_auth_hash(user),
        ),
    )


def session_of(user: User, backend: str, signature: str = "") -> str:
    """The key of a fresh session of `user`; `signature` as the backend's site makes it."""
    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = backend
    store[HASH_SESSION_KEY] = signature or user.get_session_auth_hash()
    store.create()
    return str(store.session_key)
