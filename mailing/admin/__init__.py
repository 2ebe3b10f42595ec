from mailing.admin.addresses import AddressAdmin, ConsentAdmin, SenderIdentityAdmin
from mailing.admin.envelopes import EnvelopeAdmin
from mailing.admin.messages import MessageAdmin

__all__ = [
    "AddressAdmin",
    "ConsentAdmin",
    "EnvelopeAdmin",
    "MessageAdmin",
    "SenderIdentityAdmin",
]
