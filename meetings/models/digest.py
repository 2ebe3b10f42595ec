"""What is new, told once: one letter a person and day."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from mailing.models import Message
from members.models import Person


class DigestRun(models.Model):
    """The day's round: everything new in the span from `since` to `until` has been told."""

    day = models.DateField(unique=True)
    since = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        verbose_name = _("daily digest")
        verbose_name_plural = _("daily digests")
        default_permissions: ClassVar = ()

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d}"


class Digest(models.Model):
    """The letter that one person got on one day."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    day = models.DateField()
    message = models.ForeignKey(Message, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("digest of a person")
        verbose_name_plural = _("digests of people")
        default_permissions: ClassVar = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "day"], name="one_digest_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d}"
