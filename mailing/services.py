"""Business acts of the mail office. Each is one transaction and leaves one line in the trail."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core.audit.acts import record
from mailing.choices import (
    AddressStatus,
    Channel,
    ConsentAction,
    EnvelopeStatus,
    Purpose,
)
from mailing.errors import MailError
from mailing.models import Address, Consent, Envelope, Message
from mailing.queries import wish
from mailing.wake import wake_worker

_WAITING = (EnvelopeStatus.QUEUED, EnvelopeStatus.DEFERRED)


def give_consent(
    *,
    address: Address,
    purpose: Purpose = Purpose.NEWSLETTER,
    actor: User | None,
    at: datetime,
    channel: Channel,
    wording: str = "",
) -> Consent:
    """The reader wants this. Saying it twice changes nothing and returns the standing word."""
    return _say(address, purpose, ConsentAction.GIVEN, actor, at, channel, wording)


def withdraw_consent(
    *,
    address: Address,
    purpose: Purpose = Purpose.NEWSLETTER,
    actor: User | None,
    at: datetime,
    channel: Channel,
    wording: str = "",
) -> Consent:
    """The reader does not want this any more: letters still waiting are held back when claimed."""
    return _say(address, purpose, ConsentAction.WITHDRAWN, actor, at, channel, wording)


@transaction.atomic
def _say(
    address: Address,
    purpose: Purpose,
    action: ConsentAction,
    actor: User | None,
    at: datetime,
    channel: Channel,
    wording: str,
) -> Consent:
    Address.objects.select_for_update(no_key=True).get(pk=address.pk)
    standing = wish(address, purpose)
    if standing is not None and standing.action == action:
        return standing
    consent = Consent.objects.create(
        address=address,
        purpose=purpose,
        action=action,
        at=at,
        channel=channel,
        wording=wording[:300],
        recorded_by=actor,
    )
    verb = f"mailing.consent.{action.value}"
    record(actor, verb, address, at=at, purpose=purpose.value, channel=channel.value)
    return consent


@transaction.atomic
def suspend_address(*, address: Address, reason: str, actor: User | None, at: datetime) -> bool:
    """Nothing goes to this mailbox any more. False if it was so already."""
    changed = Address.objects.filter(pk=address.pk, status=AddressStatus.ACTIVE).update(
        status=AddressStatus.SUSPENDED, suspended_reason=reason[:300], suspended_at=at
    )
    if changed:
        record(actor, "mailing.address.suspended", address, at=at, reason=reason[:300])
    return bool(changed)


@transaction.atomic
def reactivate_address(*, address: Address, actor: User | None, at: datetime) -> None:
    """A person has made sure that the mailbox works again; counting starts anew."""
    changed = Address.objects.filter(pk=address.pk, status=AddressStatus.SUSPENDED).update(
        status=AddressStatus.ACTIVE,
        suspended_reason="",
        suspended_at=None,
        hard_bounces=0,
        soft_bounces=0,
    )
    if not changed:
        raise MailError(_("This mailbox is not suspended."))
    record(actor, "mailing.address.reactivated", address, at=at)


@transaction.atomic
def pause_message(*, message: Message, actor: User | None, at: datetime, reason: str = "") -> None:
    """Hold back what has not gone yet."""
    changed = Message.objects.filter(
        pk=message.pk, paused_at__isnull=True, cancelled_at__isnull=True
    ).update(paused_at=at, paused_reason=reason[:300])
    if not changed:
        raise MailError(_("This message is already paused or stopped."))
    record(actor, "mailing.message.paused", message, at=at, reason=reason[:300])


@transaction.atomic
def resume_message(*, message: Message, actor: User | None, at: datetime) -> None:
    """Go on where it was paused; who has it already gets nothing."""
    changed = Message.objects.filter(
        pk=message.pk, paused_at__isnull=False, cancelled_at__isnull=True
    ).update(paused_at=None, paused_reason="", refusals=0)
    if not changed:
        raise MailError(_("This message is not paused."))
    record(actor, "mailing.message.resumed", message, at=at)
    transaction.on_commit(wake_worker, robust=True)


@transaction.atomic
def cancel_message(*, message: Message, actor: User | None, at: datetime) -> int:
    """Stop for good. Returns how many envelopes will not go; those in flight may still arrive."""
    changed = Message.objects.filter(pk=message.pk, cancelled_at__isnull=True).update(
        cancelled_at=at
    )
    if not changed:
        raise MailError(_("This message is already stopped."))
    stopped = Envelope.objects.filter(message=message, status__in=_WAITING).update(
        status=EnvelopeStatus.CANCELLED, finished_at=at
    )
    record(actor, "mailing.message.cancelled", message, at=at, stopped=stopped)
    return stopped


@transaction.atomic
def resend_uncertain(*, envelope: Envelope, actor: User, at: datetime) -> None:
    """A person takes the risk of a second copy; mail programs know it by the same Message-ID."""
    if envelope.message.cancelled_at is not None:
        raise MailError(_("This message is already stopped."))
    _decide(envelope, EnvelopeStatus.QUEUED, due_at=at, finished_at=None)
    record(actor, "mailing.envelope.resent", envelope, at=at, address=str(envelope.address))
    transaction.on_commit(wake_worker, robust=True)


@transaction.atomic
def mark_uncertain_sent(*, envelope: Envelope, actor: User, at: datetime) -> None:
    """A person knows that it arrived."""
    _decide(envelope, EnvelopeStatus.SENT, due_at=envelope.due_at, finished_at=at)
    record(actor, "mailing.envelope.marked_sent", envelope, at=at, address=str(envelope.address))


def _decide(
    envelope: Envelope, status: EnvelopeStatus, *, due_at: datetime, finished_at: datetime | None
) -> None:
    """Compare and set: of two people who decide, the second is told so."""
    changed = Envelope.objects.filter(pk=envelope.pk, status=EnvelopeStatus.UNCERTAIN).update(
        status=status,
        due_at=due_at,
        finished_at=finished_at,
        phase="",
        lease_holder="",
        lease_until=None,
        first_tried_at=None,
    )
    if not changed:
        raise MailError(_("Somebody has already decided about this envelope."))
