"""Pages of the workroom, and meetings that came about through them."""

from datetime import UTC, datetime

from django.urls import reverse

from meetings.choices import MeetingStatus
from meetings.models import Meeting

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
WHEN = {
    "starts_at_year": "2026", "starts_at_month": "12", "starts_at_day": "8",
    "starts_at_hour": "15", "starts_at_minute": "00", "ends_hour": "17", "ends_minute": "0",
}  # fmt: skip
FILLED = {
    **WHEN, "title": "声かけの事例", "mode": "online", "place": "",
    "online_url": "https://meet.example.jp/himitsu", "online_note": "", "online_when": "day",
    "agenda": "15:00 事例の整理 / 資料1\n16:40 報告に向けて", "audience": "public",
    "openness": "closed", "closed_reason": "公表前の事例をあつかうため", "message": "",
}  # fmt: skip


def page(name, meeting, *args):
    return reverse(f"meetings:{name}", args=[meeting.public_id, *args])


def prepared(room, body, **changes):
    answer = room.post(reverse("bodies:meeting_add", args=[body.slug]), {**FILLED, **changes})
    assert answer.status_code == 302, answer.context["form"].errors
    return Meeting.objects.latest("id")


def announced(room, body, **changes):
    meeting = prepared(room, body, **changes)
    room.post(page("announce", meeting), {"seen": meeting.changed_at.isoformat()})
    meeting.refresh_from_db()
    assert meeting.status == MeetingStatus.ANNOUNCED
    return meeting


def text_of(answer):
    return answer.content.decode()


def form_of(answer):
    assert answer.status_code == 200
    return answer.context["form"]
