"""Writes what a change request asks for into the register: each fact by its own act."""

from collections.abc import Mapping
from datetime import date, datetime

from accounts.models import User
from core.japan.text import fold
from members.change_fields import REPRESENTATIVE_FIELDS
from members.choices import Category, Duty
from members.models import Affiliation, Organization, Person
from members.queries.registered import representative_on
from members.services.contacts import Contact, add_contact, end_contact
from members.services.memberships import change_category
from members.services.organizations import rename_organization
from members.services.search import refresh_people, refresh_search_text

_PLAIN = ("name_kana", "display_name", "kind", "corporate_number", "local_government_code")


def write_registered(
    *,
    organization: Organization,
    values: Mapping[str, str],
    effective_on: date,
    number: str,
    actor: User | None,
    at: datetime,
) -> None:
    """Apply checked values of CHANGE_FIELDS, in the caller's transaction.

    The former name is kept, the category gets a period of its own, the representative a successor.
    """
    left = dict(values)
    if "name" in left:
        rename_organization(
            organization=organization, name=left.pop("name"),
            name_kana=left.pop("name_kana", ""), effective_on=effective_on, actor=actor, at=at,
        )  # fmt: skip
    plain = {key: left[key] for key in _PLAIN if key in left}
    if plain:
        _write_plain(organization, plain)
    if "category" in left:
        change_category(
            organization=organization, category=Category(left["category"]),
            effective_on=effective_on, number=number, actor=actor, at=at,
        )  # fmt: skip
    person = {key: left[key] for key in REPRESENTATIVE_FIELDS if key in left}
    if person:
        _write_representative(organization, person, effective_on, actor, at)


def _write_plain(organization: Organization, values: Mapping[str, str]) -> None:
    row = Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
    for key, value in values.items():
        setattr(row, key, value)
    row.clean_fields()
    row.save(update_fields=[*values])
    refresh_search_text([row])


def _write_representative(
    organization: Organization,
    values: Mapping[str, str],
    effective_on: date,
    actor: User | None,
    at: datetime,
) -> None:
    """Another name is another person; the same name spelled otherwise, or a title, is not."""
    present = representative_on(organization, effective_on)
    name = values.get("representative_name", present.person.name if present else "")
    if present is not None and fold(name) == fold(present.person.name):
        _correct(present, name, values)
        return
    if present is not None:
        end_contact(affiliation=present, until=effective_on, actor=actor, at=at)
    if name:
        add_contact(
            organization=organization,
            contact=Contact(
                person=_known_person(organization, name),
                name=name,
                name_kana=values.get("representative_kana", ""),
                title=values.get("representative_title", ""),
            ),
            duty=Duty.REPRESENTATIVE,
            valid_from=effective_on,
            actor=actor,
            at=at,
        )


def _correct(present: Affiliation, name: str, values: Mapping[str, str]) -> None:
    person = present.person
    person.name = name
    person.name_kana = values.get("representative_kana", person.name_kana)
    person.save(update_fields=["name", "name_kana"])
    refresh_people([person])
    if "representative_title" in values:
        present.title = values["representative_title"]
        present.save(update_fields=["title"])


def _known_person(organization: Organization, name: str) -> Person | None:
    """Somebody of the same organisation who bears that very name: the deputy who moves up."""
    found = Person.objects.filter(name=name, affiliations__organization=organization).distinct()
    people = list(found[:2])
    return people[0] if len(people) == 1 else None
