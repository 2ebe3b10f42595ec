"""Who may log in, asked again on every request."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.utils import timezone

from accounts.models import User


class Backend(AuthenticationBackend):
    """allauth's backend for accounts that can end.

    Django asks `user_can_authenticate` at login and in `get_user`, which every request with a
    session runs: an account that is deactivated or past its last day is out with its next click.
    """

    def user_can_authenticate(self, user: Any) -> bool:
        return isinstance(user, User) and user.is_valid_on(timezone.localdate())
