"""Papers: what is put before whom, its versions, and who opened it."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.audit.models import append_only
from core.audit.triggers import audited
from core.files import private_storage, random_name
from meetings.choices import Audience, MaterialKind, OpeningWay, Searchable
from meetings.models.body import Body
from meetings.models.meeting import Meeting
from meetings.querysets import MaterialQuerySet


class Material(models.Model):
    """A paper of a body, of one of its meetings or on its own. Its address outlives its versions.

    It is out from `publish_at` until it is withdrawn; without `publish_at` it is a draft.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    body = models.ForeignKey(
        Body, models.PROTECT, related_name="materials", verbose_name=_("body")
    )  # fmt: skip
    meeting = models.ForeignKey(
        Meeting, models.PROTECT, null=True, blank=True, related_name="materials",
        verbose_name=_("meeting"),
    )  # fmt: skip
    kind = models.CharField(
        _("kind"), max_length=10, choices=MaterialKind.choices, default=MaterialKind.PAPER
    )
    label = models.CharField(
        _("label"),
        max_length=20,
        blank=True,
        help_text=_("For example 次第, 資料1, 資料2-1, 参考資料1."),
    )
    title = models.CharField(_("title"), max_length=200)
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    audience = models.CharField(
        _("who may open it"), max_length=12, choices=Audience.choices, default=Audience.BODY
    )
    publish_at = models.DateTimeField(_("published from"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, editable=False)
    withdrawn_reason = models.CharField(_("reason for withdrawing"), max_length=300, blank=True)
    tags = ArrayField(
        models.CharField(max_length=30), verbose_name=_("tags"), default=list, blank=True
    )
    comment = models.TextField(
        _("note for those who run the body"), blank=True,
        help_text=_("Readers do not see it."),
    )  # fmt: skip
    current = models.OneToOneField(
        "MaterialVersion", models.SET_NULL, null=True, editable=False, related_name="+"
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)

    objects = MaterialQuerySet.as_manager()

    class Meta:
        verbose_name = _("material")
        verbose_name_plural = _("materials")
        ordering: ClassVar = ["position", "id"]
        permissions: ClassVar = [
            ("read_steering", "Can read what only the steering committee reads"),
            ("view_as_person", "Can look at the site as a member does"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | ~Q(withdrawn_reason=""),
                name="withdrawn_material_says_why",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["body", "meeting", "position"], name="material_of_meeting"),
            models.Index(fields=["publish_at"], name="material_by_day"),
        ]
        triggers: ClassVar = audited()

    def __str__(self) -> str:
        return f"{self.label} {self.title}".strip()


class MaterialVersion(models.Model):
    """One file under a paper's address. The last is the paper; earlier ones stay for the office."""

    material = models.ForeignKey(
        Material, models.PROTECT, related_name="versions", verbose_name=_("material")
    )
    number = models.PositiveSmallIntegerField(_("version"))
    file = models.FileField(_("file"), storage=private_storage, upload_to=random_name("papers"))
    name = models.CharField(_("name of the file"), max_length=200)
    content_type = models.CharField(_("type"), max_length=100)
    size = models.PositiveIntegerField(_("size"))
    sha256 = models.CharField(_("check sum"), max_length=64)
    reason = models.CharField(_("reason for replacing"), max_length=300, blank=True)
    searchable = models.CharField(
        _("search"), max_length=10, choices=Searchable.choices, default=Searchable.WAITING
    )
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+",
        verbose_name=_("uploaded by"),
    )  # fmt: skip
    uploaded_at = models.DateTimeField(_("uploaded at"))

    class Meta:
        verbose_name = _("version of a material")
        verbose_name_plural = _("versions of materials")
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["material", "number"], name="version_once"),
            models.CheckConstraint(
                condition=Q(number=1) | ~Q(reason=""), name="replacing_says_why"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["id"], condition=Q(searchable=Searchable.WAITING), name="version_to_read"
            )
        ]
        triggers: ClassVar = audited(ignored=("searchable",))

    def __str__(self) -> str:
        return self.name


class MaterialOpening(models.Model):
    """Somebody opened a file. Nobody takes that back."""

    version = models.ForeignKey(MaterialVersion, models.PROTECT, related_name="openings")
    material = models.ForeignKey(Material, models.PROTECT, related_name="openings")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+",
        verbose_name=_("opened by"),
    )  # fmt: skip
    # Staff who looked at the site as this person did; then `user` is the member of staff.
    seen_as = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+",
        verbose_name=_("looking as"),
    )  # fmt: skip
    way = models.CharField(_("way"), max_length=12, choices=OpeningWay.choices)
    opened_at = models.DateTimeField(_("opened at"))

    class Meta:
        verbose_name = _("opening of a material")
        verbose_name_plural = _("openings of materials")
        ordering: ClassVar = ["-opened_at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["material", "-opened_at"], name="openings_of_material"),
            models.Index(fields=["user", "-opened_at"], name="openings_of_user"),
        ]
        triggers: ClassVar = append_only()

    def __str__(self) -> str:
        return f"{self.opened_at:%Y-%m-%d %H:%M}"
