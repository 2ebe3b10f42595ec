"""The public pages about members."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.japan.calendar import era_date
from core.japan.tables import encode_csv
from members.charts import HEIGHT, WIDTH, shares, tile_map, tiles
from members.choices import Duty, PublicField
from members.filters import DirectoryFilter
from members.models import Organization
from members.public import PublicMember, departed_member, public_member
from members.queries import Counts, breakdown_on
from members.queries.links import last_successor, profile_links
from members.querysets import OrganizationQuerySet
from members.resources import public_head, public_row
from members.views.paging import page_of_keys

PAGE_SIZES = (20, 50)


def _listing(found: DirectoryFilter) -> OrganizationQuerySet:
    """In 五十音 order, with what a line prints."""
    return _with_lines(found, found.qs)


def _with_lines(found: DirectoryFilter, listing: OrganizationQuerySet) -> OrganizationQuerySet:
    return (
        listing.for_public_display()
        .with_name_on(found.day)
        .with_standing_on(found.today)
        .order_by("sort_key", "pk")
        .prefetch_related("former_names")
    )


def _lines(organizations: Iterable[Any], today: date) -> Iterator[PublicMember]:
    for row in organizations:
        if row.is_member_then:
            yield public_member(
                row,
                name=row.name_then,
                category=row.category,
                member_since=row.member_since,
                today=today,
            )
        else:
            yield departed_member(name=row.name_then, category=row.category)


def _address(
    found: DirectoryFilter,
    *,
    without: tuple[str, str] | None = None,
    more: Mapping[str, str] | None = None,
) -> str:
    """The query of what is set, one value left out if asked; junk is not carried along."""
    query = QueryDict(mutable=True)
    for name, value, _words in found.tags():
        if (name, value) != without:
            query.appendlist(name, value)
    for name, value in (more or {}).items():
        query[name] = value
    return f"?{query.urlencode()}"


def _page_size(request: HttpRequest) -> int:
    asked = request.GET.get("per", "")
    return int(asked) if asked in map(str, PAGE_SIZES) else PAGE_SIZES[0]


def _show_counts(found: DirectoryFilter, counts: Counts) -> None:
    found.form.fields["category"].choices = [
        (
            category.value,
            format_html('{} <span class="filters__count">{}</span>', category.label, count),
        )
        for category, count in counts.items()
    ]


def _ways_on(found: DirectoryFilter) -> list[dict[str, Any]]:
    """For an empty list: which filter, taken off, finds most."""
    counts = found.found_without()
    tags = {name: (name, value) for name, value, _words in found.tags()}
    ways = [
        {
            "label": found.form.fields[name].label,
            "count": count,
            "url": _address_without(found, name),
        }
        for name, count in counts.items()
        if count and name in tags
    ]
    return sorted(ways, key=lambda way: -way["count"])[:2]


def _address_without(found: DirectoryFilter, name: str) -> str:
    query = QueryDict(mutable=True)
    for other, value, _words in found.tags():
        if other != name:
            query.appendlist(other, value)
    return f"?{query.urlencode()}"


def _tags(found: DirectoryFilter, per: Mapping[str, str]) -> list[dict[str, str]]:
    """Everything that is set, each with the address that takes it off."""
    return [
        {"words": words, "url": _address(found, without=(name, value), more=per)}
        for name, value, words in found.tags()
    ]


def _sizes(found: DirectoryFilter, size: int) -> list[dict[str, Any]]:
    return [
        {
            "size": choice,
            "url": _address(found, more={"per": str(choice)}),
            "current": choice == size,
        }
        for choice in PAGE_SIZES
    ]


@login_not_required
@require_safe
def directory(request: HttpRequest) -> HttpResponse:
    """Who is, or on a past day was, a member."""
    today = timezone.localdate()
    found = DirectoryFilter(request.GET, queryset=Organization.objects.all(), today=today)
    counts, prefectures = breakdown_on(found.day)
    _show_counts(found, counts)
    size = _page_size(request)
    # Keys first: what a line prints is not computed for the pages before this one.
    page = page_of_keys(
        found.qs.order_by("sort_key", "pk"),
        size=size,
        asked=request.GET.get("page"),
        known=None if found.is_narrowed else counts.total,  # no second count of everything
    )
    shown = Organization.objects.for_public_display().active_on(found.day)
    on_page = shown.filter(pk__in=list(page.object_list))
    per = {"per": str(size)} if size != PAGE_SIZES[0] else {}
    context = {
        "found": found,
        "today": today,
        "page": page,
        "members": list(_lines(_with_lines(found, on_page), today)),
        "counts": counts,
        "shares": shares(counts),
        "tags": _tags(found, per),
        "query": _address(found, more=per),
        "sizes": _sizes(found, size),
        "map": tile_map(tiles(prefectures), _address_without(found, "prefecture")),
        "map_width": WIDTH,
        "map_height": HEIGHT,
        "ways_on": [] if page.paginator.count else _ways_on(found),
    }
    return render(request, "members/directory.html", context)


@login_not_required
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """The list on screen, all pages of it, as a CSV file of what is public."""
    today = timezone.localdate()
    found = DirectoryFilter(request.GET, queryset=Organization.objects.all(), today=today)
    title = _("Members as of %(day)s") % {"day": era_date(found.day)}
    rows = [[title], public_head(), *(public_row(line) for line in _lines(_listing(found), today))]
    data, _lossy = encode_csv(rows, "utf-8-sig")
    name = _("members-%(day)s.csv") % {"day": era_date(found.day)}
    attached = content_disposition_header(as_attachment=True, filename=name) or ""
    return HttpResponse(
        data,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": attached},
    )


@login_not_required
@require_safe
def profile(request: HttpRequest, slug: str) -> HttpResponse:
    """One member as it wishes to be seen. Who has left, or was never there, is not found; the
    address of one that was merged leads to whoever stands for it now."""
    today = timezone.localdate()
    row: Any = (
        Organization.objects.active_on(today)
        .for_public_display()
        .with_name_on(today)
        .prefetch_related("former_names")
        .filter(slug=slug)
        .first()
    )
    if row is None:
        return _to_successor(slug, today)
    member = public_member(
        row,
        name=row.name_then,
        category=row.category,
        member_since=row.member_since,
        today=today,
    )
    context = {
        "member": member,
        "representatives": _representatives(row, today),
        "today": today,
        "is_renamed": len(member.names) > 1,
        "links": profile_links(row, today),
    }
    return render(request, "members/profile.html", context)


def _to_successor(slug: str, today: date) -> HttpResponse:
    """Http404 unless the organisation was merged into one that is a member today."""
    former = Organization.objects.for_public_display().filter(slug=slug).first()
    last = last_successor(former) if former is not None else None
    if former is None or last is None or last.pk == former.pk:
        raise Http404
    members = Organization.objects.for_public_display().active_on(today)
    if not members.filter(pk=last.pk).exists():
        raise Http404
    return redirect("members:profile", slug=last.slug)


def _representatives(organization: Organization, today: date) -> list[str]:
    if PublicField.REPRESENTATIVE.value not in organization.public_fields:
        return []
    standing = (
        organization.affiliations.active_on(today)
        .filter(duty=Duty.REPRESENTATIVE)
        .select_related("person")
    )
    return [f"{row.title} {row.person.name}".strip() for row in standing]
