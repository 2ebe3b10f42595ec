"""What is final is kept to the letter: numbered, corrected by the next number, never changed."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from core.japan.text import clean_line
from meetings.choices import CheckRole, CheckStatus, MeetingStatus, MinutesStatus
from meetings.errors import FieldsRefusedError, MeetingsError, TooLateError
from meetings.models import Minutes, MinutesCheck, MinutesEdition
from meetings.queries.minutes import head_of_minutes, latest_edition
from meetings.services.indexing import index_minutes
from meetings.services.minutes import FINAL, acting_on_minutes, move, tell
from meetings.services.minutes_text import MOST_SECTIONS, Wording, check_length, wording_of

LONGEST_REASON = 300
FURTHEST = timedelta(days=2 * 366)


def finish_minutes(*, minutes: Minutes, actor: User | None, at: datetime) -> MinutesEdition:
    """Final, as the chair agreed: the first edition, with the head as it is today."""
    with acting_on_minutes(minutes, MinutesStatus.CHAIR) as found:
        if missing := missing_to_finish(found):
            raise MeetingsError(" ".join(missing))
        move(found, MinutesStatus.FINAL)
        found.finished_at = at
        found.save(update_fields=["status", "finished_at"])
        wordings = [wording_of(row) for row in found.sections.all()]
        edition = _keep(found, 1, wordings, "", actor, at)
        tell(minutes=found, what="finished", actor=actor, at=at, version=1)
    return edition


def missing_to_finish(minutes: Minutes) -> list[str]:
    """What stands between these minutes and the end: a sentence each."""
    missing = []
    if minutes.meeting.status != MeetingStatus.HELD:
        missing.append(_("Record first who was there."))
    last = last_chair_check(minutes)
    if last is None or last.status == CheckStatus.WAITING:
        missing.append(_("The chair has not answered yet."))
    elif last.status == CheckStatus.CORRECTION:
        missing.append(_("The chair asked for a correction. Ask once more when it is done."))
    return missing


def last_chair_check(minutes: Minutes) -> MinutesCheck | None:
    return minutes.checks.filter(role=CheckRole.CHAIR).order_by("-pk").first()


def publish_minutes(
    *, minutes: Minutes, publish_at: datetime, actor: User | None, at: datetime
) -> Minutes:
    """Open from `publish_at` on, by itself. As long as that lies ahead, it can be moved."""
    if publish_at > at + FURTHEST:
        raise FieldsRefusedError(
            {"publish_at": _("Please check the day of publication: it is too far away.")}
        )
    with acting_on_minutes(minutes, *FINAL) as found:
        if found.status == MinutesStatus.FINAL:
            move(found, MinutesStatus.PUBLISHED)
        elif found.publish_at is not None and found.publish_at <= at:
            raise TooLateError(_("They are published already."))
        found.publish_at = max(publish_at, at)
        found.save(update_fields=["status", "publish_at"])
        edition = latest_edition(found)
        if edition is not None:
            index_minutes(found, edition)
        tell(
            minutes=found,
            what="published",
            actor=actor,
            at=at,
            publish_at=found.publish_at.isoformat(),
        )
    return found


def correct_minutes(
    *,
    minutes: Minutes,
    sections: Sequence[Wording],
    reason: str,
    seen: int,
    actor: User | None,
    at: datetime,
) -> MinutesEdition:
    """The next edition. The one before stays, for those who run the body.

    `seen` is the number of the edition that the editor had before them.
    """
    why = clean_line(reason)
    if not why or len(why) > LONGEST_REASON:
        raise FieldsRefusedError(
            {"reason": _("Say in up to %(n)s letters why.") % {"n": LONGEST_REASON}}
        )
    kept = [wording for wording in sections if not wording.is_empty]
    if not kept:
        raise MeetingsError(_("Nothing is written yet."))
    if len(kept) > MOST_SECTIONS:
        raise MeetingsError(_("%(n)s sections at most.") % {"n": MOST_SECTIONS})
    check_length(wording.text for wording in kept)
    with acting_on_minutes(minutes, *FINAL) as found:
        last = latest_edition(found)
        if last is None or last.number != seen:
            raise TooLateError(_("Somebody corrected these minutes in the meantime."))
        if _as_content(kept) == last.content["sections"] and (
            head_of_minutes(found.meeting) == last.content["head"]
        ):
            raise MeetingsError(_("Nothing was different, so nothing was changed."))
        edition = _keep(found, last.number + 1, kept, why, actor, at)
        if found.status == MinutesStatus.PUBLISHED:
            index_minutes(found, edition)
        tell(
            minutes=found, what="corrected", actor=actor, at=at, version=edition.number, reason=why
        )
    return edition


def _keep(
    minutes: Minutes, number: int, wordings: Sequence[Wording], reason: str, actor: User | None,
    at: datetime,
) -> MinutesEdition:  # fmt: skip
    content = {"head": head_of_minutes(minutes.meeting), "sections": _as_content(wordings)}
    edition: MinutesEdition = minutes.editions.create(
        number=number, content=content, reason=reason, made_by=actor, made_at=at
    )
    return edition


def _as_content(wordings: Sequence[Wording]) -> list[dict[str, Any]]:
    return [
        {
            "heading": wording.heading, "text": wording.text, "withheld": wording.withheld,
            "withheld_reason": wording.withheld_reason,
        }
        for wording in wordings
    ]  # fmt: skip
