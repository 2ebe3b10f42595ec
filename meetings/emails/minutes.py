"""Letters about minutes that are being checked. The text travels behind the link, never in it."""

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from mailing.letters import Copy, absolute, send_letters
from mailing.markers import marker
from mailing.outbox import Recipient
from meetings.choices import SeatRole
from meetings.labels import meeting_name, seat_name
from meetings.models import Minutes, MinutesCheck
from meetings.queries.invited import day_of, reachable

CHECK, EDIT = "check_url", "edit_url"


def check_asked(minutes: Minutes, checks: Sequence[MinutesCheck], *, at: datetime) -> None:
    _send("minutes_check", "のご確認のお願い", minutes, checks, at)


def check_reminded(minutes: Minutes, checks: Sequence[MinutesCheck], *, at: datetime) -> None:
    _send("minutes_check_reminder", "のご確認は、まもなく期限です", minutes, checks, at)


def check_answered(minutes: Minutes, check: MinutesCheck, *, at: datetime) -> None:
    """To the lead organisations: what somebody wants to have corrected, or the last answer."""
    meeting = minutes.meeting
    day = max(day_of(meeting), timezone.localdate(at))
    leads = meeting.body.seats.standing_on(day).filter(role=SeatRole.LEAD)
    places = reachable(leads.select_related("organization", "person"), day)
    link = absolute(reverse("minutes:edit", args=[minutes.public_id]))
    copies = [
        Copy(
            recipient=Recipient(address=place.address, merge={EDIT: link}),
            context={
                "name": _name(minutes), "organization": seat_name(place.seat),
                "person": place.person, "answering": check.name,
                "answer": check.get_status_display(), EDIT: marker(EDIT),
            },
            reference=f"minutes:{minutes.pk}",
        )
        for place in places
        if place.address is not None
    ]  # fmt: skip
    if copies:
        subject = f"{_name(minutes)}の確認のお返事"
        send_letters(
            template="meetings/mail/minutes_answered", subject=subject, copies=copies, at=at
        )


def _send(
    template: str, ending: str, minutes: Minutes, checks: Sequence[MinutesCheck], at: datetime
) -> None:
    copies = [
        Copy(
            recipient=Recipient(
                email=check.email, name=check.name,
                merge={CHECK: absolute(reverse("minutes:check", args=[check.link_key]))},
            ),
            context={"name": _name(minutes), "check": check, CHECK: marker(CHECK)},
            reference=f"minutes:{minutes.pk}",
        )
        for check in checks
    ]  # fmt: skip
    if copies:
        send_letters(
            template=f"meetings/mail/{template}", subject=f"{_name(minutes)}{ending}",
            copies=copies, at=at,
        )  # fmt: skip


def _name(minutes: Minutes) -> str:
    """分科会1 第2回会合の議事要旨."""
    name = meeting_name(minutes.meeting, minutes.meeting.body)
    return f"{name}の{minutes.get_form_display()}"
