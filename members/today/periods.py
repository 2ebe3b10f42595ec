"""Memberships that end soon, and categories that change soon."""

from datetime import date, timedelta

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from core.shell.today import TodayRow
from members.choices import Category, EndReason
from members.models import Membership
from members.today.lines import listed, listing, record

SOON = timedelta(days=30)


def _near(day: date) -> QuerySet[Membership]:
    return (
        Membership.objects.ending_between(day, day + SOON)
        .select_related("organization")
        .order_by("valid_until", "pk")
    )


def _last_day(period: Membership) -> date | None:
    return period.valid_until - timedelta(days=1) if period.valid_until else None


def ending(day: date) -> list[TodayRow]:
    def many(number: int, period: Membership) -> TodayRow:
        title = _("Memberships that end soon: %(n)s") % {"n": number}
        who = _("The first: %(name)s") % {"name": period.organization.name}
        return _row(title, who, _("See them"), listing("membership"), _last_day(period))

    return listed(
        _near(day).exclude(end_reason=EndReason.CATEGORY_CHANGED),
        lambda period: _row(
            period.organization.name, _("The membership ends"), _("Look"),
            record("organization", period.organization_id), _last_day(period),
        ),
        many,
    )  # fmt: skip


def changing(day: date) -> list[TodayRow]:
    """Booked changes of category: they happen by themselves, this is for information."""
    following = Membership.objects.filter(
        organization=OuterRef("organization"), valid_from=OuterRef("valid_until")
    ).values("category")[:1]
    found = (
        _near(day)
        .filter(end_reason=EndReason.CATEGORY_CHANGED)
        .annotate(category_after=Subquery(following))
        .exclude(category_after=None)
    )

    def one(period: Membership) -> TodayRow:
        after = Category(period.category_after).label  # type: ignore[attr-defined] # annotated
        who = _("%(before)s becomes %(after)s") % {
            "before": period.get_category_display(), "after": after,
        }  # fmt: skip
        place = record("organization", period.organization_id)
        return _row(period.organization.name, who, _("Look"), place, period.valid_until)

    def many(number: int, period: Membership) -> TodayRow:
        title = _("Changes of category that are booked: %(n)s") % {"n": number}
        who = _("The first: %(name)s") % {"name": period.organization.name}
        return _row(title, who, _("See them"), listing("membership"), period.valid_until)

    return listed(found, one, many)


def _row(title: str, who: str, action: str, url: str, due: date | None) -> TodayRow:
    kind = _("Member organizations")
    return TodayRow(
        kind=kind, icon="members", title=title, who=who, action=action, url=url, due=due
    )
