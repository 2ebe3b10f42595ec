"""Opening a line to the mail server, as the settings say."""

import smtplib
import ssl
from urllib.parse import urlsplit

from django.conf import settings

from mailing.delivery.line import Line

DOT_PATIENCE = 5  # RFC 5321 asks for much more patience after the dot than before


class RelayUnreachableError(Exception):
    """No line can be opened; the text says why, without secrets."""


def open_line() -> Line:
    """Connect, greet, encrypt and log in. Blocks, with a time limit on every step."""
    timeout = float(settings.SMTP_TIMEOUT_SECONDS)
    client: smtplib.SMTP | None = None
    try:
        client = _client(timeout)
        client.ehlo_or_helo_if_needed()
        if getattr(settings, "EMAIL_USE_TLS", False):
            client.starttls(context=ssl.create_default_context())
            client.ehlo()
        if getattr(settings, "EMAIL_HOST_USER", ""):
            client.login(settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD)
        return Line(client, timeout=timeout, patience=timeout * DOT_PATIENCE)
    except (OSError, ValueError) as error:  # every smtplib exception is an OSError
        if client is not None:
            client.close()
        raise RelayUnreachableError(_words(error)) from error


def _client(timeout: float) -> smtplib.SMTP:
    ours = urlsplit(settings.SITE_URL).hostname or "localhost"
    host, port = settings.EMAIL_HOST, int(settings.EMAIL_PORT)
    if getattr(settings, "EMAIL_USE_SSL", False):
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(host, port, ours, timeout=timeout, context=context)
    return smtplib.SMTP(host, port, ours, timeout=timeout)


def _words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        text = error.smtp_error
        shown = text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
        return f"{error.smtp_code} {shown}"[:300]
    return f"{type(error).__name__}: {error}"[:300]
