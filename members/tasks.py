"""Work that takes longer than a person waits. The minute tick finds what these were not told of."""

from celery import shared_task
from django.utils import timezone

from core.audit.context import acting
from members.roster.jobs import check_import as check
from members.roster.jobs import write_import as write


@shared_task
def check_import(key: int) -> None:
    with acting(name="worker"):
        check(key=key, at=timezone.now())


@shared_task
def write_import(key: int) -> None:
    with acting(name="worker"):
        write(key=key, at=timezone.now())
