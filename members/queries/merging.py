"""Who stands where when organisations merge or split, and what will happen, in words."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from core.japan.calendar import era_date
from members.choices import Category
from members.models import Affiliation, Membership, Organization
from members.queries.leaving import Stop, what_stops
from members.querysets import AffiliationQuerySet

# Told in other words: people are asked one by one, the page gives way to the survivor's.
_TOLD = {"contacts", "logins", "magazine", "directory"}


@dataclass(frozen=True)
class Mover:
    """Somebody who may move; `already`: stands for the other organisation in any case."""

    affiliation: Affiliation
    already: bool


def standing_at(organization: Organization, on: date) -> AffiliationQuerySet:
    """Contacts that have not ended by `on`, those who begin later among them."""
    return (
        Affiliation.objects.filter(organization=organization)
        .filter(Q(valid_until__isnull=True) | Q(valid_until__gt=on))
        .select_related("person", "address")
        .order_by("position", "pk")
    )


def movers(source: Organization, target: Organization | None, on: date) -> list[Mover]:
    """Who stands for `source` on `on`, and whether they stand for `target` already."""
    there: set[int] = set()
    if target is not None:
        there = set(standing_at(target, on).order_by().values_list("person", flat=True))
    return [Mover(row, row.person_id in there) for row in standing_at(source, on)]


def merger_words(absorbed: Organization, survivor: Organization, on: date) -> list[str]:
    """What a merger on `on` does, sentence by sentence."""
    before = on - date.resolution
    ending = absorbed.memberships.active_on(before).first()
    staying = survivor.memberships.active_on(on).first()
    names = {"absorbed": absorbed.name, "survivor": survivor.name, "day": era_date(on)}
    words = [_("From %(day)s only %(survivor)s is left.") % names]
    words += _memberships(ending, staying, names)
    if absorbed.corporate_number or survivor.corporate_number:
        words.append(_("The corporate number of %(survivor)s stays as it is.") % names)
    words.append(
        _("What was recorded under %(absorbed)s stays there and still bears its name.") % names
    )
    words.append(_("The directory finds %(survivor)s by the name %(absorbed)s.") % names)
    return words


def merger_stops(absorbed: Organization, on: date) -> list[Stop]:
    """What ends with the absorbed organisation and is not said otherwise."""
    return [stop for stop in what_stops(absorbed, on) if stop.kind not in _TOLD]


def _memberships(
    ending: Membership | None, staying: Membership | None, names: dict[str, str]
) -> list[str]:
    if ending is None:
        return [_("%(absorbed)s is no member by then; no membership ends.") % names]
    known = names | {"number": ending.number, "category": _label(ending)}
    words = [_("The membership of %(absorbed)s (%(category)s, %(number)s) ends.") % known]
    if staying is None:
        words.append(
            _("%(survivor)s is not a member on that day, and does not become one by this.") % names
        )
    else:
        known = names | {"number": staying.number, "category": _label(staying)}
        words.append(
            _("%(survivor)s goes on as one member (%(category)s, %(number)s): nothing is doubled.")
            % known
        )
    return words


def _label(period: Membership) -> str:
    return str(Category(period.category).label)
