"""Registering and renaming organisations."""

from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from core.audit.acts import record
from core.audit.context import Actor
from core.japan.calendar import era_date
from members.choices import Category
from members.errors import ImpossibleDateError, NothingChangesError
from members.models import Organization, OrganizationName
from members.services.memberships import open_period
from members.services.refusals import locked, refusing
from members.services.search import refresh_search_text


def register_organization(
    *,
    organization: Organization,
    category: Category,
    valid_from: date,
    number: str = "",
    actor: Actor | None,
    at: datetime,
) -> Organization:
    """Take in a new organisation with its first membership period.

    `organization` is an unsaved object with the plain attributes.
    """
    with refusing():
        organization.clean_fields()
        organization.save(force_insert=True)
        period = open_period(organization, category, number, valid_from)
        refresh_search_text([organization])
        record(
            actor, "members.organization.registered", organization, at=at,
            category=category, number=period.number, valid_from=valid_from.isoformat(),
        )  # fmt: skip
    organization.refresh_from_db()
    return organization


def rename_organization(
    *,
    organization: Organization,
    name: str,
    name_kana: str = "",
    effective_on: date,
    actor: Actor | None,
    at: datetime,
) -> Organization:
    """The organisation bears another name from `effective_on`; the old one is kept and found."""
    with refusing():
        organization = locked(organization)
        if name == organization.name:
            raise NothingChangesError(_("The organization already bears this name."))
        _check_day(organization, effective_on, today=timezone.localdate(at))
        former = OrganizationName(
            organization=organization,
            name=organization.name,
            name_kana=organization.name_kana,
            valid_until=effective_on,
        )
        former.save(force_insert=True)
        organization.name = name
        organization.name_kana = name_kana or organization.name_kana
        organization.clean_fields()
        organization.save(update_fields=["name", "name_kana"])
        refresh_search_text([organization])
        record(
            actor, "members.organization.renamed", organization, at=at,
            before=former.name, after=name, effective_on=effective_on.isoformat(),
        )  # fmt: skip
    organization.refresh_from_db()
    return organization


def _check_day(organization: Organization, effective_on: date, *, today: date) -> None:
    if effective_on > today:
        raise ImpossibleDateError(
            _("A new name can be entered from the day on which it takes effect.")
        )
    latest = organization.former_names.order_by("-valid_until").first()
    if latest is not None and effective_on <= latest.valid_until:
        raise ImpossibleDateError(
            _("The present name is borne since %(day)s. Choose a later day.")
            % {"day": era_date(latest.valid_until)}
        )
