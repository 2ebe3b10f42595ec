"""The worker application with a tick a second and, if asked for, a clock that goes wrong."""

import os
from datetime import UTC, datetime, timedelta

import time_machine
from django.conf import settings

from platform_site.celery import app

settings.CELERY_BEAT_SCHEDULE["tick"]["schedule"] = 1.0

hours = float(os.environ.get("RESILIENCE_CLOCK") or 0)
if hours:
    time_machine.travel(datetime.now(UTC) + timedelta(hours=hours), tick=True).start()

__all__ = ["app"]
