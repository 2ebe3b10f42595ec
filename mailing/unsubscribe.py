"""The signed link that lets a reader opt out without an account.

The token names the mailbox and nothing else, and does not run out: a magazine of last year must
still be able to be refused. It gives no right but this one.
"""

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from mailing.models import Address

_SALT = "mailing.unsubscribe"


def token_for(address: Address | int) -> str:
    """The token of a mailbox (or of its key)."""
    key = address if isinstance(address, int) else address.pk
    return Signer(salt=_SALT).sign(str(key))


def address_for(token: str) -> Address | None:
    """The mailbox a token was made for; None for anything forged or gone."""
    try:
        key = Signer(salt=_SALT).unsign(token)
    except BadSignature:
        return None
    return Address.objects.filter(pk=int(key)).first()


def url_for(address: Address | int) -> str:
    """The absolute link, from settings, never from a request."""
    path = reverse("mailing:unsubscribe", kwargs={"token": token_for(address)})
    return f"{settings.SITE_URL}{path}"
