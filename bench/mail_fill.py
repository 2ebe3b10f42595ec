"""Fills the database of the mail bench."""

from django.utils import timezone

from bench.mail import letter_html, letter_text
from mailing.choices import Channel, ConsentAction, MessageKind, Purpose
from mailing.models import Address, Consent, Message
from mailing.outbox import Recipient, post


def fill(number: int) -> Message:
    """So many readers with their consent, and one issue to all of them."""
    at = timezone.now()
    missing = number - Address.objects.count()
    start = Address.objects.count()
    fresh = Address.objects.bulk_create(
        [Address(email=f"reader{start + n}@sink.test") for n in range(missing)], batch_size=2000
    )
    Consent.objects.bulk_create(
        [
            Consent(
                address=address, purpose=Purpose.NEWSLETTER, action=ConsentAction.GIVEN, at=at,
                channel=Channel.IMPORT,
            )
            for address in fresh
        ],
        batch_size=2000,
    )  # fmt: skip
    readers = Address.objects.order_by("pk")[:number]
    return post(
        kind=MessageKind.NEWSLETTER,
        subject="【孤独・孤立PF】メールマガジン第1号(令和4年6月15日)",
        text=letter_text(),
        html=letter_html(),
        recipients=[Recipient(address=address, name=f"山田 {address.pk}") for address in readers],
        at=at,
    )
