"""The letter that lets a contact in for the first time."""

from datetime import date, datetime

from django.urls import reverse

from accounts.invitations import VALID_FOR, invitation_path
from accounts.models import User
from mailing.letters import absolute, send_letter
from mailing.markers import marker
from mailing.models import Message
from mailing.outbox import Recipient
from members.models import Organization

# The link opens an account, so it stands in the reader's envelope and not in the text, which the
# whole secretariat may read.
FIRST_LOGIN = "first_login_url"


def first_login_letter(
    *, user: User, organization: Organization, starts_on: date, at: datetime
) -> Message:
    """Tell somebody how to log in for an organisation, from `starts_on`.

    Who has no password yet gets a link that sets one; anybody else logs in as always.
    """
    return send_letter(
        template="members/mail/first_login",
        subject="会員ページへのログインのご案内",
        recipients=[login_recipient(user)],
        context={
            "name": user.name,
            "organization": organization.name,
            "starts_on": starts_on,
            **login_words(user),
        },
        at=at,
        reference=f"organization:{organization.pk}",
    )


def login_recipient(user: User) -> Recipient:
    """The mailbox of an account, with its own link in the envelope."""
    merge = {} if user.has_usable_password() else {FIRST_LOGIN: absolute(invitation_path(user))}
    return Recipient(email=user.email, name=user.name, merge=merge)


def login_words(user: User) -> dict[str, object]:
    """What `login.txt`, the passage about logging in, wants to know."""
    first = not user.has_usable_password()
    return {
        "first_login": first,
        "login_url": marker(FIRST_LOGIN) if first else absolute(reverse("account_login")),
        "login_email": user.email,
        "login_days": VALID_FOR.days,
        "reset_url": absolute(reverse("account_reset_password")),
    }
