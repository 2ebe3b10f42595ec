"""A lead with one big paper, for the bench of files."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.files.base import ContentFile

from accounts.demo import create_demo_account
from bench.members import make_members, session_of
from meetings.choices import BodyKind, MeetingStatus, SeatRole
from meetings.models import Body, Material, Meeting, Seat
from meetings.services.materials import add_material
from members.models import Affiliation

AT = datetime(2022, 6, 1, 10, 0, tzinfo=ZoneInfo("Asia/Tokyo"))
SINCE = date(2022, 2, 25)


def make_lead(data: bytes) -> tuple[str, Material, Meeting]:
    """The key of a session, a paper of `data`, and its meeting."""
    make_members(20)
    affiliation = Affiliation.objects.order_by("pk")[0]
    user = create_demo_account(email="lead@example.jp", name="見本 担当", at=AT)
    affiliation.person.user = user
    affiliation.person.save(update_fields=["user"])
    committee, body = (
        Body.objects.create(slug=kind, kind=kind, name=str(kind.label), valid_from=SINCE)
        for kind in (BodyKind.STEERING, BodyKind.SUBCOMMITTEE)
    )
    for where, role in ((committee, SeatRole.MEMBER), (body, SeatRole.LEAD)):
        Seat.objects.create(
            body=where, organization=affiliation.organization, role=role, valid_from=SINCE
        )
    meeting = Meeting.objects.create(
        body=body, fiscal_year=2022, number=1, status=MeetingStatus.HELD, starts_at=AT,
        ends_at=AT.replace(hour=12),
    )  # fmt: skip
    paper = add_material(
        body=body, meeting=meeting, file=ContentFile(data, name="big.pdf"), title="大きな資料",
        label="資料1", publish_at=AT, actor=user, at=AT,
    )  # fmt: skip
    return session_of(user, settings.AUTHENTICATION_BACKENDS[0]), paper, meeting
