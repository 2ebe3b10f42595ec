import secrets
import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.audit.triggers import audited
from mailing.models import Address
from members.choices import Field, LinkKind, OrganizationKind, PublicField, Target
from members.querysets import OrganizationQuerySet
from members.validators import (
    validate_corporate_number,
    validate_local_government_code,
    validate_prefecture,
    validate_year_month,
)

_SLUG_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"


def new_slug() -> str:
    """Eight letters without look-alikes, to be read out on the phone."""
    return "".join(secrets.choice(_SLUG_LETTERS) for _n in range(8))


class Organization(models.Model):
    """An organisation (or a person acting as one) that is, was or may become a member."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slug = models.SlugField(_("address part"), max_length=40, unique=True, default=new_slug)
    kind = models.CharField(_("legal form"), max_length=30, choices=OrganizationKind.choices)
    name = models.CharField(_("official name"), max_length=200)
    name_kana = models.CharField(_("reading"), max_length=300, blank=True)
    display_name = models.CharField(
        _("display name"),
        max_length=200,
        blank=True,
        help_text=_("Name used on public pages when it differs from the official name."),
    )
    name_english = models.CharField(_("name in English"), max_length=200, blank=True)
    founded = models.CharField(
        _("founded"),
        max_length=7,
        blank=True,
        validators=[validate_year_month],
        help_text=_("Year and month, for example 2015-04."),
    )
    corporate_number = models.CharField(
        _("corporate number"),
        max_length=13,
        blank=True,
        validators=[validate_corporate_number],
        help_text=_("13 digits. May be empty."),
    )
    local_government_code = models.CharField(
        _("local government code"),
        max_length=6,
        blank=True,
        validators=[validate_local_government_code],
        help_text=_("6 digits."),
    )
    postal_code = models.CharField(_("postal code"), max_length=8, blank=True)
    prefecture = models.CharField(
        _("prefecture"), max_length=2, blank=True, validators=[validate_prefecture]
    )
    address = models.CharField(_("address"), max_length=300, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    fax = models.CharField(_("fax"), max_length=40, blank=True)
    # Shared inside the organisation: it still receives when the only contact has left.
    mailbox = models.ForeignKey(
        Address,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="organizations",
        verbose_name=_("mailbox of the organization"),
    )
    url = models.URLField(_("web address"), max_length=300, blank=True)
    summary = models.TextField(_("summary of activities"), max_length=800, blank=True)
    fields = ArrayField(
        models.CharField(max_length=2, choices=Field.choices),
        verbose_name=_("fields of activity"),
        default=list,
        blank=True,
    )
    targets = ArrayField(
        models.CharField(max_length=20, choices=Target.choices),
        verbose_name=_("whom it stands by"),
        default=list,
        blank=True,
    )
    regions = ArrayField(
        models.CharField(max_length=2, validators=[validate_prefecture]),
        verbose_name=_("regions of activity"),
        default=list,
        blank=True,
    )
    public_fields = ArrayField(
        models.CharField(max_length=20, choices=PublicField.choices),
        verbose_name=_("released fields"),
        default=list,
        blank=True,
    )
    note = models.TextField(_("note of the secretariat"), blank=True)
    confirmed_on = models.DateField(_("last confirmed on"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    # For search and order only, computed by members.services; never shown.
    search_text = models.TextField(editable=False, default="")
    sort_key = models.CharField(max_length=400, editable=False, default="", db_index=True)
    duplicate_key = models.CharField(max_length=200, editable=False, default="", db_index=True)

    objects = OrganizationQuerySet.as_manager()

    class Meta:
        verbose_name = _("member organization")
        verbose_name_plural = _("member organizations")
        ordering: ClassVar = ["sort_key", "id"]
        permissions: ClassVar = [
            ("import_members", "Can import the member list"),
            ("export_members", "Can export the member list"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["corporate_number"],
                condition=~Q(corporate_number=""),
                name="corporate_number_once",
            ),
            models.UniqueConstraint(
                fields=["local_government_code"],
                condition=~Q(local_government_code=""),
                name="local_government_code_once",
            ),
        ]
        indexes: ClassVar = [
            GinIndex(fields=["fields"], name="organization_fields"),
            # Members are counted by prefecture on every page of the directory: from here alone.
            models.Index(fields=["id"], include=["prefecture"], name="organization_places"),
        ]
        triggers: ClassVar = audited(ignored=("search_text", "sort_key", "duplicate_key"))

    def __str__(self) -> str:
        return self.shown_name

    @property
    def shown_name(self) -> str:
        """The name for public pages."""
        return self.display_name or self.name


class OrganizationName(models.Model):
    """A former name and the day until which it was used."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="former_names")
    name = models.CharField(_("former name"), max_length=200)
    name_kana = models.CharField(_("reading"), max_length=300, blank=True)
    valid_until = models.DateField(_("used until"), help_text=_("First day of the new name."))

    class Meta:
        verbose_name = _("former name")
        verbose_name_plural = _("former names")
        ordering: ClassVar = ["-valid_until"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "valid_until"], name="one_name_ends_a_day"
            )
        ]
        triggers: ClassVar = audited()

    def __str__(self) -> str:
        return self.name


class OrganizationLink(models.Model):
    """How one organisation relates to another: merger, split, branch, service run by."""

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="links", verbose_name=_("organization")
    )
    kind = models.CharField(_("relation"), max_length=20, choices=LinkKind.choices)
    other = models.ForeignKey(
        Organization, models.PROTECT, related_name="linked_from", verbose_name=_("other")
    )
    since = models.DateField(_("since"), null=True, blank=True)

    class Meta:
        verbose_name = _("link between organizations")
        verbose_name_plural = _("links between organizations")
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(organization=F("other")), name="link_to_another"),
            models.UniqueConstraint(fields=["organization", "kind", "other"], name="link_once"),
        ]
        triggers: ClassVar = audited()

    def __str__(self) -> str:
        return f"{self.organization_id} {self.get_kind_display()} {self.other_id}"
