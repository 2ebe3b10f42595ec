"""What can be done with an organisation now, and what stands beside its record."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from core.japan.calendar import era_date
from core.shell.admin import Side
from members.admin.cells import day_cell
from members.admin.organization_list import PREFECTURE_NAMES, OrganizationListPage
from members.choices import Category, EndReason, LinkKind
from members.forms import (
    CancelChangeForm,
    CancelEndForm,
    CancelEntryForm,
    ChangeCategoryForm,
    EndMembershipForm,
    ExpelForm,
    MergeForm,
    NewContactForm,
    RejoinForm,
    RenameForm,
    SplitForm,
    booked_words,
)
from members.models import Organization, OrganizationLink
from members.queries.booked import Booked, BookedKind, booked_acts
from members.queries.links import last_successor, links_of, merger_of

_CANCEL = {
    BookedKind.CHANGE: "cancel-change",
    BookedKind.END: "cancel-end",
    BookedKind.ENTRY: "cancel-entry",
}


class OrganizationActs(OrganizationListPage):
    acts = {
        "contact": NewContactForm,
        "rename": RenameForm,
        "category": ChangeCategoryForm,
        "cancel-change": CancelChangeForm,
        "end": EndMembershipForm,
        "cancel-end": CancelEndForm,
        "expel": ExpelForm,
        "rejoin": RejoinForm,
        "cancel-entry": CancelEntryForm,
        "merge": MergeForm,
        "split": SplitForm,
    }

    def open_acts(self, obj: Any) -> list[str]:
        if merger_of(obj) is not None:
            return ["rename"]
        booked = booked_acts(obj, timezone.localdate())
        back = [_CANCEL[one.kind] for one in booked if not _belongs_to_merger(one)]
        kinds = {one.kind for one in booked}
        if obj.category is None:
            again = [] if BookedKind.ENTRY in kinds else ["rejoin"]
            return ["contact", "rename", *again, *back, "merge"]
        leaving = [] if BookedKind.END in kinds else ["end", "expel"]
        return ["contact", "rename", "category", *back, *leaving, "merge", "split"]

    def acts_card(self, request: HttpRequest, obj: Any) -> Side | None:
        card = super().acts_card(request, obj)
        links = [*(card.rows if card else ()), *self._notice_links(request, obj)]
        return Side(_("What can be done"), "people", links) if links else None

    def _notice_links(self, request: HttpRequest, obj: Any) -> list[str]:
        """To the notice of withdrawal that waits, or to the form for a new one."""
        if obj.category is None or not request.user.has_perm("members.add_withdrawal"):
            return []
        waiting = obj.withdrawals.open().first()
        if waiting is not None:
            place = reverse("admin:members_withdrawal_change", args=[waiting.pk])
            words = _("Notice of withdrawal %(number)s") % {"number": waiting.receipt_number}
            return [format_html('<a href="{}">{}</a>', place, words)]
        place = reverse("admin:members_withdrawal_add")
        words = _("Take in a notice of withdrawal")
        return [format_html('<a href="{}?organization={}">{}</a>', place, obj.pk, words)]

    # --- what stands beside and above the record -----------------------------------------------

    def status_badge(self, obj: Any) -> tuple[str, str]:
        if obj.category is None:
            return _("Not a member"), "calm"
        return str(Category(obj.category).label), obj.category  # the colour of the list

    def page_note(self, obj: Organization) -> str:
        """Into whom it was merged, first of all."""
        link = merger_of(obj)
        if link is None:
            return ""
        known = {"day": era_date(link.since) if link.since else "—", "other": _record(link.other)}
        words = format_html(_("Merged into {other} on {day}."), **known)
        last = last_successor(link.other)
        if last.pk == link.other_id:
            return words
        return words + format_html(_(" Today {last} stands for it."), last=_record(last))

    def side_summary(self, request: HttpRequest, obj: Any) -> Sequence[Side]:
        today = timezone.localdate()
        return [
            Side(_("Summary"), "facts", self._facts(obj, today)),
            Side(_("Contacts"), "people", _contacts(obj, today) or [_("Nobody yet")]),
            *_links_card(obj),
            *filter(None, [self.acts_card(request, obj)]),
            self.history_card(request, obj),
        ]

    def _facts(self, obj: Any, today: date) -> list[tuple[Any, Any]]:
        facts = [
            (_("Member number"), obj.number or "—"),
            (_("Member since"), era_date(obj.member_since) if obj.member_since else "—"),
            (_("Prefecture"), PREFECTURE_NAMES.get(obj.prefecture, "—")),
            (_("Confirmed"), day_cell(obj.confirmed_on)),
        ]
        booked = [booked_words(one) for one in booked_acts(obj, today)]
        if booked:
            lines = format_html_join("", "<div>{}</div>", ((words,) for words in booked))
            facts.insert(2, (_("Booked"), lines))
        if obj.category:
            url = reverse("members:profile", args=[obj.slug])
            facts.append((_("Public page"), format_html('<a href="{}">{}</a>', url, _("Open"))))
        return facts


def _belongs_to_merger(booked: Booked) -> bool:
    return booked.before is not None and booked.before.end_reason == EndReason.MERGED


def _contacts(obj: Organization, today: date) -> list[str]:
    people = obj.affiliations.active_on(today).select_related("person", "address")
    return [
        format_html(
            "{} <small>{} {}</small>", row.person.name, row.get_duty_display(), row.address or ""
        )
        for row in people
    ]


def _record(organization: Organization) -> str:
    place = reverse("admin:members_organization_change", args=[organization.pk])
    return format_html('<a href="{}">{}</a>', place, organization.name)


def _links_card(obj: Organization) -> list[Side]:
    """Both sides of every link, the other one a step away."""
    rows = [_link_words(obj, link) for link in links_of(obj)]
    return [Side(_("Links"), "people", rows)] if rows else []


def _link_words(obj: Organization, link: OrganizationLink) -> str:
    outward = link.organization_id == obj.pk
    words = {
        (LinkKind.MERGED_INTO, True): _("Merged into {other}"),
        (LinkKind.MERGED_INTO, False): _("Took in {other}"),
        (LinkKind.SPLIT_FROM, True): _("Split from {other}"),
        (LinkKind.SPLIT_FROM, False): _("{other} was split off"),
        (LinkKind.BRANCH_OF, True): _("Branch of {other}"),
        (LinkKind.BRANCH_OF, False): _("Branch: {other}"),
        (LinkKind.RUN_BY, True): _("Run by {other}"),
        (LinkKind.RUN_BY, False): _("Runs {other}"),
    }[LinkKind(link.kind), outward]
    line = format_html(words, other=_record(link.other if outward else link.organization))
    if link.since is None:
        return line
    return format_html("{} <small>{}</small>", line, era_date(link.since))
