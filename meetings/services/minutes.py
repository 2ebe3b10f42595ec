"""Minutes from the first line on: begun from a meeting, who may read them, by when.

Acts on one record of minutes happen one after the other: each locks its row first.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core.audit.acts import record
from meetings.choices import MINUTES_MOVES, Audience, MeetingStatus, MinutesForm, MinutesStatus
from meetings.errors import FieldsRefusedError, MeetingsError, TooLateError
from meetings.labels import meeting_name
from meetings.models import Meeting, Minutes, MinutesSection
from meetings.services.meetings import acting_on
from meetings.services.refusals import refusing

WRITE_WITHIN = timedelta(days=30)
FURTHEST = timedelta(days=3 * 366)
BEING_WRITTEN = (MinutesStatus.DRAFT, MinutesStatus.SPEAKERS, MinutesStatus.CHAIR)
FINAL = (MinutesStatus.FINAL, MinutesStatus.PUBLISHED)
_LONGEST_HEADING = 200


def start_minutes(
    *, meeting: Meeting, form: str, audience: str, due_on: date, actor: User | None, at: datetime
) -> Minutes:
    """A draft with a section for each item of the agenda. One meeting has one record of minutes."""
    with acting_on(meeting) as found:
        over = found.status in {MeetingStatus.ANNOUNCED, MeetingStatus.HELD}
        if not over or found.starts_at > at:
            raise MeetingsError(_("Minutes can be written once the meeting has begun."))
        if Minutes.objects.filter(meeting=found).exists():
            raise TooLateError(_("Somebody has begun these minutes already."))
        minutes = Minutes(meeting=found, form=form, audience=audience, due_on=due_on, created_at=at)
        _check(minutes, at)
        minutes.save(force_insert=True)
        MinutesSection.objects.bulk_create(
            MinutesSection(minutes=minutes, position=position, heading=heading, edited_at=at)
            for position, heading in enumerate(_headings(found))
        )
        tell(minutes=minutes, what="started", actor=actor, at=at)
    return minutes


def set_minutes_up(
    *, minutes: Minutes, form: str, audience: str, due_on: date, actor: User | None, at: datetime
) -> tuple[str, ...]:
    """Their form, who may open them, and by when they are to be final; the names of what changed.

    Who may open them can be changed at any time: also when they are published.
    """
    with acting_on_minutes(minutes) as found:
        values = {"form": form, "audience": audience, "due_on": due_on}
        changed = tuple(name for name, value in values.items() if getattr(found, name) != value)
        if not changed:
            return ()
        if found.status in FINAL and set(changed) != {"audience"}:
            raise TooLateError(_("They are final: only who may open them can still be changed."))
        for name in changed:
            setattr(found, name, values[name])
        _check(found, at)
        found.save(update_fields=changed)
        tell(minutes=found, what="set_up", actor=actor, at=at, audience=found.audience)
    return changed


@contextmanager
def acting_on_minutes(minutes: Minutes, *states: MinutesStatus) -> Iterator[Minutes]:
    """One transaction; the minutes as they are now, locked. `states`: where the act is allowed."""
    with refusing():
        found = (
            Minutes.objects.select_for_update(of=("self",), no_key=True)
            .select_related("meeting__body")
            .get(pk=minutes.pk)
        )
        if states and found.status not in states:
            raise TooLateError(
                _("The minutes have moved on already: %(state)s.")
                % {"state": found.get_status_display()}
            )
        yield found


def move(minutes: Minutes, status: MinutesStatus) -> None:
    """Raises TooLateError for a step that `MINUTES_MOVES` does not know."""
    if status not in MINUTES_MOVES[minutes.status]:
        raise TooLateError(
            _("The minutes have moved on already: %(state)s.")
            % {"state": minutes.get_status_display()}
        )
    minutes.status = status


def tell(
    *, minutes: Minutes, what: str, actor: User | None, at: datetime, **detail: object
) -> None:
    record(
        actor, f"meetings.minutes.{what}", minutes, at=at,
        meeting=meeting_name(minutes.meeting, minutes.meeting.body), **detail,
    )  # fmt: skip


def usual_due_on(meeting: Meeting) -> date:
    return timezone.localdate(meeting.ends_at) + WRITE_WITHIN


def _headings(meeting: Meeting) -> list[str]:
    """One for each item of the agenda; without one, the talk as a whole."""
    items = [f"{row.title}({row.note})" if row.note else row.title for row in meeting.agenda.all()]
    return [heading[:_LONGEST_HEADING] for heading in items] or [_("Summary of the talk")]


def _check(minutes: Minutes, at: datetime) -> None:
    wrong: dict[str, str] = {}
    if minutes.form not in MinutesForm.values:
        wrong["form"] = _("Please choose one of the list.")
    if minutes.audience not in Audience.values:
        wrong["audience"] = _("Please choose one of the list.")
    day = timezone.localdate(at)
    first = timezone.localdate(minutes.meeting.starts_at)
    if not first <= minutes.due_on <= day + FURTHEST:
        wrong["due_on"] = _("Please check the day: %(day)s.") % {"day": minutes.due_on.isoformat()}
    if wrong:
        raise FieldsRefusedError(wrong)
