"""Who asks to take part in a subcommittee, and waits."""

from datetime import date, datetime, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core.shell.today import TodayRow
from members.today.lines import listed
from subcommittees.choices import ParticipationStatus
from subcommittees.models import ParticipationRequest

ANSWER_WITHIN = timedelta(days=14)


def rows(user: User, at: datetime) -> list[TodayRow]:
    """A lead organisation may decide as well: what it has decided is gone from here."""
    if not user.has_perm("subcommittees.decide_participationrequest"):
        return []
    found = (
        ParticipationRequest.objects.open()
        .select_related("organization", "subcommittee__body")
        .order_by("asked_at", "pk")
    )
    return listed(found, _one, _many)


def _one(asked: ParticipationRequest) -> TodayRow:
    words = _("Asks to take part in %(body)s as %(role)s")
    who = words % {"body": asked.subcommittee.body.name, "role": asked.get_role_display()}
    place = reverse("admin:subcommittees_participationrequest_act", args=[asked.pk, "approve"])
    return _row(asked.organization.name, who, _("Look and decide"), place, _answer_by(asked))


def _many(number: int, oldest: ParticipationRequest) -> TodayRow:
    place = reverse("admin:subcommittees_participationrequest_changelist")
    return _row(
        _("Requests to take part: %(n)s") % {"n": number},
        _("The oldest: %(name)s") % {"name": oldest.organization.name},
        _("See them"),
        f"{place}?status__exact={ParticipationStatus.RECEIVED.value}",
        _answer_by(oldest),
    )


def _answer_by(asked: ParticipationRequest) -> date:
    return timezone.localdate(asked.asked_at) + ANSWER_WITHIN


def _row(title: str, who: str, action: str, url: str, due: date) -> TodayRow:
    return TodayRow(
        kind=_("Requests to take part"), icon="bodies", title=title, who=who, action=action,
        url=url, due=due,
    )  # fmt: skip
