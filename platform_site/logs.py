"""Structured logs: one JSON object a line, a request id on each, nobody's personal data on any."""

import re
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog
from django.http import HttpRequest
from django_structlog.middlewares import RequestMiddleware
from structlog.typing import Processor

_EMAIL = re.compile(r"[^\s@<>\"'(),:;=|/]+@[^\s@<>\"'(),:;=|/?&]+")
# PostgreSQL quotes the refused row in these lines of its messages.
_ROW = re.compile(r"^(\s*(?:DETAIL|CONTEXT|DETAILS):).*$", re.MULTILINE)
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_LINK_KEY = re.compile(r"(?:[2-9a-z]{4}-){3}[2-9a-z]{4}")  # core.links: shorter than a token
_LONGEST_PLAIN_PART = 24
# Django names the path in its own lines, for example of a missing CSRF token.
_PATH = re.compile(r"(?<![^\s:])/[^\s?]*")


class RequestLog(RequestMiddleware):
    """Logs each request without its query string and without the secrets of one-time links."""

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        return f"{request.method} {shown_path(request.path)}"


def shown_path(path: str) -> str:
    """The path with tokens, link keys and addresses left out; slugs and public ids stay."""

    def shown(part: str) -> str:
        if _UUID.fullmatch(part):
            return part
        secret = len(part) > _LONGEST_PLAIN_PART or "@" in part or _LINK_KEY.fullmatch(part)
        return "…" if secret else part

    return "/".join(shown(part) for part in path.split("/"))


def scrub(logger: object, method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """A processor: no mail address, no row content and no user agent leaves by the log."""
    event.pop("user_agent", None)
    if str(event.get("logger", "")).startswith("django."):
        event["event"] = _PATH.sub(lambda found: shown_path(found[0]), str(event["event"]))
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = _ROW.sub(r"\1 …", _EMAIL.sub("…@…", value))
        elif not isinstance(value, bool | int | float | None):
            event[key] = _ROW.sub(r"\1 …", _EMAIL.sub("…@…", str(value)))
    return event


_SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso"),
]


def configure() -> dict[str, Any]:
    """Set structlog up and return Django's LOGGING."""
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.format_exc_info,
                    scrub,
                    structlog.processors.JSONRenderer(ensure_ascii=False),
                ],
                "foreign_pre_chain": _SHARED,
            },
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
        # RequestLog reports refusals and failures itself, without the path's secrets.
        "loggers": {"django.request": {"level": "CRITICAL"}},
        "root": {"handlers": ["console"], "level": "INFO"},
    }
