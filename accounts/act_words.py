"""What the trail calls the acts of this app."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from accounts.choices import Role

ACTS = {
    "accounts.user.provisioned": _("provided an account"),
    "accounts.user.deactivated": _("closed an account"),
    "accounts.user.reactivated": _("opened an account again"),
    "accounts.user.email_changed": _("changed the e-mail address"),
    "accounts.user.logged_in": _("logged in"),
    "accounts.user.logged_out": _("logged out"),
    "accounts.login.failed": _("login failed"),
    "accounts.role.granted": _("granted a role"),
    "accounts.role.revoked": _("took a role away"),
    "accounts.password.set": _("set a password"),
    "accounts.password.changed": _("changed the password"),
    "accounts.password.reset": _("set a new password by mail"),
    "accounts.factor.added": _("added a second factor"),
    "accounts.factor.removed": _("removed a second factor"),
    "accounts.factor.reset": _("made new recovery codes"),
    "accounts.factor.used": _("confirmed the second factor"),
    "accounts.factor.failed": _("second factor failed"),
    "accounts.demo.created": _("made a demo account"),
}
DETAILS = {"role": _("role"), "kind": _("kind")}
VALUES = {
    **dict(Role.choices),
    "totp": _("authenticator app"),
    "webauthn": _("passkey"),
    "recovery_codes": _("recovery codes"),
}
# Columns without a name of their own, as the trail prints them.
COLUMNS = (gettext_noop("session generation"),)
