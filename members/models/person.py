import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.audit.triggers import audited
from core.periods import runs_forward
from mailing.models import Address
from members.choices import Duty
from members.models.organization import Organization
from members.querysets import AffiliationQuerySet, PersonQuerySet


class Person(models.Model):
    """A person who acts for one or several organisations. The name is kept to the letter."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("full name"), max_length=100)
    name_kana = models.CharField(_("reading"), max_length=150, blank=True)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="person",
        verbose_name=_("account"),
    )
    note = models.TextField(_("note of the secretariat"), blank=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    search_text = models.TextField(editable=False, default="")

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering: ClassVar = ["name_kana", "name", "id"]
        triggers: ClassVar = audited(ignored=("search_text",))

    def __str__(self) -> str:
        return self.name


class Affiliation(models.Model):
    """A person acting for an organisation, in a duty, for a period, read at a mailbox."""

    person = models.ForeignKey(
        Person, models.PROTECT, related_name="affiliations", verbose_name=_("person")
    )
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="affiliations", verbose_name=_("organization")
    )
    duty = models.CharField(_("duty"), max_length=20, choices=Duty.choices, default=Duty.PRIMARY)
    department = models.CharField(_("department"), max_length=100, blank=True)
    title = models.CharField(_("job title"), max_length=100, blank=True)
    address = models.ForeignKey(
        Address,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="affiliations",
        verbose_name=_("mailbox"),
    )
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    valid_from = models.DateField(_("from"))
    valid_until = models.DateField(
        _("until"), null=True, blank=True, help_text=_("First day on which it no longer holds.")
    )
    # Order of the rows of the secretariat's list, so that an export gives the list back.
    position = models.PositiveIntegerField(_("position"), default=0)
    # Set by a handover: what belongs to the one before is found for the one after.
    predecessor = models.OneToOneField(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="successor",
        verbose_name=_("taken over from"),
    )

    objects = AffiliationQuerySet.as_manager()

    class Meta:
        verbose_name = _("affiliation")
        verbose_name_plural = _("affiliations")
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=runs_forward(),
                name="affiliation_period_forward",
                violation_error_message=_("The period must end after it begins."),
            ),
        ]
        triggers: ClassVar = audited()

    def __str__(self) -> str:
        return f"{self.get_duty_display()}"
