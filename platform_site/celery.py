"""The worker application. Redis only wakes workers; what is due stands in PostgreSQL."""

import os

from celery import Celery
from celery.signals import beat_init
from django_structlog.celery.steps import DjangoStructLogInitStep

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "platform_site.settings")

app = Celery("platform_site")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.steps["worker"].add(DjangoStructLogInitStep)
app.autodiscover_tasks()


@beat_init.connect
def _tick_at_once(**kwargs: object) -> None:
    """A clock that has just started strikes, so that nothing waits a minute for its first sign."""
    from mailing.wake import ask_worker  # noqa: PLC0415 -- apps are loaded after this module

    ask_worker("platform_site.tasks.tick")
