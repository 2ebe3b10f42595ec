"""Smallest valid mailboxes, wishes, messages and envelopes."""

from datetime import UTC, datetime

import factory
from factory.django import DjangoModelFactory

from mailing.choices import Channel, ConsentAction, Purpose
from mailing.models import Address, Consent


class AddressFactory(DjangoModelFactory):
    class Meta:
        model = Address

    email = factory.Sequence(lambda n: f"contact{n}@member.example")


class ConsentFactory(DjangoModelFactory):
    """The mail magazine wished for."""

    class Meta:
        model = Consent

    address = factory.SubFactory(AddressFactory)
    purpose = Purpose.NEWSLETTER
    action = ConsentAction.GIVEN
    at = datetime(2022, 3, 1, 0, 0, tzinfo=UTC)
    channel = Channel.IMPORT
