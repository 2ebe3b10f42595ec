from django.db import models
from django.utils.translation import gettext_lazy as _


class AddressStatus(models.TextChoices):
    ACTIVE = "active", _("deliverable")
    SUSPENDED = "suspended", _("suspended")


class Purpose(models.TextChoices):
    """What a mailbox can agree to. Business notices need no agreement."""

    NEWSLETTER = "newsletter", _("mail magazine")


class ConsentAction(models.TextChoices):
    GIVEN = "given", _("given")
    WITHDRAWN = "withdrawn", _("withdrawn")


class Channel(models.TextChoices):
    """How a wish reached us."""

    WEB = "web", _("web")
    ONE_CLICK = "one_click", _("unsubscribe link")
    PAPER = "paper", _("paper")
    ORAL = "oral", _("by word of mouth")
    EMAIL = "email", _("e-mail")
    IMPORT = "import", _("member list")


class MessageKind(models.TextChoices):
    NOTICE = "notice", _("business notice")
    NEWSLETTER = "newsletter", _("mail magazine")
    SYSTEM = "system", _("system mail")


class EnvelopeStatus(models.TextChoices):
    QUEUED = "queued", _("waiting to be sent")
    IN_FLIGHT = "in_flight", _("in flight")
    DEFERRED = "deferred", _("deferred")
    SENT = "sent", _("sent")
    BOUNCED = "bounced", _("undeliverable")
    FAILED = "failed", _("could not be sent")
    SUPPRESSED = "suppressed", _("not sent by rule")
    UNCERTAIN = "uncertain", _("uncertain")
    CANCELLED = "cancelled", _("cancelled")


class Phase(models.TextChoices):
    """How far the talk with the mail server had come at the last try (RFC 5321 §3)."""

    CONNECT = "connect", _("connecting to the mail server")
    MAIL = "mail", _("giving the sender")
    RCPT = "rcpt", _("giving the recipient")
    DATA = "data", _("handing over the text")
    DOT = "dot", _("after the whole text")


# Lower goes first: someone waits for a login code, nobody waits for the magazine.
RANKS: dict[MessageKind, int] = {
    MessageKind.SYSTEM: 0,
    MessageKind.NOTICE: 1,
    MessageKind.NEWSLETTER: 2,
}

OPEN_STATUSES = (EnvelopeStatus.QUEUED, EnvelopeStatus.IN_FLIGHT, EnvelopeStatus.DEFERRED)

# queued and deferred may be claimed; only the holder of the lease moves a row out of in_flight;
# uncertain is left by a person's decision alone.
LAWFUL_MOVES: dict[EnvelopeStatus, tuple[EnvelopeStatus, ...]] = {
    EnvelopeStatus.QUEUED: (
        EnvelopeStatus.IN_FLIGHT, EnvelopeStatus.SUPPRESSED, EnvelopeStatus.CANCELLED,
    ),
    EnvelopeStatus.DEFERRED: (
        EnvelopeStatus.IN_FLIGHT, EnvelopeStatus.SUPPRESSED, EnvelopeStatus.CANCELLED,
    ),
    EnvelopeStatus.IN_FLIGHT: (
        EnvelopeStatus.SENT, EnvelopeStatus.DEFERRED, EnvelopeStatus.BOUNCED,
        EnvelopeStatus.FAILED, EnvelopeStatus.UNCERTAIN, EnvelopeStatus.QUEUED,
    ),
    EnvelopeStatus.UNCERTAIN: (EnvelopeStatus.QUEUED, EnvelopeStatus.SENT),
}  # fmt: skip
