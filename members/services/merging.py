"""Mergers and splits. Both are one change set, so that they can be taken back as a whole.

What was done under the old organisation stays there: votes, attendance, the mail it got. Only the
people move, one by one, from the day on.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core.audit.acts import record
from core.audit.changesets import change_set
from core.japan.calendar import era_date
from members.choices import Category, EndReason, LinkKind
from members.errors import ImpossibleDateError, MembersError, NothingChangesError, TooLateError
from members.models import Affiliation, Membership, Organization, OrganizationLink
from members.queries.links import last_successor, merger_of
from members.queries.merging import standing_at
from members.services.memberships import end_membership, open_period, refuse_if_recorded_after
from members.services.refusals import refusing
from members.services.search import refresh_search_text

_FARTHEST = timedelta(days=3 * 366)


def merge_organizations(
    *,
    absorbed: Organization,
    survivor: Organization,
    on: date,
    moving: Sequence[Affiliation],
    actor: User | None,
    at: datetime,
    reason: str = "",
) -> OrganizationLink:
    """From `on` only `survivor` is left. `moving` go on there; the other contacts end that day."""
    title = _("%(absorbed)s merged into %(survivor)s") % {
        "absorbed": absorbed.name,
        "survivor": survivor.name,
    }
    verb = "members.organization.merged"
    with change_set(kind=verb, title=title, reason=reason, actor=actor, at=at), refusing():
        absorbed, survivor = _locked_pair(absorbed, survivor)
        _check_merger(absorbed, survivor)
        _check_day(on, at)
        _close(absorbed, on, actor, at)
        moved, ended = _move(absorbed, survivor, on, moving, others_end=True)
        link = OrganizationLink(
            organization=absorbed, kind=LinkKind.MERGED_INTO, other=survivor, since=on
        )
        link.save(force_insert=True)
        refresh_search_text([absorbed, survivor])
        facts = {"effective_on": on.isoformat(), "moved": moved, "ended": ended}
        record(actor, verb, absorbed, at=at, successor=survivor.name, reason=reason, **facts)
        record(
            actor, "members.organization.absorbed", survivor, at=at,
            absorbed=absorbed.name, reason=reason, **facts,
        )  # fmt: skip
    return link


def split_organization(
    *,
    source: Organization,
    new: Organization,
    category: Category,
    on: date,
    moving: Sequence[Affiliation],
    actor: User | None,
    at: datetime,
    number: str = "",
    source_ends: bool = False,
    reason: str = "",
) -> Organization:
    """`new` (unsaved) comes out of `source` on `on`, as a member with a number of its own.

    The contacts in `moving` go on there. `source` goes on as well, unless it ends that day.
    """
    title = _("%(new)s split from %(source)s") % {"new": new.name, "source": source.name}
    verb = "members.organization.split"
    with change_set(kind=verb, title=title, reason=reason, actor=actor, at=at), refusing():
        source = Organization.objects.select_for_update(no_key=True).get(pk=source.pk)
        _check_day(on, at)
        _check_source(source, on)
        period = _new_member(new, source, category, number, on)
        moved, ended = _move(source, new, on, moving, others_end=source_ends)
        if source_ends:
            end_membership(
                organization=source, until=on, reason=EndReason.DISSOLVED, note=reason[:300],
                actor=actor, at=at,
            )  # fmt: skip
        refresh_search_text([new, source])
        facts = {"effective_on": on.isoformat(), "moved": moved, "ended": ended}
        record(actor, verb, source, at=at, successor=new.name, reason=reason, **facts)
        record(
            actor, "members.organization.registered", new, at=at, source=source.name,
            category=category, number=period.number, valid_from=on.isoformat(),
        )  # fmt: skip
    new.refresh_from_db()
    return new


def _new_member(
    new: Organization, source: Organization, category: Category, number: str, on: date
) -> Membership:
    new.clean_fields()
    new.save(force_insert=True)
    link = OrganizationLink(organization=new, kind=LinkKind.SPLIT_FROM, other=source, since=on)
    link.save(force_insert=True)
    return open_period(new, category, number, on)


def _locked_pair(first: Organization, second: Organization) -> tuple[Organization, Organization]:
    """Both rows as they are now, always locked in the same order."""
    if first.pk == second.pk:
        raise MembersError(_("An organization cannot be merged into itself."))
    rows = Organization.objects.select_for_update(no_key=True).order_by("pk")
    found = {row.pk: row for row in rows.filter(pk__in=[first.pk, second.pk])}
    return found[first.pk], found[second.pk]


def _check_merger(absorbed: Organization, survivor: Organization) -> None:
    """Nobody is merged twice, nor into somebody who is gone: so no ring can come about."""
    done = merger_of(absorbed)
    if done is not None:
        raise NothingChangesError(
            _("%(name)s has already been merged into %(other)s.")
            % {"name": absorbed.name, "other": done.other.name}
        )
    last = last_successor(survivor)
    if last.pk != survivor.pk:
        raise MembersError(
            _("%(name)s has itself been merged. Choose its successor, %(other)s.")
            % {"name": survivor.name, "other": last.name}
        )


def _check_day(on: date, at: datetime) -> None:
    if on > timezone.localdate(at) + _FARTHEST:
        raise ImpossibleDateError(_("This day lies too far ahead."))


def _check_source(source: Organization, on: date) -> None:
    if not source.memberships.active_on(on - date.resolution).exists():
        raise ImpossibleDateError(
            _("%(name)s is not a member on %(day)s.")
            % {"name": source.shown_name, "day": era_date(on - date.resolution)}
        )


def _close(absorbed: Organization, on: date, actor: User | None, at: datetime) -> None:
    """Its membership ends that day. Who has left before, or leaves that very day, keeps that."""
    period = absorbed.memberships.active_on(on - date.resolution).first()
    if period is None or period.valid_until == on:
        refuse_if_recorded_after(absorbed, on)
        return
    end_membership(organization=absorbed, until=on, reason=EndReason.MERGED, actor=actor, at=at)


def _move(
    source: Organization,
    target: Organization,
    on: date,
    moving: Iterable[Affiliation],
    *,
    others_end: bool,
) -> tuple[list[str], list[str]]:
    """Names of those who moved, and of those who ended with the old organisation."""
    wanted = {row.pk for row in moving}
    standing = list(standing_at(source, on).select_for_update(of=("self",), no_key=True))
    if wanted - {row.pk for row in standing}:
        raise TooLateError(_("The contacts have changed in the meantime. Please look once more."))
    last = target.affiliations.aggregate(last=Max("position"))["last"]
    place = 0 if last is None else last + 1
    moved: list[str] = []
    ended: list[str] = []
    for row in standing:
        if row.pk in wanted:
            _move_one(row, target, on, place + len(moved))
            moved.append(row.person.name)
        elif others_end:
            _end_one(row, on)
            ended.append(row.person.name)
    return moved, ended


def _move_one(row: Affiliation, target: Organization, on: date, position: int) -> None:
    if row.valid_from >= on:  # has not begun: nothing to keep at the old place
        row.organization, row.position = target, position
        row.save(update_fields=["organization", "position"])
        return
    new = Affiliation(
        person_id=row.person_id, organization=target, duty=row.duty, department=row.department,
        title=row.title, address_id=row.address_id, phone=row.phone, valid_from=on,
        valid_until=row.valid_until, position=position,
    )  # fmt: skip
    new.save(force_insert=True)
    _end_one(row, on)


def _end_one(row: Affiliation, on: date) -> None:
    if row.valid_from >= on:
        row.delete()
    else:
        row.valid_until = on
        row.save(update_fields=["valid_until"])
