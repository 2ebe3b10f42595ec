"""Letting a contact in."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from members.forms.preview import Preview, PreviewedForm
from members.models import Affiliation
from members.services.logins import send_login


class SendLoginForm(PreviewedForm):
    """Asks nothing: the page says who gets what."""

    title = gettext_lazy("Prepare a login")
    effect = gettext_lazy("The letter may be sent again when it was lost.")
    permission = "members.change_affiliation"
    preview_first = True

    def preview(self, *, at: datetime) -> Preview:
        contact: Affiliation = self.record
        user = contact.person.user
        mailbox = user.email if user else contact.address.email if contact.address else "—"
        if user is not None and user.has_usable_password():
            words = _("A password is set already: the letter says how to log in.")
        else:
            words = _("The letter has a link that sets a password. It works once, for 30 days.")
        to = _("%(person)s gets a letter at %(email)s.")
        return Preview(
            title=_("What will happen"),
            lines=[to % {"person": contact.person.name, "email": mailbox}, words],
        )

    def perform(self, affiliation: Affiliation, *, actor: User, at: datetime) -> str:  # type: ignore[override] # its record
        user = send_login(affiliation=affiliation, actor=actor, at=at)
        return _("The letter about logging in goes to %(email)s.") % {"email": user.email}
