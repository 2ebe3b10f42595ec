"""Members whom no mail reaches, today or soon."""

from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, Max, OuterRef, Subquery
from django.utils.translation import gettext as _

from core.periods import holds_on
from core.shell.today import TodayRow
from mailing.choices import AddressStatus
from members.models import Affiliation, Organization
from members.queries import members_without_contact
from members.today.lines import listed, listing, record

SOON = timedelta(days=30)


def unreachable(day: date) -> list[TodayRow]:
    """Nobody stands for them at a working mailbox; in one line when they are many."""
    return listed(
        members_without_contact(day),
        lambda organization: _row(
            organization.name, _("No contact with a working mailbox"), _("Enter a contact"),
            record("organization", organization.pk), None,
        ),
        lambda number, _first: _row(
            _("Members whom no mail reaches: %(n)s") % {"n": number},
            _("No contact with a working mailbox"), _("See them"),
            listing("organization", "category=member&contact=none"), None,
        ),
    )  # fmt: skip


def leaving(day: date) -> list[TodayRow]:
    """Reached today, and by nobody any more within a month: the last contact goes unreplaced."""
    until = day + SOON
    reached = Affiliation.objects.filter(
        holds_on(day), organization=OuterRef("pk"), address__status=AddressStatus.ACTIVE
    )
    last = reached.order_by().values("organization").annotate(last=Max("valid_until"))
    found = (
        Organization.objects.active_on(until)
        .unreachable_on(until)
        .filter(Exists(reached))
        .annotate(alone_from=Subquery(last.values("last")))
        .order_by("alone_from", "pk")
    )

    def last_day(organization: Any) -> date:
        leaves: date = organization.alone_from - timedelta(days=1)
        return leaves

    return listed(
        found,
        lambda organization: _row(
            organization.name, _("The only contact leaves, no successor is known"),
            _("Ask for the successor"), record("organization", organization.pk),
            last_day(organization),
        ),
        lambda number, first: _row(
            _("Members whose only contact leaves: %(n)s") % {"n": number},
            _("The first: %(name)s") % {"name": first.name}, _("See them"),
            listing("organization", f"category=member&contact=none&on={until.isoformat()}"),
            last_day(first),
        ),
    )  # fmt: skip


def _row(title: str, who: str, action: str, url: str, due: date | None) -> TodayRow:
    kind = _("Member organizations")
    return TodayRow(
        kind=kind, icon="members", title=title, who=who, action=action, url=url, due=due
    )
