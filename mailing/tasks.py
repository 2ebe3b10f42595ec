from celery import shared_task

from mailing.delivery.office import deliver_due


@shared_task
def deliver() -> None:
    """Deliver what is due. Safe to run twice and at the same time; losing it costs a minute."""
    deliver_due()
