"""What the database holds, read at once: seven queries whatever the length of the list."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from core.japan.text import organization_key
from mailing.choices import ConsentAction, Purpose
from mailing.models import Address, Consent
from members.models import Affiliation, GivenNumber, Membership, Organization, OrganizationName


class Stock:
    """Organisations, periods, names, people, mailboxes and wishes, ready to be looked up."""

    def __init__(self, emails: Iterable[str]) -> None:
        self.organizations = {
            row.pk: row for row in Organization.objects.defer("search_text", "summary", "regions")
        }
        self.periods: dict[int, list[Membership]] = defaultdict(list)
        self.by_number: dict[str, Membership] = {}
        for period in Membership.objects.order_by("valid_from"):
            self.periods[period.organization_id].append(period)
            self.by_number[period.number] = period
        self.given = set(GivenNumber.objects.values_list("number", flat=True))
        self.former_names: dict[int, list[OrganizationName]] = defaultdict(list)
        for former in OrganizationName.objects.order_by("-valid_until"):
            self.former_names[former.organization_id].append(former)
        self.affiliations: dict[int, list[Affiliation]] = defaultdict(list)
        for affiliation in Affiliation.objects.select_related("person", "address").order_by(
            "position", "pk"
        ):
            self.affiliations[affiliation.organization_id].append(affiliation)
        self.addresses = {
            row.email: row for row in Address.objects.filter(email__in=sorted(set(emails)))
        }
        self.wishes = dict(
            Consent.objects.filter(
                address__in=[row.pk for row in self.addresses.values()], purpose=Purpose.NEWSLETTER
            )
            .order_by("address_id", "-pk")
            .distinct("address_id")
            .values_list("address_id", "action")
        )
        self._index()

    def _index(self) -> None:
        self.by_corporate: dict[str, Organization] = {}
        self.by_code: dict[str, Organization] = {}
        self.by_key: dict[str, list[Organization]] = defaultdict(list)
        for organization in self.organizations.values():
            if organization.corporate_number:
                self.by_corporate[organization.corporate_number] = organization
            if organization.local_government_code:
                self.by_code[organization.local_government_code] = organization
            self.by_key[organization.duplicate_key].append(organization)

    def former_name(self, organization: Organization, key: str) -> OrganizationName | None:
        """The name that the organisation no longer bears, if the key is of one."""
        for former in self.former_names[organization.pk]:
            if organization_key(former.name)[:200] == key:
                return former
        return None

    def wish(self, address: Address | None) -> bool | None:
        """True: wants the magazine. False: has refused it. None: has said nothing."""
        action = self.wishes.get(address.pk) if address is not None else None
        return None if action is None else action == ConsentAction.GIVEN

    def contacts(self, organization: Organization, day: date) -> list[Affiliation]:
        """Who stands for the organisation on `day` or will."""
        return [
            row
            for row in self.affiliations[organization.pk]
            if row.valid_until is None or row.valid_until > day
        ]

    def departed(self, organization: Organization, day: date) -> list[Affiliation]:
        return [
            row
            for row in self.affiliations[organization.pk]
            if row.valid_until is not None and row.valid_until <= day
        ]
