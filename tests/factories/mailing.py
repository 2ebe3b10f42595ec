"""Smallest valid mailboxes, wishes, messages and envelopes."""

from datetime import UTC, datetime

import factory
from factory.django import DjangoModelFactory

from mailing.choices import Channel, ConsentAction, MessageKind, Purpose
from mailing.models import Address, Consent, Envelope, Message, SenderIdentity


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


class MessageFactory(DjangoModelFactory):
    """A business notice."""

    class Meta:
        model = Message

    kind = MessageKind.NOTICE
    subject = "総会のご案内"
    text = "本文です。\n"
    sender_name = "事務局"
    sender_email = "jimukyoku@platform.example"


class EnvelopeFactory(DjangoModelFactory):
    """Waiting and due."""

    class Meta:
        model = Envelope

    message = factory.SubFactory(MessageFactory)
    address = factory.SubFactory(AddressFactory)
    due_at = datetime(2022, 3, 1, 0, 0, tzinfo=UTC)


class SenderIdentityFactory(DjangoModelFactory):
    class Meta:
        model = SenderIdentity

    name = "事務局"
    email = "jimukyoku@platform.example"
    valid_from = "2021-04-01"
