"""The doors that anybody may knock at."""

from django.http import HttpResponse
from django.test import Client, override_settings

from tests.factories.accounts import PASSWORD

LOGIN = "/accounts/login/"
RESET = "/accounts/password/reset/"
LOCMEM = override_settings(
    EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend", PASSWORD_RESET_ANSWER_SECONDS=0
)


def log_in(client: Client, email: str, password: str = PASSWORD, **extra: str) -> HttpResponse:
    return client.post(LOGIN, {"login": email, "password": password}, **extra)


def logged_in(client: Client) -> bool:
    return "_auth_user_id" in client.session
