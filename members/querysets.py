"""Chainable reads. Every one of them can be asked as of any day."""

import unicodedata
from collections.abc import Callable, Iterable
from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, NullIf, StrIndex
from django.db.models.lookups import GreaterThan

from core.japan.text import fold
from core.periods import holds_on
from mailing.choices import AddressStatus
from members.choices import (
    OPEN_APPLICATIONS,
    OPEN_REQUESTS,
    SPEAKING_DUTIES,
    ApplicationStatus,
    ConfirmationStatus,
)
from members.keys import write_out

if TYPE_CHECKING:
    from members.models import (  # noqa: F401 -- quoted bases
        Affiliation,
        Confirmation,
        Membership,
        MembershipApplication,
        Organization,
        Person,
    )

# A search box, not an essay: more is cut, so that a hostile query costs no more than a long one.
LONGEST_QUERY = 200
MOST_WORDS = 8


def search_words(query: str) -> list[str]:
    """The folded words of a search box, without doubles; signs alone are no words."""
    spaced = unicodedata.normalize("NFKC", query[:LONGEST_QUERY])
    words = (fold(word) for word in spaced.split())
    return [word for word in dict.fromkeys(words) if word][:MOST_WORDS]


def like(column: str, spelling: str) -> Q:
    return Q(**{f"{column}__contains": spelling})


def stands_in(column: str, spelling: str) -> Q:
    """As `like`, at three quarters of its cost; but the database cannot guess how many it finds, so
    only for queries that look at every row anyway."""
    return Q(GreaterThan(StrIndex(column, Value(spelling)), 0))


def matches(
    words: Iterable[str],
    column: str = "search_text",
    holds: Callable[[str, str], Q] = like,
) -> Q:
    """Every word stands somewhere in the folded column, as typed or with its legal form in full."""
    found = Q()
    for word in words:
        here = Q()
        for spelling in dict.fromkeys((word, write_out(word))):
            here |= holds(column, spelling)
        found &= here
    return found


class MembershipQuerySet(models.QuerySet["Membership"]):
    def active_on(self, day: date) -> Self:
        return self.filter(holds_on(day))

    def in_category(self, *categories: str) -> Self:
        return self.filter(category__in=categories)

    def ending_between(self, first: date, last: date) -> Self:
        """Periods whose last day of membership lies from `first` to `last`, both included."""
        return self.filter(valid_until__gt=first, valid_until__lte=last + date.resolution)


class AffiliationQuerySet(models.QuerySet["Affiliation"]):
    def active_on(self, day: date) -> Self:
        return self.filter(holds_on(day))

    def not_over_on(self, day: date) -> Self:
        """Those that hold on `day`, and those that will."""
        return self.filter(Q(valid_until=None) | Q(valid_until__gt=day))

    def of_members_on(self, day: date) -> Self:
        """Affiliations that hold on `day` with organisations that are members on `day`.

        Periods never overlap, so the join doubles nothing.
        """
        return self.active_on(day).filter(holds_on(day, prefix="organization__memberships__"))


class OrganizationQuerySet(models.QuerySet["Organization"]):
    def with_membership_on(self, day: date) -> Self:
        """Adds `category`, `number` and `member_since` as of `day`; None for those outside.

        Periods never overlap, so the join gives each organisation at most one row.
        """
        relation = f"membership_{day:%Y%m%d}"
        known: dict[str, Any] = self.query._filtered_relations  # type: ignore[attr-defined] # stubs lack it
        found = self
        if relation not in known:
            found = self.annotate(
                **{
                    relation: FilteredRelation(
                        "memberships", condition=holds_on(day, prefix="memberships__")
                    )
                }
            )
        return found.annotate(
            category=F(f"{relation}__category"),
            number=F(f"{relation}__number"),
            member_since=F(f"{relation}__valid_from"),
        )

    def active_on(self, day: date) -> Self:
        """Organisations that are members on `day`, with `category`, `number`, `member_since`."""
        return self.with_membership_on(day).filter(category__isnull=False)

    def acted_for_by(self, user: Any, day: date) -> Self:
        """Organisations that are members on `day` and for which `user` may speak on that day."""
        affiliations = self.model._meta.get_field("affiliations").related_model
        standing = affiliations._default_manager.filter(
            holds_on(day), organization=OuterRef("pk"), person__user=user, duty__in=SPEAKING_DUTIES
        )
        return self.active_on(day).filter(Exists(standing))

    def not_active_on(self, day: date) -> Self:
        """Organisations outside on `day`: former ones, coming ones, those never admitted."""
        return self.with_membership_on(day).filter(category__isnull=True)

    def with_standing_on(self, day: date) -> Self:
        """Adds `is_member_then`: whether the organisation is a member on `day` (another day)."""
        memberships = self.model._meta.get_field("memberships").related_model
        periods = memberships._default_manager.filter(holds_on(day), organization=OuterRef("pk"))
        return self.annotate(is_member_then=Exists(periods))

    def in_category(self, *categories: str) -> Self:
        """Of the categories on the day asked before: `active_on(day).in_category(…)`."""
        return self.filter(category__in=categories)

    def with_name_on(self, day: date) -> Self:
        """Adds `name_then`, the name that the organisation bore on `day`."""
        former = self.model._meta.get_field("former_names").related_model
        earlier = (
            former._default_manager.filter(organization=OuterRef("pk"), valid_until__gt=day)
            .order_by("valid_until")
            .values("name")[:1]
        )
        return self.annotate(
            name_then=Coalesce(
                Subquery(earlier),
                NullIf(F("display_name"), Value("")),
                F("name"),
                output_field=models.CharField(),
            )
        )

    def search(self, query: str) -> Self:
        """All words, folded, anywhere in names, readings, former names and numbers."""
        return self.filter(matches(search_words(query)))

    def search_with_people(self, query: str) -> Self:
        """As `search`, and by the people who stand for it and their mailboxes. Not for the public.

        Each word may be found in another place: 見本の会 髙橋.
        """
        affiliations = self.model._meta.get_field("affiliations").related_model
        standing = affiliations._default_manager.order_by().values("organization")
        found = self
        for raw in query[:LONGEST_QUERY].split()[:MOST_WORDS]:
            folded = fold(raw)
            if not folded:
                continue
            here = matches([folded]) | Q(
                pk__in=standing.filter(person__search_text__contains=folded)
            )
            if raw.isascii() and "\x00" not in raw:
                here |= Q(pk__in=standing.filter(address__email__contains=raw.lower()))
            found = found.filter(here)
        return found

    def in_prefecture(self, code: str) -> Self:
        """Located or active in the prefecture ("01".."47")."""
        return self.filter(Q(prefecture=code) | Q(regions__contains=[code]))

    def in_field(self, *codes: str) -> Self:
        """Active in one of the fields."""
        return self.filter(fields__overlap=list(codes))

    def with_contact_on(self, day: date) -> Self:
        """Adds `reachable`: somebody stands for the organisation on `day` at a mailbox that
        takes mail."""
        affiliations = self.model._meta.get_field("affiliations").related_model
        contacts = affiliations._default_manager.filter(
            holds_on(day),
            organization=OuterRef("pk"),
            address__status=AddressStatus.ACTIVE,
        )
        return self.annotate(reachable=Exists(contacts))

    def unreachable_on(self, day: date) -> Self:
        """Nobody stands for them on `day` at a mailbox that takes mail."""
        return self.with_contact_on(day).filter(reachable=False)

    def for_public_display(self) -> Self:
        """Without the columns that no public page prints; `members.public` decides the rest."""
        return self.defer("note", "fax", "search_text", "duplicate_key")


class PersonQuerySet(models.QuerySet["Person"]):
    def search(self, query: str) -> Self:
        """All words, folded, in the name and its reading."""
        return self.filter(matches(search_words(query)))

    def search_with_places(self, query: str) -> Self:
        """As `search`, and by the organisations they stand for and their mailboxes."""
        affiliations = self.model._meta.get_field("affiliations").related_model
        standing = affiliations._default_manager.order_by().values("person")
        found = self
        for raw in query[:LONGEST_QUERY].split()[:MOST_WORDS]:
            folded = fold(raw)
            if not folded:
                continue
            here = matches([folded]) | Q(
                pk__in=standing.filter(matches([folded], "organization__search_text"))
            )
            if raw.isascii() and "\x00" not in raw:
                here |= Q(pk__in=standing.filter(address__email__contains=raw.lower()))
            found = found.filter(here)
        return found

    def acting_on(self, day: date) -> Self:
        """People who stand for some organisation on `day`."""
        affiliations = self.model._meta.get_field("affiliations").related_model
        standing = affiliations._default_manager.filter(holds_on(day), person=OuterRef("pk"))
        return self.filter(Exists(standing))


class ApplicationQuerySet(models.QuerySet["MembershipApplication"]):
    def in_office(self) -> Self:
        """What the secretariat sees: everything that was handed in. Drafts are the applicant's."""
        return self.exclude(status=ApplicationStatus.DRAFT)

    def open(self) -> Self:
        """Handed in and not decided yet."""
        return self.filter(status__in=OPEN_APPLICATIONS)

    def in_work(self) -> Self:
        """Waiting for the secretariat: to be looked at, or being looked at."""
        return self.filter(status__in=[ApplicationStatus.RECEIVED, ApplicationStatus.CHECKING])

    def corrected(self) -> Self:
        """Returned once, answered, and being checked again."""
        corrections = self.model._meta.get_field("corrections").related_model
        answered = corrections._default_manager.filter(
            application=OuterRef("pk"), answered_at__isnull=False
        )
        return self.filter(Exists(answered), status=ApplicationStatus.CHECKING)

    def public(self, link_key: str) -> Self:
        """The one application whose link somebody holds."""
        return self.filter(link_key=link_key)

    def search(self, query: str) -> Self:
        """All words, folded, in names, numbers and contacts."""
        return self.filter(matches(search_words(query)))


class RequestQuerySet(models.QuerySet[Any]):
    """Change requests and notices of withdrawal."""

    def open(self) -> Self:
        return self.filter(status__in=OPEN_REQUESTS)


class ConfirmationQuerySet(models.QuerySet["Confirmation"]):
    def public(self, link_key: str) -> Self:
        """The one whose link somebody holds, as soon as its letter is out."""
        return self.filter(link_key=link_key, round__sent_at__isnull=False)

    def waiting(self) -> Self:
        """Not answered yet."""
        return self.filter(status=ConfirmationStatus.WAITING)

    def in_open_rounds(self) -> Self:
        """Of rounds that are out and not closed."""
        return self.filter(round__sent_at__isnull=False, round__closed_at=None)
