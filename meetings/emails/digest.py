"""The letter of the evening: what is new in one's bodies."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from mailing.letters import Copy, absolute, send_letters
from mailing.models import Message
from mailing.outbox import Recipient
from meetings.choices import Audience, BodyKind
from meetings.labels import meeting_name
from meetings.models import Body, Material, Minutes
from meetings.queries.subscribers import Subscriber

_TEMPLATE = "meetings/mail/digest"


@dataclass(frozen=True)
class Chapter:
    """What is new in one body after `since`. Titles of the committee's closed papers stay out of
    the letter: copies of all letters are kept where the whole secretariat reads."""

    body: Body
    materials: Sequence[Material]
    minutes: Sequence[Minutes]
    since: datetime

    @property
    def page(self) -> str:
        return absolute(reverse("bodies:body", args=[self.body.slug]))

    @property
    def lines(self) -> list[str]:
        told = [
            f"{material}{_REPLACED if _is_replaced(material) else ''}"
            for material in self.materials
            if not self._closed(material.audience)
        ]
        told += [
            f"{meeting_name(one.meeting, self.body)} {one.get_form_display()}"
            f"{_CORRECTED if self._was_out_before(one) else ''}"
            for one in self.minutes
            if not self._closed(one.audience)
        ]
        return told

    @property
    def closed(self) -> int:
        """How many are told without their titles."""
        return len(self.materials) + len(self.minutes) - len(self.lines)

    def _was_out_before(self, minutes: Minutes) -> bool:
        """Then only a correction can be new. Of what was put right before anybody could read it,
        nobody needs to know."""
        return minutes.publish_at is not None and minutes.publish_at <= self.since

    def _closed(self, audience: str) -> bool:
        inside = self.body.kind == BodyKind.STEERING and audience != Audience.PUBLIC
        return inside or audience == Audience.STEERING


_REPLACED = "(差替)"
_CORRECTED = "(訂正)"


def _is_replaced(material: Material) -> bool:
    return material.current is not None and material.current.number > 1


def digest_letters(
    letters: Iterable[tuple[Subscriber, Sequence[Chapter]]], *, at: datetime
) -> list[Message]:
    """One letter a person, in their order."""
    page = absolute(reverse("papers:papers"))
    copies = [
        Copy(
            _recipient(subscriber),
            {"name": subscriber.person.name, "chapters": chapters, "page": page},
            reference=f"person:{subscriber.person.pk}",
        )
        for subscriber, chapters in letters
    ]
    return send_letters(
        template=_TEMPLATE, subject="会議の新しい資料のお知らせ", copies=copies, at=at
    )


def _recipient(subscriber: Subscriber) -> Recipient:
    name = subscriber.person.name
    if subscriber.address is not None:
        return Recipient(address=subscriber.address, name=name)
    return Recipient(email=subscriber.email, name=name)
