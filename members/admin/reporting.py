"""From the list of applications straight on to the list of the next round."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.requests import user_of
from core.errors import DomainError
from members.admin.batch import batch_url
from members.models import DecisionBatch
from members.queries.batches import next_open_batch
from members.services.batches import report_applications

REPORT_EFFECT = gettext_lazy(
    "They are reported to the steering committee in the next open round. Nobody is written to."
)


@admin.action(description=gettext_lazy("Put on the list of the next round"), permissions=["change"])
def report(owner: Any, request: HttpRequest, queryset: QuerySet[Any]) -> None:
    """All that were chosen, or none."""
    batch: DecisionBatch | None = next_open_batch()
    if batch is None:
        owner.message_user(
            request, _("No round is open. Open one under “Rounds of decisions”."), messages.ERROR
        )
        return
    try:
        number = report_applications(
            batch=batch, applications=queryset, actor=user_of(request), at=timezone.now()
        )
    except DomainError as refusal:
        owner.message_user(request, str(refusal), messages.ERROR)
        return
    words = _("Applications put on the list: %(n)s") % {"n": number}
    link = format_html('{} <a href="{}">{}</a>', words, batch_url(batch), batch.title)
    owner.message_user(request, link, messages.SUCCESS)
