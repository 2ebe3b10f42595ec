"""Signs of life of the processes that nobody looks at."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


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
