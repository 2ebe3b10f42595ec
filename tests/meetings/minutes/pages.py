"""Addresses of the pages of minutes, what stands on them, and minutes in every state."""

from datetime import UTC, date, datetime

from django.urls import reverse

from meetings.choices import MinutesStatus
from meetings.models import Minutes, MinutesCheck, MinutesEdition, MinutesSection
from tests.browser_form import as_sent
from tests.factories.meetings import MinutesFactory

NOON = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
HELD = datetime(2026, 11, 10, 6, 0, tzinfo=UTC)


def address(name, minutes, *more):
    return reverse(f"minutes:{name}", args=[minutes.public_id, *more])


def section_of(minutes) -> MinutesSection:
    return minutes.sections.get()


def section_of_first(minutes) -> MinutesSection:
    return minutes.sections.order_by("pk").first()


def opened(client, minutes, name="edit"):
    """The form as the page shows it."""
    answer = client.get(address(name, minutes))
    assert answer.status_code == 200
    return as_sent(answer, "minutes-form")


def checked(minutes, **columns) -> MinutesCheck:
    return MinutesCheck.objects.create(
        minutes=minutes, name="見本花子", email="hanako@example.jp", sent_at=NOON,
        **{"due_on": date(2026, 12, 1), **columns},
    )  # fmt: skip


def edition(minutes, **columns) -> MinutesEdition:
    sections = [
        {"heading": "議題", "text": "公開の文", "withheld": False, "withheld_reason": ""},
        {
            "heading": "ひみつの題",
            "text": "ひみつの文",
            "withheld": True,
            "withheld_reason": "人事",
        },
    ]
    content = {"head": [], "sections": sections}
    return MinutesEdition.objects.create(
        minutes=minutes, **{"number": 1, "made_at": NOON, "content": content, **columns}
    )


def published(meeting, **columns) -> Minutes:
    minutes = MinutesFactory(
        meeting=meeting, **{"status": MinutesStatus.PUBLISHED, "publish_at": NOON, **columns}
    )
    edition(minutes)
    return minutes
