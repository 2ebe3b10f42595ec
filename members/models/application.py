"""The application for membership, from the first saved line to the decision."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.audit.triggers import audited
from core.links import LINK_KEY_LENGTH, new_link_key
from members.choices import (
    Agreement,
    ApplicationStatus,
    Category,
    Duty,
    Field,
    OrganizationKind,
    PublicField,
    Target,
)
from members.models.organization import Organization
from members.models.request import Request
from members.querysets import ApplicationQuerySet
from members.validators import (
    validate_corporate_number,
    validate_local_government_code,
    validate_prefecture,
    validate_year_month,
)


class MembershipApplication(Request):
    """What an organisation says of itself to become a member.

    Almost everything may be empty: a draft is saved as far as it has come, and a fax says what it
    says. What a complete application needs is asked by the form.
    """

    status = models.CharField(
        _("state"),
        max_length=12,
        choices=ApplicationStatus.choices,
        default=ApplicationStatus.DRAFT,
    )
    # Whoever holds the link may read and correct the application: the key never enters the trail.
    link_key = models.CharField(
        max_length=LINK_KEY_LENGTH, unique=True, default=new_link_key, editable=False
    )
    email = models.EmailField(
        _("mailbox of the applicant"),
        blank=True,
        help_text=_("Letters about this application go here."),
    )
    category = models.CharField(
        _("category applied for"), max_length=12, choices=Category.choices, blank=True
    )
    kind = models.CharField(
        _("legal form"), max_length=30, choices=OrganizationKind.choices, blank=True
    )
    name = models.CharField(_("official name"), max_length=200, blank=True)
    name_kana = models.CharField(_("reading"), max_length=300, blank=True)
    name_english = models.CharField(_("name in English"), max_length=200, blank=True)
    display_name = models.CharField(_("display name"), max_length=200, blank=True)
    corporate_number = models.CharField(
        _("corporate number"), max_length=13, blank=True, validators=[validate_corporate_number]
    )
    local_government_code = models.CharField(
        _("local government code"),
        max_length=6,
        blank=True,
        validators=[validate_local_government_code],
    )
    representative_title = models.CharField(
        _("title of the representative"), max_length=100, blank=True
    )
    representative_name = models.CharField(
        _("name of the representative"), max_length=100, blank=True
    )
    representative_kana = models.CharField(
        _("reading of the representative's name"), max_length=150, blank=True
    )
    founded = models.CharField(
        _("founded"), max_length=7, blank=True, validators=[validate_year_month]
    )
    postal_code = models.CharField(_("postal code"), max_length=8, blank=True)
    prefecture = models.CharField(
        _("prefecture"), max_length=2, blank=True, validators=[validate_prefecture]
    )
    address = models.CharField(_("address"), max_length=300, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    fax = models.CharField(_("fax"), max_length=40, blank=True)
    organization_email = models.EmailField(_("mailbox of the organization"), blank=True)
    url = models.URLField(_("web address"), max_length=300, blank=True)
    summary = models.TextField(_("summary of activities"), max_length=400, blank=True)
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
    nationwide = models.BooleanField(_("active all over the country"), default=False)
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
    wishes = models.CharField(_("subcommittees wished for"), max_length=300, blank=True)
    motivation = models.TextField(_("why it wants to join"), max_length=800, blank=True)
    # Which wording was agreed to, how, and who wrote it down when it was not the applicant.
    pledge_version = models.CharField(_("version of the pledge"), max_length=20, blank=True)
    privacy_version = models.CharField(_("version of the privacy text"), max_length=20, blank=True)
    agreement = models.CharField(_("agreed"), max_length=10, choices=Agreement.choices, blank=True)
    agreed_at = models.DateTimeField(_("agreed at"), null=True, blank=True)
    agreement_noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("agreement noted by"),
    )
    # The organisation that came of it, or the former member that applies again.
    organization = models.ForeignKey(
        Organization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="applications",
        verbose_name=_("organization"),
    )
    batch = models.ForeignKey(
        "members.DecisionBatch",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="applications",
        verbose_name=_("round of decisions"),
    )
    saved_at = models.DateTimeField(_("last saved by the applicant"), null=True, blank=True)
    # For search and the hunt for duplicates only, computed by members.services.
    search_text = models.TextField(editable=False, default="")
    duplicate_key = models.CharField(max_length=200, editable=False, default="", db_index=True)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("application for membership")
        verbose_name_plural = _("applications for membership")
        ordering: ClassVar = ["received_on", "id"]
        permissions: ClassVar = [
            ("decide_membershipapplication", "Can decide applications for membership")
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(status=ApplicationStatus.DRAFT)
                | Q(receipt_number__isnull=False, received_on__isnull=False),
                name="received_has_number_and_day",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["status", "received_on"], name="application_queue")
        ]
        triggers: ClassVar = audited(
            ignored=("search_text", "duplicate_key", "saved_at"), masked=("link_key",)
        )

    def __str__(self) -> str:
        return self.name or super().__str__()


class ApplicationContact(models.Model):
    """One of up to five people whom the applicant names as contacts; the first is the main one."""

    application = models.ForeignKey(
        MembershipApplication,
        models.CASCADE,
        related_name="contacts",
        verbose_name=_("application"),
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    duty = models.CharField(_("duty"), max_length=20, choices=Duty.choices, default=Duty.PRIMARY)
    department = models.CharField(_("department"), max_length=100, blank=True)
    title = models.CharField(_("job title"), max_length=100, blank=True)
    name = models.CharField(_("full name"), max_length=100, blank=True)
    name_kana = models.CharField(_("reading"), max_length=150, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    newsletter = models.BooleanField(_("wants the mail magazine"), default=False)

    class Meta:
        verbose_name = _("contact of an application")
        verbose_name_plural = _("contacts of an application")
        ordering: ClassVar = ["position", "id"]
        triggers: ClassVar = audited()

    def __str__(self) -> str:
        return self.name


class Correction(models.Model):
    """An application sent back: what was asked, what the applicant changed.

    `before` holds the answers as they stood when it went back; `changes` the differences when it
    returned, field by field: `{"phone": ["03-1", "03-2"]}`.
    """

    application = models.ForeignKey(
        MembershipApplication, models.PROTECT, related_name="corrections",
        verbose_name=_("application"),
    )  # fmt: skip
    message = models.TextField(_("what to correct"))
    marked = ArrayField(
        models.CharField(max_length=40), verbose_name=_("fields to look at"), default=list
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+",
        verbose_name=_("asked by"),
    )  # fmt: skip
    asked_at = models.DateTimeField(_("asked at"))
    before = models.JSONField(_("before"), default=dict)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    changes = models.JSONField(_("changes"), default=dict)

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        ordering: ClassVar = ["asked_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(answered_at__isnull=True),
                name="one_correction_at_a_time",
            )
        ]
        triggers: ClassVar = audited()

    def __str__(self) -> str:
        return self.message[:60]
