"""What a member asks for: other facts in the register, or to leave."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.audit.triggers import audited
from members.choices import LeavingKind, RequestStatus
from members.models.membership import Membership
from members.models.organization import Organization
from members.models.request import Request
from members.querysets import RequestQuerySet


class MemberRequest(Request):
    """A request about an organisation that is a member, by somebody who stands for it."""

    organization = models.ForeignKey(
        Organization,
        models.PROTECT,
        related_name="%(class)ss",
        verbose_name=_("organization"),
    )
    status = models.CharField(
        _("state"),
        max_length=12,
        choices=RequestStatus.choices,
        default=RequestStatus.RECEIVED,
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("asked by"),
    )
    # As it was then; for paper, whoever signed it.
    asked_by_name = models.CharField(_("name of who asks"), max_length=100, blank=True)
    message = models.TextField(_("words of the member"), max_length=800, blank=True)

    objects = RequestQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering: ClassVar = ["received_on", "id"]


class ChangeRequest(MemberRequest):
    """変更届: facts that the secretariat checks before the public entry changes.

    `changes` is `{"name": {"old": "…", "new": "…"}}`, with the values as they stood when it was
    asked; names of the keys in `members.change_fields`.
    """

    changes = models.JSONField(_("changes"), default=dict)
    effective_on = models.DateField(_("effective on"))

    class Meta(MemberRequest.Meta):
        verbose_name = _("change request")
        verbose_name_plural = _("change requests")
        permissions: ClassVar = [("decide_changerequest", "Can decide change requests")]
        indexes: ClassVar = [
            models.Index(fields=["status", "received_on"], name="change_request_queue")
        ]
        triggers: ClassVar = audited()


class Withdrawal(MemberRequest):
    """退会届, or the record of an expulsion (除名) by a resolution."""

    kind = models.CharField(
        _("kind"), max_length=12, choices=LeavingKind.choices, default=LeavingKind.WITHDRAWAL
    )
    leaving_on = models.DateField(
        _("leaves on"), help_text=_("First day on which it is no longer a member.")
    )
    # The period that ended by it, so that the letter and the register agree.
    period = models.ForeignKey(
        Membership, models.SET_NULL, null=True, blank=True, related_name="withdrawals",
        verbose_name=_("membership period"),
    )  # fmt: skip
    resolution = models.CharField(_("reference of the resolution"), max_length=100, blank=True)
    heard_on = models.DateField(
        _("heard on"), null=True, blank=True,
        help_text=_("Day on which the member could speak for itself."),
    )  # fmt: skip

    class Meta(MemberRequest.Meta):
        verbose_name = _("notice of withdrawal")
        verbose_name_plural = _("notices of withdrawal")
        permissions: ClassVar = [("decide_withdrawal", "Can decide withdrawals and expulsions")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(kind=LeavingKind.EXPULSION) | ~Q(resolution=""),
                name="expulsion_needs_resolution",
                violation_error_message=_("An expulsion needs the reference of its resolution."),
            ),
            models.UniqueConstraint(
                fields=["organization"],
                condition=Q(status__in=["received", "returned"]),
                name="one_open_withdrawal",
                violation_error_message=_("A notice of withdrawal is already waiting."),
            ),
        ]
        triggers: ClassVar = audited()
