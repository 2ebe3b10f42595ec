from celery import shared_task
from django.utils import timezone

from core.audit.context import acting
from newsletter.services import weekly_round


@shared_task
def run_weekly_round() -> None:
    """The magazine's minute: see `weekly_round`."""
    with acting(name="worker"):
        weekly_round(at=timezone.now())
