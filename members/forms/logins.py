"""Letting a contact in."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from members.forms.acts import OrganizationActForm
from members.models import Affiliation
from members.services.logins import send_login


class SendLoginForm(OrganizationActForm):
    """Asks nothing: the page says what will happen."""

    title = gettext_lazy("Prepare a login")
    effect = gettext_lazy(
        "Whoever has no password yet gets a letter with a link that sets one; it works once, for "
        "30 days. Anybody else is told to log in as always. The letter may be sent again."
    )
    permission = "members.change_affiliation"

    def perform(self, affiliation: Affiliation, *, actor: User, at: datetime) -> str:  # type: ignore[override] # its record
        user = send_login(affiliation=affiliation, actor=actor, at=at)
        return _("The letter about logging in goes to %(email)s.") % {"email": user.email}
