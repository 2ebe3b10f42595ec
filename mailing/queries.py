"""Reads of the mail office."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery

from core.periods import holds_on
from mailing.choices import (
    OPEN_STATUSES,
    AddressStatus,
    ConsentAction,
    EnvelopeStatus,
    MessageKind,
    Purpose,
)
from mailing.models import Address, Consent, Envelope, Message, SenderIdentity

LATE = timedelta(minutes=3)


def progress(message: Message) -> dict[str, int]:
    """How many envelopes of a message stand where; every status is a key."""
    counts = {status.value: 0 for status in EnvelopeStatus}
    rows = message.envelopes.order_by().values_list("status").annotate(number=Count("pk"))
    return counts | dict(rows)


def is_finished(message: Message) -> bool:
    """Nothing of this message will move by itself any more."""
    return not message.envelopes.filter(status__in=OPEN_STATUSES).exists()


def wish(address: Address, purpose: Purpose) -> Consent | None:
    """The newest word of a mailbox about a purpose."""
    return Consent.objects.filter(address=address, purpose=purpose).order_by("-pk").first()


def with_consent(addresses: QuerySet[Address], purpose: Purpose) -> QuerySet[Address]:
    """Those whose newest word about the purpose is yes."""
    newest = (
        Consent.objects.filter(address=OuterRef("pk"), purpose=purpose)
        .order_by("-pk")
        .values("action")[:1]
    )
    return addresses.annotate(newest_wish=Subquery(newest)).filter(newest_wish=ConsentAction.GIVEN)


def subscribed(addresses: QuerySet[Address] | Iterable[Address]) -> QuerySet[Address]:
    """Of these mailboxes, those that want the magazine and can be reached."""
    if not isinstance(addresses, QuerySet):
        addresses = Address.objects.filter(pk__in=[address.pk for address in addresses])
    return with_consent(addresses.filter(status=AddressStatus.ACTIVE), Purpose.NEWSLETTER)


@dataclass(frozen=True)
class DeliveryHealth:
    """How the mail office does, for Today and for the readiness page."""

    waiting: int
    late: int
    deferred: int
    uncertain: int
    paused: int
    relay_unreachable: bool
    last_error: str

    @property
    def good(self) -> bool:
        return not (self.late or self.relay_unreachable or self.uncertain or self.paused)


def delivery_health(at: datetime) -> DeliveryHealth:
    """Counts of what waits, and whether the mail server could not be reached of late."""
    counts = Envelope.objects.filter(message__cancelled_at__isnull=True).aggregate(
        waiting=Count("pk", filter=Q(status__in=OPEN_STATUSES)),
        late=Count(
            "pk",
            filter=Q(
                status__in=[EnvelopeStatus.QUEUED, EnvelopeStatus.DEFERRED],
                due_at__lt=at - LATE,
                message__paused_at__isnull=True,
            ),
        ),
        deferred=Count("pk", filter=Q(status=EnvelopeStatus.DEFERRED)),
        uncertain=Count("pk", filter=Q(status=EnvelopeStatus.UNCERTAIN)),
    )
    trouble = (
        Envelope.objects.filter(status=EnvelopeStatus.DEFERRED, phase="connect")
        .order_by("-last_tried_at")
        .values_list("reply", flat=True)
        .first()
    )
    return DeliveryHealth(
        **counts,
        paused=paused_messages().count(),
        relay_unreachable=trouble is not None,
        last_error=trouble or "",
    )


def paused_messages() -> QuerySet[Message]:
    """Messages that stand still until a person says go on."""
    return Message.objects.filter(
        paused_at__isnull=False, cancelled_at__isnull=True, envelopes__status__in=OPEN_STATUSES
    ).distinct()


def uncertain_envelopes() -> QuerySet[Envelope]:
    """Handed over or not? Nobody knows; a person decides."""
    return (
        Envelope.objects.filter(status=EnvelopeStatus.UNCERTAIN)
        .select_related("message", "address")
        .order_by(F("finished_at").asc(nulls_first=True), "pk")
    )


def is_opt_out(kind: MessageKind) -> bool:
    """May a reader refuse this kind? Business notices and system mails come with the relation."""
    return kind == MessageKind.NEWSLETTER


def sender_identity_on(day: date) -> SenderIdentity | None:
    """Who the secretariat is on `day`: name, postal address, phone. None before anyone wrote it."""
    return SenderIdentity.objects.filter(holds_on(day)).first()
