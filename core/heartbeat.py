"""Signs of life of the processes that nobody looks at."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

BEAT = "beat"
WORKER = "worker"


class Heartbeat(models.Model):
    """When a process last did its round. One row per process name."""

    name = models.CharField(_("process"), max_length=40, unique=True)
    at = models.DateTimeField(_("at"))

    class Meta:
        app_label = "core"
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


def beat(*, name: str, at: datetime) -> None:
    """`name` is alive at `at`. Beats that arrive late never turn the clock back."""
    row, made = Heartbeat.objects.get_or_create(name=name, defaults={"at": at})
    if not made:
        Heartbeat.objects.filter(pk=row.pk, at__lt=at).update(at=at)


def beat_both(*, at: datetime) -> None:
    """The tick ran: beat sent it and the worker did it, so both are alive."""
    for name in (BEAT, WORKER):
        beat(name=name, at=at)


def fresh_names(*, since: datetime) -> set[str]:
    """The processes heard of since then."""
    return set(Heartbeat.objects.filter(at__gte=since).values_list("name", flat=True))
