"""Minutes in three states: published and corrected, published, and lying with those who spoke."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import User
from meetings.choices import Audience, MinutesForm
from meetings.models import Meeting, Minutes
from meetings.services.minutes import start_minutes, usual_due_on
from meetings.services.minutes_checks import Checker, answer_check, ask_chair, ask_speakers
from meetings.services.minutes_final import correct_minutes, finish_minutes, publish_minutes
from meetings.services.minutes_text import Wording, wording_of

CHAIR = Checker("見本 一郎", "chair@platform.example")
SPEAKERS = (
    Checker("見本 花子", "speaker1@platform.example"),
    Checker("見本 次郎", "speaker2@platform.example"),
)
WITHHELD = Wording(
    "個別の事例について", "見本市の事例について、くわしい報告がありました。", withheld=True,
    withheld_reason="公表前の事例であるため",
)  # fmt: skip


def published_minutes(
    meeting: Meeting, texts: Mapping[str, str], actor: User, *, corrected: bool = False
) -> Minutes:
    """Written two days after the meeting, agreed by the chair, public three weeks after it."""
    minutes = _written(meeting, texts, actor)
    asked = meeting.ends_at + timedelta(days=9)
    due_on = timezone.localdate(asked) + timedelta(days=7)
    check = ask_chair(minutes=minutes, checker=CHAIR, due_on=due_on, actor=actor, at=asked)
    answer_check(check=check, agrees=True, actor=None, at=asked + timedelta(days=1))
    finish_minutes(minutes=minutes, actor=actor, at=asked + timedelta(days=2))
    out = meeting.ends_at + timedelta(days=21)
    publish_minutes(minutes=minutes, publish_at=out, actor=actor, at=asked + timedelta(days=2))
    if corrected:
        _correct(minutes, actor, out + timedelta(days=5))
    return minutes


def minutes_being_checked(
    meeting: Meeting, texts: Mapping[str, str], actor: User, at: datetime
) -> Minutes:
    """Two who spoke have been asked; one has answered."""
    minutes = _written(meeting, texts, actor)
    due_on = timezone.localdate(at) + timedelta(days=5)
    asked = at - timedelta(days=2)
    checks = ask_speakers(minutes=minutes, checkers=SPEAKERS, due_on=due_on, actor=actor, at=asked)
    answer_check(
        check=checks[0], agrees=False, comment="2つ目の議題の「10件」は「12件」です。",
        actor=None, at=at - timedelta(days=1),
    )  # fmt: skip
    return minutes


def _written(meeting: Meeting, texts: Mapping[str, str], actor: User) -> Minutes:
    at = meeting.ends_at + timedelta(days=2)
    minutes = start_minutes(
        meeting=meeting, form=MinutesForm.SUMMARY, audience=Audience.PUBLIC,
        due_on=usual_due_on(meeting), actor=actor, at=at,
    )  # fmt: skip
    for section in minutes.sections.all():
        section.text = texts.get(section.heading, "意見を交わし、次の会合で続けることにしました。")
        section.edited_by, section.edited_at = actor, at
        section.save()
    minutes.sections.create(
        position=99, heading=WITHHELD.heading, text=WITHHELD.text, withheld=True,
        withheld_reason=WITHHELD.withheld_reason, edited_by=actor, edited_at=at,
    )  # fmt: skip
    return minutes


def _correct(minutes: Minutes, actor: User, at: datetime) -> None:
    wordings = [wording_of(row) for row in minutes.sections.all()]
    first = wordings[0]
    wordings[0] = Wording(first.heading, first.text.replace("年に3回", "年に4回"))
    correct_minutes(
        minutes=minutes, sections=wordings, reason="会合の回数に誤りがあったため", seen=1,
        actor=actor, at=at,
    )  # fmt: skip
