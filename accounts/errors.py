from django.utils.translation import gettext as _

from core.errors import DomainError


class AccountExistsError(DomainError):
    """Somebody already has an account with this address."""

    def __init__(self) -> None:
        super().__init__(_("An account with this e-mail address already exists."))


class LastAdministratorError(DomainError):
    """Without this account nobody could give rights any more."""

    def __init__(self) -> None:
        super().__init__(
            _("This is the last active administrator. Make somebody else administrator first.")
        )


class NotADemoAccountError(DomainError):
    """One-time codes are only told for the accounts of the demo platform."""

    def __init__(self) -> None:
        super().__init__(
            _("One-time codes are shown only for demo accounts, and only in local mode.")
        )
