"""What stops for a member on the day it leaves. Other apps add theirs.

An app that gives members something may answer in its own module `leaving.py`:
`stops(organization, day) -> list[Stop]`. It is asked as `today.py` is, by looking at the apps.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import import_module
from typing import cast

from django.apps import apps
from django.utils.module_loading import module_has_submodule
from django.utils.translation import gettext as _

from core.japan.calendar import era_date
from mailing.choices import AddressStatus
from members.choices import SPEAKING_DUTIES, ConfirmationStatus
from members.models import Affiliation, Confirmation, Organization
from members.queries.contacts import newsletter_addresses_on


@dataclass(frozen=True)
class Stop:
    """One thing that ends, in words for the officer; `lines` name it piece by piece.

    `stays`: the opposite, what one might think ends and does not.
    """

    kind: str
    words: str
    count: int
    lines: tuple[str, ...] = ()
    stays: bool = False


Stops = Callable[[Organization, date], list[Stop]]


@cache
def _others() -> tuple[Stops, ...]:
    return tuple(
        cast("Stops", import_module(f"{config.name}.leaving").stops)
        for config in apps.get_app_configs()
        if config.module is not None and module_has_submodule(config.module, "leaving")
    )


def what_stops(organization: Organization, day: date) -> list[Stop]:
    """Everything that ends for the organisation when `day` is its first day outside."""
    standing = list(
        organization.affiliations.active_on(day)
        .select_related("person__user", "address")
        .order_by("position", "pk")
    )
    elsewhere = _elsewhere(organization, standing, day)
    return [
        *_directory(day),
        *_contacts(standing, elsewhere),
        *_logins(standing, elsewhere, day),
        *_magazine(organization, standing, elsewhere, day),
        *_mailbox(organization),
        *_waiting(organization),
        *(stop for stops in _others() for stop in stops(organization, day)),
    ]


def speaking_mailboxes(organization: Organization, day: date) -> list[str]:
    """Where a letter to the organisation goes: who speaks for it on `day`, and its own mailbox."""
    rows = (
        organization.affiliations.active_on(day)
        .filter(duty__in=SPEAKING_DUTIES, address__status=AddressStatus.ACTIVE)
        .order_by("position", "pk")
        .values_list("address__email", flat=True)
    )
    found = dict.fromkeys(rows)
    mailbox = organization.mailbox
    if mailbox is not None and mailbox.status == AddressStatus.ACTIVE:
        found[mailbox.email] = None
    return list(found)


@dataclass(frozen=True)
class _Elsewhere:
    """For which other members the same people stand, and which mailboxes are read there."""

    names: dict[int, tuple[str, ...]]
    mailboxes: dict[int, tuple[str, ...]]


def _elsewhere(
    organization: Organization, standing: Iterable[Affiliation], day: date
) -> _Elsewhere:
    people = [row.person_id for row in standing]
    boxes = [row.address_id for row in standing if row.address_id]
    rows = (
        Affiliation.objects.of_members_on(day)
        .exclude(organization=organization)
        .select_related("organization")
        .order_by("organization__sort_key", "pk")
    )
    names: dict[int, dict[str, None]] = {}
    mailboxes: dict[int, dict[str, None]] = {}
    for row in rows.filter(person__in=people) | rows.filter(address__in=boxes):
        if row.person_id in people:
            names.setdefault(row.person_id, {})[row.organization.shown_name] = None
        if row.address_id in boxes and row.address_id:
            mailboxes.setdefault(row.address_id, {})[row.organization.shown_name] = None
    return _Elsewhere(
        names={key: tuple(found) for key, found in names.items()},
        mailboxes={key: tuple(found) for key, found in mailboxes.items()},
    )


def _directory(day: date) -> list[Stop]:
    words = _("From %(day)s its page and its line in the public directory are gone.")
    return [Stop("directory", words % {"day": era_date(day)}, 1)]


def _contacts(standing: Iterable[Affiliation], elsewhere: _Elsewhere) -> list[Stop]:
    lines: dict[int, str] = {}
    for row in standing:
        line = f"{row.person.name}({row.get_duty_display()})"
        others = "、".join(elsewhere.names.get(row.person_id, ()))
        if others:
            line = _("%(person)s — still stands for %(others)s") % {
                "person": line,
                "others": others,
            }
        lines.setdefault(row.person_id, line)
    if not lines:
        return []
    words = _("Contacts who no longer act for it: %(n)s") % {"n": len(lines)}
    return [Stop("contacts", words, len(lines), tuple(lines.values()))]


def _logins(standing: Iterable[Affiliation], elsewhere: _Elsewhere, day: date) -> list[Stop]:
    """Accounts that have nothing left to open; those of people who act elsewhere stay."""
    found = {
        row.person_id: row.person.user.email
        for row in standing
        if row.person.user is not None
        and row.person.user.is_active
        and row.person_id not in elsewhere.names
        and not row.person.user.is_staff
    }
    if not found:
        return []
    words = _("Logins that open nothing any more from %(day)s: %(n)s") % {
        "day": era_date(day),
        "n": len(found),
    }
    return [Stop("logins", words, len(found), tuple(found.values()))]


def _magazine(
    organization: Organization,
    standing: Iterable[Affiliation],
    elsewhere: _Elsewhere,
    day: date,
) -> list[Stop]:
    boxes = {row.address_id: row.address.email for row in standing if row.address is not None}
    last = day - date.resolution
    readers = newsletter_addresses_on(last).filter(
        pk__in=organization.affiliations.active_on(last).order_by().values("address")
    )
    ends: list[str] = []
    stays: list[str] = []
    for key, email in readers.values_list("pk", "email"):
        others = "、".join(elsewhere.mailboxes.get(key, ()))
        if others:
            stays.append(f"{boxes.get(key, email)}({others})")
        else:
            ends.append(email)
    found = []
    if ends:
        words = _("Mailboxes that get no more mail magazine: %(n)s") % {"n": len(ends)}
        found.append(Stop("magazine", words, len(ends), tuple(ends)))
    if stays:
        words = _("Mailboxes that go on getting it, for another member: %(n)s")
        words %= {"n": len(stays)}
        found.append(Stop("magazine", words, len(stays), tuple(stays), stays=True))
    return found


def _mailbox(organization: Organization) -> list[Stop]:
    if organization.mailbox is None:
        return []
    words = _("Its own mailbox gets no more notices.")
    return [Stop("mailbox", words, 1, (organization.mailbox.email,))]


def _waiting(organization: Organization) -> list[Stop]:
    """What is under way and loses its sense."""
    found = []
    changes = [
        f"{row.receipt_number}({era_date(row.received_on)})" if row.received_on else str(row)
        for row in organization.changerequests.open().order_by("received_on", "pk")
    ]
    if changes:
        words = _("Change requests not decided yet: %(n)s") % {"n": len(changes)}
        found.append(Stop("change_requests", words, len(changes), tuple(changes)))
    rounds = list(
        Confirmation.objects.filter(organization=organization, status=ConfirmationStatus.WAITING)
        .order_by("round__opens_on", "pk")
        .values_list("round__title", flat=True)
    )
    if rounds:
        words = _("Yearly confirmations without an answer: %(n)s") % {"n": len(rounds)}
        found.append(Stop("confirmations", words, len(rounds), tuple(rounds)))
    return found
