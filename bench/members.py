"""Ten thousand members and the sessions to look at them, for the benches."""

import random
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection

from accounts.demo import create_demo_staff
from accounts.models import User
from members.choices import NUMBER_PREFIX, Category, OrganizationKind
from members.keys import organization_keys
from members.models import Membership, Organization

_PLACES = ("北海道", "青森", "宮城", "東京", "大阪", "広島", "沖縄", "京", "岡山", "長野")
_NAMES = ("なごみ", "みなと", "ひだまり", "つながり", "こもれび", "ともしび", "かけはし", "わかば")
_WORKS = ("居場所ネットワーク", "相談センター", "子ども食堂連絡会", "傾聴の会", "見守り隊")
AT = datetime(2022, 6, 15, 12, 0, tzinfo=ZoneInfo("Asia/Tokyo"))


def make_members(number: int) -> str:
    """Write `number` organisations with a running membership. Returns the slug of one."""
    chance = random.Random(2022)
    rows = [_organization(chance, n) for n in range(number)]
    Organization.objects.bulk_create(rows, batch_size=2000)
    categories = list(Category)
    Membership.objects.bulk_create(
        [
            Membership(
                organization=row,
                category=(category := categories[n % 3]),
                number=f"{NUMBER_PREFIX[category]}{n:06}",
                valid_from=date(2022, 2, 25),
            )
            for n, row in enumerate(rows)
        ],
        batch_size=2000,
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as autovacuum does within a minute of a bulk load
    return rows[number // 2].slug


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
        _session(user, settings.AUTHENTICATION_BACKENDS[0], user.get_session_auth_hash()),
        _session(
            user,
            "django.contrib.auth.backends.ModelBackend",
            AbstractBaseUser._get_session_auth_hash(user),
        ),
    )


def _session(user: User, backend: str, signature: str) -> str:
    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = backend
    store[HASH_SESSION_KEY] = signature
    store.create()
    return str(store.session_key)
