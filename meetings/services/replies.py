"""What an organisation answers to its invitation, by its link, logged in, or told on the phone."""

from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core.audit.acts import record
from core.japan.text import clean_line, fold
from meetings.choices import MeetingMode, Reply
from meetings.emails.meetings import replied_late
from meetings.errors import FieldsRefusedError, TooLateError
from meetings.labels import meeting_name
from meetings.models import Invitation, Meeting
from meetings.queries.invited import takes_answers
from meetings.services.refusals import refusing
from members.models import Affiliation, Person

LONGEST_OPINION = 2000
LONGEST_NAME = 100
_WAYS: dict[str, tuple[Reply, ...]] = {
    MeetingMode.ONSITE: (Reply.ATTEND, Reply.SUBSTITUTE, Reply.ABSENT),
    MeetingMode.ONLINE: (Reply.ONLINE, Reply.SUBSTITUTE, Reply.ABSENT),
    MeetingMode.HYBRID: tuple(Reply),
    MeetingMode.WRITTEN: (Reply.ATTEND, Reply.ABSENT),
}


def ways_to_reply(meeting: Meeting) -> tuple[Reply, ...]:
    """What can be answered, by the way of meeting."""
    return _WAYS[meeting.mode]


def reply_to_invitation(
    *,
    invitation: Invitation,
    reply: str,
    attendee: str = "",
    opinion: str = "",
    seen: datetime | None = None,
    by_link: bool = False,
    actor: User | None,
    at: datetime,
) -> Invitation:
    """Answer, or answer anew: the last word counts.

    `seen` is the `replied_at` that the page showed (None: no answer yet). A colleague who was
    quicker is told of (TooLateError), not written over.
    """
    values = _checked(invitation.meeting, reply, attendee, opinion)
    with refusing():
        meeting = Meeting.objects.select_for_update(no_key=True).get(pk=invitation.meeting_id)
        found = _locked(invitation)
        if not takes_answers(meeting, at):
            raise TooLateError(_("Replies to this meeting are closed."))
        if found.replied_at != seen:
            raise TooLateError(
                _("Somebody of your organization answered in the meantime: %(reply)s.")
                % {"reply": found.get_reply_display()}
            )
        found.reply, found.attendee, found.opinion = values
        found.person = _person(found, timezone.localdate(at))
        found.replied_at, found.replied_by = at, actor
        found.save(
            update_fields=["reply", "attendee", "opinion", "person", "replied_at", "replied_by"]
        )
        _record(meeting, found, actor, at, by_link=by_link)
        if meeting.reply_by is not None and at > meeting.reply_by:
            replied_late(meeting, found, at=at)
    return found


def _record(
    meeting: Meeting, found: Invitation, actor: User | None, at: datetime, *, by_link: bool
) -> None:
    record(
        actor, "meetings.invitation.replied", found, at=at,
        meeting=meeting_name(meeting, meeting.body),
        organization=str(found.seat.organization), reply=found.reply,
        **({"channel": "link"} if by_link else {}),
    )  # fmt: skip


def _locked(invitation: Invitation) -> Invitation:
    rows = Invitation.objects.select_for_update(of=("self",), no_key=True)
    found: Invitation = rows.select_related("seat__organization", "seat__body").get(
        pk=invitation.pk
    )
    return found


def _checked(meeting: Meeting, reply: str, attendee: str, opinion: str) -> tuple[str, str, str]:
    wrong: dict[str, str] = {}
    name = clean_line(attendee)
    words = opinion.replace("\r\n", "\n").replace("\0", "").strip()
    if reply not in ways_to_reply(meeting):
        wrong["reply"] = _("Choose an answer.")
    elif reply == Reply.ABSENT:
        name = ""
    elif reply == Reply.SUBSTITUTE and not name:
        wrong["attendee"] = _("Write who comes instead.")
    if len(name) > LONGEST_NAME:
        wrong["attendee"] = _("Please keep the name within %(n)s letters.") % {"n": LONGEST_NAME}
    if len(words) > LONGEST_OPINION:
        wrong["opinion"] = _("Please keep your words within %(n)s letters.") % {
            "n": LONGEST_OPINION
        }
    if wrong:
        raise FieldsRefusedError(wrong)
    return reply, name, words


def _person(invitation: Invitation, day: date) -> Person | None:
    """Who is meant by the name, when the organisation has exactly one such contact."""
    if not invitation.attendee or invitation.reply == Reply.SUBSTITUTE:
        return None
    rows = (
        Affiliation.objects.active_on(day)
        .filter(organization=invitation.seat.organization_id)
        .select_related("person")
    )
    wanted = fold(invitation.attendee)
    people = {row.person_id: row.person for row in rows if fold(row.person.name) == wanted}
    return next(iter(people.values())) if len(people) == 1 else None
