from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from core.audit.tables import act_words, table_words


def append_only() -> list[pgtrigger.Trigger]:
    """Triggers that refuse every change and removal of a row, whoever asks."""
    return [
        pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        pgtrigger.Trigger(
            name="no_truncate",
            operation=pgtrigger.Truncate,
            level=pgtrigger.Statement,
            when=pgtrigger.Before,
            func="RAISE EXCEPTION 'append-only: % cannot be emptied', TG_TABLE_NAME;",
        ),
    ]


class Entry(models.Model):
    """What every row of the trail knows: when, by whom (name as it was), which transaction."""

    at = models.DateTimeField(_("at"), db_default=Now(), db_index=True)
    transaction_id = models.BigIntegerField(_("transaction"), db_index=True)
    actor_id = models.CharField(_("actor id"), max_length=64, blank=True, default="", db_default="")
    actor_name = models.CharField(_("actor"), max_length=200, blank=True, default="", db_default="")
    why = models.CharField(_("reason"), max_length=500, blank=True, default="", db_default="")
    request_id = models.CharField(
        _("request"), max_length=64, blank=True, default="", db_default=""
    )

    class Meta:
        abstract = True


class Change(Entry):
    """One row of one table, changed once. Written by database triggers only.

    `before` and `after` hold the changed columns (all columns for an insert or a delete) as JSON.
    """

    class Operation(models.TextChoices):
        INSERT = "I", _("added")
        UPDATE = "U", _("changed")
        DELETE = "D", _("removed")

    table = models.CharField(_("table"), max_length=80)
    row_id = models.CharField(_("row"), max_length=64)
    operation = models.CharField(_("operation"), max_length=1, choices=Operation.choices)
    before = models.JSONField(_("before"), null=True)
    after = models.JSONField(_("after"), null=True)

    class Meta:
        verbose_name = _("field change")
        verbose_name_plural = _("field changes")
        indexes: ClassVar = [
            models.Index(fields=["table", "row_id", "id"], name="change_row"),
            # What once belonged to a record and is gone: read for its history.
            models.Index(
                fields=["table"], name="change_removed", condition=models.Q(operation="D")
            ),
        ]
        triggers: ClassVar = append_only()

    def __str__(self) -> str:
        return f"{table_words(self.table)} #{self.row_id} {self.get_operation_display()}"


class Act(Entry):
    """A business act by name (`newsletter.issue.approved`), with the names as they were then."""

    verb = models.CharField(_("act"), max_length=100, db_index=True)
    table = models.CharField(_("table"), max_length=80, blank=True)
    row_id = models.CharField(_("row"), max_length=64, blank=True)
    target_name = models.CharField(_("target"), max_length=300, blank=True)
    detail = models.JSONField(_("detail"), default=dict)

    class Meta:
        verbose_name = _("business act")
        verbose_name_plural = _("business acts")
        indexes: ClassVar = [models.Index(fields=["table", "row_id", "id"], name="act_row")]
        triggers: ClassVar = append_only()

    def __str__(self) -> str:
        return f"{act_words(self.verb)} {self.target_name}".strip()


class ChangeSet(Entry):
    """One deed that changed many rows at once: an import, a merger, a bulk edit.

    Its rows are those of the trail that its transaction wrote between the two marks. `kind` is the
    verb of the act, `why` the reason that its author gave.
    """

    kind = models.CharField(_("kind"), max_length=100, db_index=True)
    title = models.CharField(_("what was done"), max_length=300)
    after_change = models.BigIntegerField()
    until_change = models.BigIntegerField()
    rows = models.PositiveIntegerField(_("changed rows"), default=0)
    reverts = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="reverted_by",
        verbose_name=_("takes back"),
    )

    class Meta:
        verbose_name = _("change set")
        verbose_name_plural = _("change sets")
        ordering: ClassVar = ["-id"]
        permissions: ClassVar = [("revert_changeset", "Can take back a change set")]
        triggers: ClassVar = append_only()

    def __str__(self) -> str:
        return self.title

    def changes(self) -> models.QuerySet[Change]:
        """The rows of the trail that belong to it, in the order in which they were written."""
        return Change.objects.filter(
            transaction_id=self.transaction_id,
            id__gt=self.after_change,
            id__lte=self.until_change,
        ).order_by("id")


class Seal(models.Model):
    """One link of the chain over the trail.

    `digest` is SHA-256 of the sealed row's content, `chain` is SHA-256 of the previous link's
    `chain` and this `digest`; an altered, removed or reordered row no longer fits.
    """

    source = models.CharField(max_length=10, choices=[("change", "change"), ("act", "act")])
    source_id = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    chain = models.CharField(max_length=64)
    # The oldest transaction still running when the link was made: the next pass looks from there.
    horizon = models.BigIntegerField(default=0, db_default=0)
    sealed_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("seal")
        verbose_name_plural = _("seals")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "source_id"], name="sealed_once")
        ]
        triggers: ClassVar = append_only()

    def __str__(self) -> str:
        return f"{self.id} {self.source} {self.source_id}"
