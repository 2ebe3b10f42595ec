import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.audit.models import ChangeSet
from members.roster.choices import AT_WORK, ImportStatus


class RosterImport(models.Model):
    """An uploaded list on its way. The file and its preview are personal data and are erased when
    the matter is closed; who, when, the file's digest and the counts stay."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    filename = models.CharField(_("file name"), max_length=255)
    size = models.PositiveIntegerField(_("size"))
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField(default=bytes)
    status = models.CharField(
        _("status"),
        max_length=10,
        choices=ImportStatus.choices,
        default=ImportStatus.WAITING,
    )
    error = models.TextField(_("reason"), blank=True)
    counts = models.JSONField(_("counts"), default=dict)
    rows = models.JSONField(_("preview"), default=list)
    notices = models.JSONField(_("notices"), default=list)
    digest = models.CharField(max_length=64, blank=True)
    # First rows of the organisations that somebody has left out of those that could be taken.
    skipped = models.JSONField(_("left out"), default=list)
    reason = models.CharField(_("reason of the import"), max_length=300, blank=True)
    change_set = models.OneToOneField(
        ChangeSet,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("change set"),
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=_("uploaded by"),
    )
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("confirmed by"),
    )
    checked_at = models.DateTimeField(_("checked at"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)

    class Meta:
        app_label = "members"
        verbose_name = _("import of the member list")
        verbose_name_plural = _("imports of the member list")
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(status=ImportStatus.DONE) | Q(confirmed_by__isnull=False),
                name="roster_import_done_was_confirmed",
            )
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["created_at"],
                name="roster_import_at_work",
                condition=Q(status__in=AT_WORK),
            )
        ]

    def __str__(self) -> str:
        return self.filename

    @property
    def is_at_work(self) -> bool:
        return self.status in AT_WORK
