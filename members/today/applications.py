"""Applications: to be checked, sent back and silent, to be decided."""

from datetime import date, datetime, timedelta
from functools import partial

from django.db.models import Count, Exists, OuterRef
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.japan.calendar import add_business_days, era_date
from core.shell.today import TodayRow
from members.choices import ApplicationStatus
from members.models import Correction, DecisionBatch, MembershipApplication
from members.today.lines import listed, listing, record

BUSINESS_DAYS = 10
"""Within which somebody who hands something in hears from us."""
SILENT_AFTER = timedelta(days=14)
SOON = timedelta(days=14)

_WORDS: dict[str, tuple[Promise, Promise, Promise]] = {
    "received": (
        gettext_lazy("Application received"), gettext_lazy("Begin to check"),
        gettext_lazy("Applications received: %(n)s"),
    ),
    "came_back": (
        gettext_lazy("The correction has come back"), gettext_lazy("See the changes"),
        gettext_lazy("Corrections that have come back: %(n)s"),
    ),
    "checking": (
        gettext_lazy("being checked"), gettext_lazy("Continue the check"),
        gettext_lazy("Applications being checked: %(n)s"),
    ),
}  # fmt: skip


def due_of(application: MembershipApplication) -> date | None:
    received = application.received_on
    return application.due_on or (add_business_days(received, BUSINESS_DAYS) if received else None)


def to_check(day: date) -> list[TodayRow]:
    answered = Correction.objects.filter(application=OuterRef("pk"), answered_at__isnull=False)
    office = MembershipApplication.objects.in_office().order_by("received_on", "pk")
    checking = office.filter(status=ApplicationStatus.CHECKING).alias(back=Exists(answered))
    kinds = (
        ("received", office.filter(status=ApplicationStatus.RECEIVED)),
        ("came_back", checking.filter(back=True)),
        ("checking", checking.filter(back=False)),
    )
    return [
        row
        for kind, found in kinds
        for row in listed(found, partial(_application, kind), partial(_applications, kind))
    ]


def _application(kind: str, application: MembershipApplication) -> TodayRow:
    what, action, _many = _WORDS[kind]
    return _row(
        str(application),
        f"{what}・{application.receipt_number}・{application.get_channel_display()}",
        str(action), record("membershipapplication", application.pk), due_of(application),
    )  # fmt: skip


def _applications(kind: str, number: int, oldest: MembershipApplication) -> TodayRow:
    status = ApplicationStatus.RECEIVED if kind == "received" else ApplicationStatus.CHECKING
    return _row(
        str(_WORDS[kind][2]) % {"n": number},
        _("The oldest: %(name)s") % {"name": oldest},
        _("See them"),
        listing("membershipapplication", f"status__exact={status.value}"),
        due_of(oldest),
    )


def silent(at: datetime) -> list[TodayRow]:
    """Sent back, and the applicant has not answered for two weeks."""
    found = (
        Correction.objects.filter(
            answered_at__isnull=True,
            asked_at__lt=at - SILENT_AFTER,
            application__status=ApplicationStatus.RETURNED,
        )
        .select_related("application")
        .order_by("asked_at", "pk")
    )

    def one(correction: Correction) -> TodayRow:
        since = era_date(timezone.localdate(correction.asked_at))
        return _row(
            str(correction.application),
            _("Sent back on %(day)s, no answer yet") % {"day": since},
            _("Get in touch"),
            record("membershipapplication", correction.application_id),
            _silent_since(correction),
        )

    def many(number: int, oldest: Correction) -> TodayRow:
        return _row(
            _("Applications sent back without an answer: %(n)s") % {"n": number},
            _("The oldest: %(name)s") % {"name": oldest.application},
            _("See them"),
            listing("membershipapplication", f"status__exact={ApplicationStatus.RETURNED.value}"),
            _silent_since(oldest),
        )

    return listed(found, one, many)


def _silent_since(correction: Correction) -> date:
    return timezone.localdate(correction.asked_at + SILENT_AFTER)


def to_decide(day: date) -> list[TodayRow]:
    """Rounds of decisions whose day is near or has passed."""
    found = (
        DecisionBatch.objects.filter(decided_at__isnull=True, held_on__lte=day + SOON)
        .annotate(waiting=Count("applications"))
        .order_by("held_on", "pk")
    )
    return listed(
        found,
        lambda batch: _row(
            batch.title, _("Applications to decide: %(n)s") % {"n": batch.waiting}, _("Decide"),
            record("decisionbatch", batch.pk), batch.held_on,
        ),
        lambda number, batch: _row(
            _("Rounds of decisions that wait: %(n)s") % {"n": number}, batch.title,
            _("See them"), listing("decisionbatch"), batch.held_on,
        ),
    )  # fmt: skip


def _row(title: str, who: str, action: str, url: str, due: date | None) -> TodayRow:
    kind = _("Applications for membership")
    return TodayRow(
        kind=kind, icon="members", title=title, who=who, action=action, url=url, due=due
    )
