"""Letters about meetings: one for each seat that is asked, with the link by which it answers.

What only some of the secretariat may read stays out of the text: copies of all letters are kept
where the whole secretariat reads. Links and online addresses travel beside the text, too.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse

from mailing.letters import Copy, absolute, send_letters
from mailing.markers import marker
from mailing.outbox import Recipient
from meetings.choices import Audience, BodyKind, SeatRole
from meetings.labels import hours_label, meeting_name, place_label, seat_name
from meetings.models import Invitation, Meeting
from meetings.queries.invited import Reachable, day_of, invitations_of, reachable

Pair = tuple[Invitation, Reachable]
REPLY, ONLINE, RUN = "reply_url", "online_url", "run_url"


def invitations_sent(meeting: Meeting, pairs: Iterable[Pair], *, at: datetime) -> None:
    subject = f"{meeting_name(meeting, meeting.body)}のご案内"
    _send("invitation", subject, meeting, pairs, at)


def replies_reminded(meeting: Meeting, pairs: Iterable[Pair], *, at: datetime) -> None:
    subject = f"【再送】{meeting_name(meeting, meeting.body)}のご出欠のお願い"
    _send("reply_reminder", subject, meeting, pairs, at)


def meeting_tomorrow(meeting: Meeting, pairs: Iterable[Pair], *, at: datetime) -> None:
    subject = f"{meeting_name(meeting, meeting.body)}のご確認"
    _send("tomorrow", subject, meeting, pairs, at)


def meeting_moved(meeting: Meeting, *, before: Mapping[str, Any], at: datetime) -> None:
    """To everybody who had the invitation: what was, and what is now."""
    old = Meeting(**{name: before[name] for name in ("starts_at", "ends_at", "mode", "place")})
    changes = [
        (label, was, now)
        for label, was, now in (
            ("日時", _hours(old), _hours(meeting)),
            ("開き方", place_label(old), place_label(meeting)),
        )
        if was != now
    ]
    subject = f"【変更】{meeting_name(meeting, meeting.body)}"
    other_room = before["online_url"] != meeting.online_url
    _send("moved", subject, meeting, _invited(meeting, at), at,
          changes=changes, other_room=other_room)  # fmt: skip


def meeting_cancelled(meeting: Meeting, *, at: datetime) -> None:
    subject = f"【中止】{meeting_name(meeting, meeting.body)}"
    _send("cancelled", subject, meeting, _invited(meeting, at), at)


def replied_late(meeting: Meeting, invitation: Invitation, *, at: datetime) -> None:
    """To the lead organisations: an answer after the day by which they had asked for it."""
    day = day_of(meeting)
    leads = meeting.body.seats.standing_on(day).filter(role=SeatRole.LEAD)
    places = reachable(leads.select_related("organization", "person"), day)
    link = absolute(reverse("meetings:run", args=[meeting.public_id]))
    copies = [
        Copy(
            recipient=Recipient(address=place.address, merge={RUN: link}),
            context={
                **_known(meeting), "organization": seat_name(place.seat),
                "answering": seat_name(invitation.seat), "reply": invitation.get_reply_display(),
                "attendee": invitation.attendee, RUN: marker(RUN),
            },
            reference=f"meeting:{meeting.pk}",
        )
        for place in places
        if place.address is not None
    ]  # fmt: skip
    subject = f"期限のあとのお返事({meeting_name(meeting, meeting.body)})"
    send_letters(template="meetings/mail/replied_late", subject=subject, copies=copies, at=at)


def _invited(meeting: Meeting, at: datetime) -> list[Pair]:
    """Who has the invitation, at the mailbox of today."""
    rows = [row for row in invitations_of(meeting) if row.sent_at is not None]
    places = reachable([row.seat for row in rows], day_of(meeting))
    return list(zip(rows, places, strict=True))


def _send(
    template: str, subject: str, meeting: Meeting, pairs: Iterable[Pair], at: datetime,
    **words: object,
) -> None:  # fmt: skip
    known = {**_known(meeting), **words}
    shown = bool(meeting.online_url) and (meeting.online_from is None or meeting.online_from <= at)
    copies = [
        Copy(
            recipient=Recipient(address=place.address, merge=_beside(meeting, invitation)),
            context={
                **known,
                "organization": seat_name(place.seat),
                "person": place.person,
                "invitation": invitation,
                REPLY: marker(REPLY),
                ONLINE: marker(ONLINE) if shown else "",
            },
            reference=f"meeting:{meeting.pk}",
        )
        for invitation, place in pairs
        if place.address is not None
    ]
    if copies:
        send_letters(template=f"meetings/mail/{template}", subject=subject, copies=copies, at=at)


def _beside(meeting: Meeting, invitation: Invitation) -> dict[str, str]:
    return {REPLY: reply_link(invitation), ONLINE: meeting.online_url}


def reply_link(invitation: Invitation) -> str:
    return absolute(reverse("meetings:reply", args=[invitation.link_key]))


def _known(meeting: Meeting) -> dict[str, Any]:
    closed = is_closed_to_some_staff(meeting)
    return {
        "meeting": meeting,
        "name": meeting_name(meeting, meeting.body),
        "hours": _hours(meeting),
        "place": place_label(meeting),
        "theme": "" if closed else meeting.title,
        "words": "" if closed else meeting.message,
        "reason": "" if closed else meeting.cancelled_reason,
        "agenda": () if closed else _agenda(meeting),
        "closed": closed,
    }


def is_closed_to_some_staff(meeting: Meeting) -> bool:
    """Of the steering committee: not everybody who reads the copies of letters may read of it."""
    if meeting.audience == Audience.STEERING:
        return True
    return meeting.body.kind == BodyKind.STEERING and meeting.audience != Audience.PUBLIC


def _agenda(meeting: Meeting) -> Sequence[object]:
    return list(meeting.agenda.all())


def _hours(meeting: Meeting) -> str:
    return hours_label(meeting.starts_at, meeting.ends_at)
