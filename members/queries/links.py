"""How organisations hang together: successors, what they took in, branches, services run."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from members.choices import LinkKind
from members.models import Organization, OrganizationLink
from members.querysets import OrganizationQuerySet

_MOST_STEPS = 50  # a chain of mergers is short; a ring, which no service makes, must not hang


def merger_of(organization: Organization) -> OrganizationLink | None:
    """The link to whoever took this organisation in, if anybody did."""
    return (
        OrganizationLink.objects.filter(organization=organization, kind=LinkKind.MERGED_INTO)
        .select_related("other")
        .order_by("since", "pk")
        .first()
    )


def links_of(organization: Organization) -> list[OrganizationLink]:
    """Both sides of every link, in one query."""
    return list(
        OrganizationLink.objects.filter(Q(organization=organization) | Q(other=organization))
        .select_related("organization", "other")
        .order_by("since", "pk")
    )


def last_successor(organization: Organization) -> Organization:
    """Who stands for it today: A was merged into B, B into C, so C. Itself when never merged."""
    here, seen = organization, {organization.pk}
    for _step in range(_MOST_STEPS):
        link = merger_of(here)
        if link is None or link.other_id in seen:
            break
        here = link.other
        seen.add(here.pk)
    return here


def absorbed_by(organizations: Iterable[int]) -> dict[int, list[Organization]]:
    """What each of these took in, directly or over others; one query for each step of a chain."""
    owners: dict[int, set[int]] = {key: {key} for key in organizations}
    found: dict[int, dict[int, Organization]] = {}
    for _step in range(_MOST_STEPS):
        links = list(
            OrganizationLink.objects.filter(kind=LinkKind.MERGED_INTO, other__in=list(owners))
            .select_related("organization")
            .prefetch_related("organization__former_names")
            .order_by("pk")
        )
        if not links:
            break
        below: dict[int, set[int]] = {}
        for link in links:
            for owner in owners[link.other_id] - {link.organization_id}:
                taken = found.setdefault(owner, {})
                if link.organization_id not in taken:
                    taken[link.organization_id] = link.organization
                    below.setdefault(link.organization_id, set()).add(owner)
        owners = below
        if not owners:
            break
    return {owner: list(taken.values()) for owner, taken in found.items()}


def successors_of(organizations: Iterable[int]) -> set[int]:
    """Everybody into whom one of these was merged, directly or over others."""
    found: set[int] = set()
    here = set(organizations)
    for _step in range(_MOST_STEPS):
        here = (
            set(
                OrganizationLink.objects.filter(
                    kind=LinkKind.MERGED_INTO, organization__in=here
                ).values_list("other", flat=True)
            )
            - found
        )
        if not here:
            break
        found |= here
    return found


def profile_links(organization: Organization, day: date) -> list["ProfileLink"]:
    """What the public page of a member may tell of its links on `day`: one query, or two if it
    has any.

    Mergers are history and told in any case; branches and services only between two members.
    """
    rows = (
        OrganizationLink.objects.filter(Q(organization=organization) | Q(other=organization))
        .filter(Q(since__isnull=True) | Q(since__lte=day))
        .order_by("since", "pk")
    )
    links = [row for row in rows if not _is_own_end(row, organization)]
    far = {_far_end(link, organization) for link in links}
    others = _ends(far, day) if far else {}
    told = []
    for link in links:
        other = others[_far_end(link, organization)]
        merged = link.kind == LinkKind.MERGED_INTO
        if merged or other.is_member_then:
            outward = link.organization_id == organization.pk
            slug = "" if merged else other.slug
            told.append(
                ProfileLink(LinkKind(link.kind), outward, other.shown_name, slug, link.since)
            )
    return told


def _is_own_end(link: OrganizationLink, organization: Organization) -> bool:
    return link.kind == LinkKind.MERGED_INTO and link.organization_id == organization.pk


def _far_end(link: OrganizationLink, organization: Organization) -> int:
    return link.other_id if link.organization_id == organization.pk else link.organization_id


def _ends(keys: Iterable[int], day: date) -> dict[int, Any]:
    rows = Organization.objects.filter(pk__in=keys).with_standing_on(day)
    return {row.pk: row for row in rows.only("slug", "name", "display_name")}


@dataclass(frozen=True)
class ProfileLink:
    """`outward`: this organisation is the branch, the service, the newer part.

    `slug` is empty when the other has no public page.
    """

    kind: LinkKind
    outward: bool
    name: str
    slug: str = ""
    since: date | None = None


def possible_survivors(organization: Organization) -> OrganizationQuerySet:
    """Who may take it in: anybody else that has not been merged away itself."""
    gone = OrganizationLink.objects.filter(kind=LinkKind.MERGED_INTO).values("organization")
    return Organization.objects.exclude(pk=organization.pk).exclude(pk__in=gone)
