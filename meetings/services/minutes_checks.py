"""Speakers and the chair look through the draft by a link, until a day, and say what is wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core.audit.acts import record
from core.japan.calendar import TOKYO, previous_business_day
from core.japan.text import clean_line
from meetings.choices import CheckRole, CheckStatus, MinutesStatus
from meetings.emails.minutes import check_answered, check_asked, check_reminded
from meetings.errors import FieldsRefusedError, MeetingsError, TooLateError
from meetings.labels import meeting_name
from meetings.models import Invitation, Minutes, MinutesCheck
from meetings.services.minutes import BEING_WRITTEN, acting_on_minutes, move, tell

LONGEST_COMMENT = 4000
LONGEST_NAME = 100
MOST_CHECKERS = 100
FURTHEST = timedelta(days=180)
REMIND_FROM = time(9, 0)
# Nobody is reminded of what they got only yesterday.
LEAVE_ALONE = timedelta(hours=20)
# Where an answer is taken: speakers while they are asked, the chair after them.
_OPEN_IN = {CheckRole.SPEAKER: MinutesStatus.SPEAKERS, CheckRole.CHAIR: MinutesStatus.CHAIR}


@dataclass(frozen=True)
class Checker:
    """Who is asked. `invitation`: through which seat they were there, if through one."""

    name: str
    email: str
    invitation: Invitation | None = None


def ask_speakers(
    *, minutes: Minutes, checkers: Sequence[Checker], due_on: date, actor: User | None, at: datetime
) -> list[MinutesCheck]:
    """A letter with a link to each. Who is asked again keeps their link and gets a new day."""
    asked = _checked(checkers, due_on, at)
    with acting_on_minutes(minutes, MinutesStatus.DRAFT, MinutesStatus.SPEAKERS) as found:
        _has_text(found)
        if found.status == MinutesStatus.DRAFT:
            move(found, MinutesStatus.SPEAKERS)
        found.speakers_due_on = due_on
        found.save(update_fields=["status", "speakers_due_on"])
        checks = [_ask(found, CheckRole.SPEAKER, one, due_on, at) for one in asked]
        tell(
            minutes=found,
            what="speakers_asked",
            actor=actor,
            at=at,
            people=len(checks),
            due_on=due_on.isoformat(),
        )
        check_asked(found, checks, at=at)
    return checks


def ask_chair(
    *, minutes: Minutes, checker: Checker, due_on: date, actor: User | None, at: datetime
) -> MinutesCheck:
    """After the speakers, or without them. May be asked once more after a correction."""
    (asked,) = _checked([checker], due_on, at)
    with acting_on_minutes(minutes, *BEING_WRITTEN) as found:
        _has_text(found)
        if silent_speakers(found, timezone.localdate(at)):
            raise MeetingsError(_("Speakers may still answer. Wait until their day is over."))
        if found.status != MinutesStatus.CHAIR:
            move(found, MinutesStatus.CHAIR)
            found.save(update_fields=["status"])
        check = _ask(found, CheckRole.CHAIR, asked, due_on, at)
        tell(
            minutes=found,
            what="chair_asked",
            actor=actor,
            at=at,
            person=check.name,
            due_on=due_on.isoformat(),
        )
        check_asked(found, [check], at=at)
    return check


def return_to_draft(*, minutes: Minutes, actor: User | None, at: datetime) -> Minutes:
    """Write again: answers that were given stay, and the links wait until somebody asks anew."""
    with acting_on_minutes(minutes) as found:
        move(found, MinutesStatus.DRAFT)
        found.save(update_fields=["status"])
        tell(minutes=found, what="returned", actor=actor, at=at)
    return found


def is_open(check: MinutesCheck) -> bool:
    """Whether an answer is taken; the last word counts until the next step."""
    return check.minutes.status == _OPEN_IN[CheckRole(check.role)]


def answer_check(
    *,
    check: MinutesCheck,
    agrees: bool,
    comment: str = "",
    by_link: bool = False,
    actor: User | None,
    at: datetime,
) -> MinutesCheck:
    """Nothing to correct, or what to correct. Who runs the body hears of the latter at once."""
    words = _comment(comment, agrees=agrees)
    with acting_on_minutes(check.minutes) as minutes:
        found: MinutesCheck = minutes.checks.select_for_update(of=("self",)).get(pk=check.pk)
        found.minutes = minutes
        if not is_open(found):
            raise TooLateError(_("This check is closed."))
        found.status = CheckStatus.AGREED if agrees else CheckStatus.CORRECTION
        found.comment, found.answered_at, found.settled_at = words, at, None
        found.save(update_fields=["status", "comment", "answered_at", "settled_at"])
        record(
            actor, "meetings.minutes_check.answered", found, at=at,
            meeting=meeting_name(minutes.meeting, minutes.meeting.body), reply=found.status,
            **({"channel": "link"} if by_link else {}),
        )  # fmt: skip
        last = not minutes.checks.filter(role=found.role, status=CheckStatus.WAITING).exists()
        if not agrees or last:
            check_answered(minutes, found, at=at)
    return found


def settle_check(*, minutes: Minutes, check: int, actor: User | None, at: datetime) -> None:
    """Those who write have dealt with what somebody asked for. Twice is as once."""
    with acting_on_minutes(minutes, *BEING_WRITTEN) as found:
        row = found.checks.filter(
            pk=check, status=CheckStatus.CORRECTION, settled_at=None
        ).first()  # fmt: skip
        if row is None:
            return
        row.settled_at = at
        row.save(update_fields=["settled_at"])
        tell(minutes=found, what="check_settled", actor=actor, at=at, person=row.name)


def silent_speakers(minutes: Minutes, day: date) -> int:
    """Speakers who have not answered and still may: their day is not over."""
    waiting = minutes.checks.filter(role=CheckRole.SPEAKER, status=CheckStatus.WAITING)
    return int(waiting.filter(due_on__gte=day).count())


def remind_checkers(*, at: datetime) -> int:
    """Duty of the tick: who has not answered, on the working day before it is due at 9:00, once."""
    day = timezone.localdate(at)
    waiting = (
        MinutesCheck.objects.filter(
            status=CheckStatus.WAITING, reminded_at=None, due_on__gte=day,
            sent_at__lte=at - LEAVE_ALONE,
            minutes__status__in=[MinutesStatus.SPEAKERS, MinutesStatus.CHAIR],
        )
        .order_by("minutes")
        .values_list("minutes", "pk", "due_on")
    )  # fmt: skip
    due: dict[int, list[int]] = {}
    for minutes, pk, due_on in waiting:
        if at >= datetime.combine(previous_business_day(due_on), REMIND_FROM, TOKYO):
            due.setdefault(minutes, []).append(pk)
    return sum(_remind(Minutes(pk=pk), checks, at) for pk, checks in due.items())


def _remind(minutes: Minutes, checks: list[int], at: datetime) -> int:
    """The lock is held: whoever comes second finds it done."""
    with acting_on_minutes(minutes) as found:
        rows = found.checks.filter(pk__in=checks, status=CheckStatus.WAITING, reminded_at=None)
        asked = []
        for row in rows:
            row.minutes = found
            if is_open(row):
                asked.append(row)
        check_reminded(found, asked, at=at)
        found.checks.filter(pk__in=[row.pk for row in asked]).update(reminded_at=at)
    return len(asked)


def _ask(
    minutes: Minutes, role: CheckRole, checker: Checker, due_on: date, at: datetime
) -> MinutesCheck:
    waiting = minutes.checks.filter(role=role, status=CheckStatus.WAITING)
    check: MinutesCheck = waiting.filter(email__iexact=checker.email).first() or MinutesCheck(
        minutes=minutes, role=role
    )
    check.name, check.email, check.invitation = checker.name, checker.email, checker.invitation
    check.due_on, check.sent_at, check.reminded_at = due_on, at, None
    check.save()
    return check


def _checked(checkers: Sequence[Checker], due_on: date, at: datetime) -> list[Checker]:
    wrong: dict[str, str] = {}
    found: dict[str, Checker] = {}
    for one in checkers:
        name, email = clean_line(one.name), clean_line(one.email)
        if not name or len(name) > LONGEST_NAME or not _is_mailbox(email):
            wrong["others"] = _("“%(line)s” is no name with a mailbox.") % {
                "line": f"{name} {email}"[:120].strip()
            }
        found.setdefault(email.lower(), Checker(name, email, one.invitation))
    day = timezone.localdate(at)
    if not found:
        wrong["speakers"] = _("Choose who is to check the minutes.")
    elif len(found) > MOST_CHECKERS:
        wrong["speakers"] = _("Up to %(n)s people, please.") % {"n": MOST_CHECKERS}
    if not day < due_on <= day + FURTHEST:
        wrong["due_on"] = _("Choose a day from tomorrow on, within half a year.")
    if wrong:
        raise FieldsRefusedError(wrong)
    return list(found.values())


def _is_mailbox(email: str) -> bool:
    try:
        validate_email(email)
    except ValidationError:
        return False
    return True


def _comment(comment: str, *, agrees: bool) -> str:
    words = comment.replace("\r\n", "\n").replace("\0", "").strip()
    words = words.encode("utf-8", "ignore").decode()  # half a letter cannot be stored
    if len(words) > LONGEST_COMMENT:
        raise FieldsRefusedError(
            {"comment": _("Please keep your words within %(n)s letters.") % {"n": LONGEST_COMMENT}}
        )
    if not agrees and not words:
        raise FieldsRefusedError({"comment": _("Please write what to correct.")})
    return words


def _has_text(minutes: Minutes) -> None:
    if not minutes.sections.exclude(text="").exists():
        raise MeetingsError(_("Nothing is written yet."))
