"""The minute tick: beat calls it, it asks each app what is due."""

from celery import shared_task


@shared_task
def tick() -> None:
    """Wake every app's due work. Safe to run twice and at the same time."""
