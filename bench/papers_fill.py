"""Fifty bodies, 5,000 meetings, 40,000 papers and 3,000 people, for the bench of papers."""

import random
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import connection

from accounts.demo import create_demo_account
from accounts.models import User
from bench.members import make_members, session_of
from core.files import private_storage
from core.japan.calendar import fiscal_year
from core.japan.text import fold
from meetings.choices import Audience, BodyKind, MeetingStatus, Searchable, SeatRole
from meetings.models import (
    AgendaItem,
    Body,
    Invitation,
    Material,
    MaterialVersion,
    Meeting,
    Passage,
    Seat,
)
from meetings.pairs import vector
from members.models import Affiliation, Organization
from subcommittees.models import Subcommittee

FIRST = datetime(2022, 6, 1, 10, 0, tzinfo=ZoneInfo("Asia/Tokyo"))
SINCE = date(2022, 2, 25)
BODIES, MEETINGS, PAPERS, SEATS = 50, 100, 8, 60
AUDIENCES = (
    Audience.PUBLIC, Audience.MEMBERS, Audience.BODY, Audience.BODY, Audience.BODY,
    Audience.BODY, Audience.STEERING, Audience.SECRETARIAT,
)  # fmt: skip
_TOPICS = ("居場所", "声かけ", "相談支援", "電話相談", "見守り", "子ども食堂", "地域連携", "研修")
_SENTENCES = (
    "を続けています。", "の担い手が足りません。", "を地域で支えます。", "の研修を行いました。",
    "の費用を確かめました。", "の効果を調べます。",
)  # fmt: skip
_KINDS = (
    "事例の整理",
    "聞き取り結果",
    "進め方",
    "論点の整理",
    "報告",
    "試行の計画",
    "意見",
    "参考",
)


def make_papers(*, share: float = 1.0) -> tuple[User, str]:
    """Write all of it (`share` of the meetings). Returns a member who sits in six bodies, and the
    key of their session."""
    chance = random.Random(2022)
    make_members(1_000)
    bodies = _bodies()
    organizations = list(Organization.objects.order_by("pk")[:1_000])
    _seats(bodies, organizations)
    meetings = _meetings(bodies, max(1, round(MEETINGS * share)))
    _materials(meetings, chance)
    _passages(chance)
    user = _reader(organizations[0])
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")  # as autovacuum does within a minute of a bulk load
    return user, session_of(user, settings.AUTHENTICATION_BACKENDS[0])


def _bodies() -> list[Body]:
    kinds = [BodyKind.ASSEMBLY, BodyKind.STEERING] + [BodyKind.SUBCOMMITTEE] * (BODIES - 2)
    rows = Body.objects.bulk_create(
        Body(
            slug=f"{kind}-{n}", kind=kind, name=f"{kind.label}{n}", valid_from=SINCE,
            audience=Audience.PUBLIC,
        )
        for n, kind in enumerate(kinds)
    )  # fmt: skip
    Subcommittee.objects.bulk_create(
        Subcommittee(body=body, number=n, theme=f"見本のテーマ{n}", purpose="見本の目的")
        for n, body in enumerate(rows)
        if body.kind == BodyKind.SUBCOMMITTEE
    )
    return rows


def _seats(bodies: list[Body], organizations: list[Organization]) -> None:
    """The first organisation sits in each eighth body, the others are spread evenly."""
    rows = []
    for n, body in enumerate(bodies):
        sitting = {(n * SEATS + place) % len(organizations) for place in range(SEATS)} - {0}
        if n % 8 == 2:
            sitting.add(0)
        rows += [
            Seat(
                body=body, organization=organizations[place], valid_from=SINCE,
                role=SeatRole.LEAD if number == 0 and place else SeatRole.MEMBER,
            )
            for number, place in enumerate(sorted(sitting))
        ]  # fmt: skip
    Seat.objects.bulk_create(rows, batch_size=5000)


def _meetings(bodies: list[Body], each: int) -> list[Meeting]:
    rows = []
    for body in bodies:
        for n in range(each):
            starts = FIRST + timedelta(days=16 * n)
            rows.append(
                Meeting(
                    body=body, fiscal_year=fiscal_year(starts), number=n + 1,
                    status=MeetingStatus.HELD, starts_at=starts,
                    ends_at=starts + timedelta(hours=2),
                )
            )  # fmt: skip
    made = Meeting.objects.bulk_create(rows, batch_size=5000)
    AgendaItem.objects.bulk_create(
        [
            AgendaItem(meeting=meeting, position=n, title=f"議題{n + 1}")
            for meeting in made
            for n in range(3)
        ],
        batch_size=5000,
    )
    last = made[-1]
    Invitation.objects.bulk_create(
        Invitation(meeting=last, seat=seat, sent_at=FIRST) for seat in last.body.seats.all()
    )
    return made


def _materials(meetings: list[Meeting], chance: random.Random) -> None:
    place = private_storage().save("papers/bench", ContentFile(b"%PDF-1.7\n" + b"x" * 400_000))
    papers = Material.objects.bulk_create(
        [
            Material(
                body_id=meeting.body_id, meeting=meeting, label=f"資料{n + 1}", position=n,
                title=f"{chance.choice(_TOPICS)}の{chance.choice(_KINDS)}",
                audience=AUDIENCES[n], publish_at=meeting.starts_at,
            )
            for meeting in meetings
            for n in range(PAPERS)
        ],
        batch_size=5000,
    )  # fmt: skip
    versions = MaterialVersion.objects.bulk_create(
        [
            MaterialVersion(
                material=paper, number=1, file=place, name="見本.pdf", sha256="0" * 64,
                content_type="application/pdf", size=400_009, uploaded_at=FIRST,
                searchable=Searchable.DONE,
            )
            for paper in papers
        ],
        batch_size=5000,
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE meetings_material SET current_id = v.id FROM meetings_materialversion v"
            " WHERE v.material_id = meetings_material.id"
        )
    assert len(versions) == len(papers)


def _passages(chance: random.Random) -> None:
    """A name and one or two pages of text for each paper, as the worker would have kept them."""
    rows = []
    for number, (key, label, title) in enumerate(
        Material.objects.order_by("pk").values_list("pk", "label", "title")
    ):
        rows.append(_passage(key, 0, f"{label} {title}"))
        rows += [_passage(key, 1, _page(chance, number)) for _page_of in range(1 + number % 2)]
    Passage.objects.bulk_create(rows, batch_size=5000)


def _passage(material: int, depth: int, text: str) -> Passage:
    folded = fold(text)
    return Passage(
        material_id=material, depth=depth, place="1ページ" if depth else "", text=text,
        folded=folded, pairs=vector(folded),
    )  # fmt: skip


def _page(chance: random.Random, number: int) -> str:
    """About 300 letters; seven of ten speak of 相談, one in five hundred of 夜間保育."""
    words = [chance.choice(_TOPICS) + chance.choice(_SENTENCES) for _sentence in range(14)]
    if chance.random() < 0.7:
        words.append("相談の窓口について話し合いました。")
    if number % 500 == 0:
        words.append("夜間保育の事例があります。")
    return "".join(words)


def _reader(organization: Organization) -> User:
    affiliation = Affiliation.objects.filter(organization=organization).order_by("position")[0]
    user = create_demo_account(email="reader@example.jp", name="見本 読子", at=FIRST)
    affiliation.person.user = user
    affiliation.person.save(update_fields=["user"])
    return user
