"""Minutes as they are read: the head computed from the meeting, what is withheld left out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from meetings.choices import CheckRole, CheckStatus, MinutesStatus, Office, Openness, Reply
from meetings.labels import (
    MINUTES_HEAD,
    hours_label,
    meeting_name,
    place_label,
    role_label,
    seat_name,
)
from meetings.models import (
    Invitation,
    Material,
    Meeting,
    Minutes,
    MinutesCheck,
    MinutesEdition,
    MinutesSection,
    Seat,
)
from meetings.queries.invited import invitations_of, reachable
from meetings.readers import Reader

PAPERS, ATTENDANCE = "papers", ("present", "online", "substitute", "absent")
_ATTENDED = dict(zip(ATTENDANCE, (Reply.ATTEND, Reply.ONLINE, Reply.SUBSTITUTE, Reply.ABSENT),
                     strict=True))  # fmt: skip


@dataclass(frozen=True)
class Line:
    """`name` is of a person: only some readers see it."""

    text: str
    name: str = ""


@dataclass(frozen=True)
class HeadRow:
    label: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Part:
    """A section for a reader: of a withheld one nothing but the reason is here."""

    heading: str
    text: str
    withheld: bool = False
    reason: str = ""


@dataclass(frozen=True)
class Reading:
    """Minutes for one reader. `edition` None: a draft, for those who run the body."""

    minutes: Minutes
    head: tuple[HeadRow, ...]
    parts: tuple[Part, ...]
    papers: tuple[Material, ...] = ()
    edition: MinutesEdition | None = None
    corrections: tuple[MinutesEdition, ...] = ()


def head_of_minutes(meeting: Meeting) -> list[dict[str, Any]]:
    """When, where, who was there, what was before them: as the edition keeps it. Three queries."""
    body = meeting.body
    openness = str(Openness(meeting.openness).label)
    if meeting.closed_reason:
        openness += f"(理由:{meeting.closed_reason})"
    name = meeting_name(meeting, body)
    rows = [
        _row("name", f"{name} {meeting.title}".strip()),
        _row("when", hours_label(meeting.starts_at, meeting.ends_at)),
        _row("where", place_label(meeting)),
        _row("openness", openness),
        *_attendance(invitations_of(meeting), body.kind),
        _row("guests", *meeting.guests.splitlines()),
        _row("staff", meeting.staff_present),
        _row("listeners", "" if meeting.listeners is None else f"{meeting.listeners}人"),
        _row("agenda", *(item.title for item in meeting.agenda.all())),
        {"key": PAPERS, "papers": _papers(meeting)},
    ]
    return [row for row in rows if row.get("lines") or row.get("papers")]


def _row(key: str, *lines: str) -> dict[str, Any]:
    return {"key": key, "lines": [{"text": line, "name": ""} for line in lines if line]}


def _attendance(invitations: Sequence[Invitation], kind: str) -> list[dict[str, Any]]:
    return [
        {
            "key": key,
            "lines": [
                {"text": _seated(row.seat, kind), "name": row.attendee}
                for row in invitations
                if row.attendance == attended
            ],
        }
        for key, attended in _ATTENDED.items()
    ]


def _seated(seat: Seat, kind: str) -> str:
    return f"{seat_name(seat)}({role_label(seat, kind)})" if seat.office else seat_name(seat)


def _papers(meeting: Meeting) -> list[dict[str, str]]:
    """All that were before the meeting; a reader sees those that they may open themselves."""
    rows = meeting.materials.filter(withdrawn_at=None, current__isnull=False)
    return [{"material": str(row.public_id), "words": str(row)} for row in rows]


def latest_edition(minutes: Minutes) -> MinutesEdition | None:
    return minutes.editions.order_by("-number").first()


def reading_of(
    minutes: Minutes, reader: Reader, at: datetime, *, sees_people: bool
) -> Reading:  # fmt: skip
    """The newest edition as this reader has it; before there is one, the draft in its form."""
    editions = list(minutes.editions.order_by("-number"))
    if not editions:
        return draft_reading(minutes, reader, at)
    found = _reading(minutes, editions[0].content, reader, at, sees_people=sees_people)
    corrections = tuple(row for row in editions if row.number > 1)
    return replace(found, edition=editions[0], corrections=corrections)


def draft_reading(minutes: Minutes, reader: Reader, at: datetime) -> Reading:
    """What readers would have, if the draft were final today."""
    return _reading(minutes, draft_content(minutes), reader, at, sees_people=True)


def draft_content(minutes: Minutes) -> dict[str, Any]:
    sections = minutes.sections.values("heading", "text", "withheld", "withheld_reason")
    return {"head": head_of_minutes(minutes.meeting), "sections": list(sections)}


def _reading(
    minutes: Minutes, content: Mapping[str, Any], reader: Reader, at: datetime, *, sees_people: bool
) -> Reading:
    named = {
        paper["material"]
        for row in content["head"]
        if row["key"] == PAPERS
        for paper in row["papers"]
    }
    return Reading(
        minutes=minutes,
        head=tuple(head_rows(content["head"], sees_people=sees_people)),
        parts=tuple(parts_of(content["sections"])),
        papers=tuple(_open_papers(minutes.meeting, named, reader, at)),
    )


def head_rows(head: Sequence[Mapping[str, Any]], *, sees_people: bool) -> list[HeadRow]:
    """Without the papers: each reader sees those of today that are theirs."""
    return [
        HeadRow(
            MINUTES_HEAD[row["key"]],
            tuple(Line(line["text"], line["name"] if sees_people else "") for line in row["lines"]),
        )
        for row in head
        if row["key"] != PAPERS
    ]


def parts_of(sections: Sequence[Mapping[str, Any]]) -> list[Part]:
    """What is withheld leaves nothing but its reason: no heading and no text."""
    return [
        Part("", "", withheld=True, reason=row["withheld_reason"])
        if row["withheld"]
        else Part(row["heading"], row["text"])
        for row in sections
    ]


def _open_papers(
    meeting: Meeting, named: set[str], reader: Reader, at: datetime
) -> list[Material]:  # fmt: skip
    if not named:
        return []
    rows = Material.objects.readable_by(reader, at).filter(meeting=meeting, public_id__in=named)
    return list(rows.select_related("current", "body"))


def open_check(link_key: str, day: date) -> MinutesCheck | None:
    """The one behind a link, as long as it is asked and its seat stands."""
    found: MinutesCheck | None = (
        MinutesCheck.objects.filter(link_key=link_key, sent_at__isnull=False)
        .select_related("minutes__meeting__body", "invitation")
        .first()
    )
    if found is None or found.invitation is None:
        return found
    stands = Seat.objects.standing_on(day).filter(pk=found.invitation.seat_id).exists()
    return found if stands else None


def sections_to_check(check: MinutesCheck) -> list[MinutesSection]:
    """The draft for whoever checks it: who sits there reads what will be withheld, too."""
    rows = check.minutes.sections.all()
    inside = check.invitation_id is not None or check.role == CheckRole.CHAIR
    return list(rows if inside else rows.filter(withheld=False))


@dataclass(frozen=True)
class Asked:
    """A seat that was there, and where a letter would go; nowhere when `email` is empty."""

    invitation: Invitation
    name: str
    email: str


def who_was_there(meeting: Meeting, day: date) -> list[Asked]:
    """Four queries."""
    rows = [row for row in invitations_of(meeting) if row.attendance != Reply.ABSENT]
    places = reachable([row.seat for row in rows], day)
    return [
        Asked(
            row,
            row.attendee or (place.person.name if place.person else "") or seat_name(row.seat),
            place.address.email if place.address else "",
        )
        for row, place in zip(rows, places, strict=True)
    ]


def chair_of(meeting: Meeting, day: date) -> Asked | None:
    """Who was in the chair, from the seats that were asked."""
    own = [row for row in who_was_there(meeting, day) if row.invitation.seat.office == Office.CHAIR]
    return own[0] if own else None


@dataclass(frozen=True)
class Checks:
    """The answers to one round of questions."""

    rows: tuple[MinutesCheck, ...]

    @property
    def waiting(self) -> int:
        return sum(row.status == CheckStatus.WAITING for row in self.rows)

    @property
    def unsettled(self) -> int:
        return sum(
            row.status == CheckStatus.CORRECTION and row.settled_at is None for row in self.rows
        )


def checks_of(minutes: Minutes) -> Checks:
    """One query."""
    return Checks(tuple(minutes.checks.order_by("-role", "pk")))


def changed_after_chair(minutes: Minutes, check: MinutesCheck | None) -> list[MinutesSection]:
    """Sections that were written after the chair agreed to them."""
    if check is None or check.answered_at is None or minutes.status != MinutesStatus.CHAIR:
        return []
    return list(minutes.sections.filter(edited_at__gt=check.answered_at))


def is_out(minutes: Minutes, at: datetime) -> bool:
    published = minutes.status == MinutesStatus.PUBLISHED
    return published and minutes.publish_at is not None and minutes.publish_at <= at


def meeting_day(meeting: Meeting) -> date:
    return timezone.localdate(meeting.starts_at)
