"""Who stands for an organisation: the list's people beside those of the database.

The list adds people and lets one take over from another at the same mailbox or as head. Nobody is
ended because a list leaves them out, and nobody who has left comes back through an old list: both
are said on the row, and done on the contact's own page.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from core.japan.calendar import era_date
from core.japan.tables import REPLACEMENT
from mailing.models import Address
from members.choices import Duty
from members.keys import search_text
from members.models import Affiliation, Organization, Person
from members.roster.cells import LETTERS_LOST, ListRow
from members.roster.columns import Column
from members.roster.entries import Entry
from members.roster.pairs import pairs_of
from members.roster.spelling import is_damaged_copy, same_name
from members.roster.stock import Stock
from members.roster.work import RowReport, Work

DAMAGED = "{column}はファイルで失われた文字があるため、登録済みの「{stored}」のままにします。"


@dataclass
class People:
    """Plans the people of one list. `wishes` collects what is said about the mail magazine."""

    stock: Stock
    work: Work
    reports: dict[int, RowReport]
    at: datetime
    day: date
    cp932: bool
    wishes: dict[str, list[tuple[RowReport, bool]]] = field(default_factory=dict)
    _spelled: dict[int, tuple[str, str]] = field(default_factory=dict)

    def of_new_organization(
        self, entry: Entry, organization: Organization, joined_on: date
    ) -> None:
        self._new_head(entry, organization, joined_on)
        for position, row in enumerate(entry.contacts(), start=1):
            duty = Duty.PRIMARY if position == 1 else Duty.DEPUTY
            self._new_contact(row, organization, duty, joined_on, position)
            self._wish(row)

    def of_known_organization(self, entry: Entry, organization: Organization) -> None:
        here = self.stock.contacts(organization, self.day)
        heads = [row for row in here if row.duty == Duty.REPRESENTATIVE]
        self._head(entry, organization, heads)
        others = [row for row in here if row.duty != Duty.REPRESENTATIVE]
        rows = list(entry.contacts())
        pairs = pairs_of(rows, others)
        unmatched = [row for row in others if row.pk not in {found.pk for found in pairs.values()}]
        departed = self.stock.departed(organization, self.day)
        for row in rows:
            if row.number in pairs:
                self._compare(row, pairs[row.number])
            elif not self._has_departed(row, departed):
                self._take_over_or_add(row, organization, unmatched, here)
            self._wish(row)
        for left_out in unmatched:
            self.reports[entry.first.number].notices.append(
                f"担当者「{left_out.person.name}」は名簿にありません。登録はそのまま残します。"
            )

    # --- the head ---------------------------------------------------------------------------

    def _new_head(self, entry: Entry, organization: Organization, start: date) -> None:
        name = entry.values.get(Column.HEAD_NAME, "")
        if not name:
            return
        title = entry.values.get(Column.HEAD_TITLE, "")
        self._affiliate(
            self._person(name, ""), organization, Duty.REPRESENTATIVE, start, 0, title=title
        )

    def _head(self, entry: Entry, organization: Organization, heads: list[Affiliation]) -> None:
        name = entry.values.get(Column.HEAD_NAME, "")
        title = entry.values.get(Column.HEAD_TITLE, "")
        report = self.reports[entry.first.number]
        if not name:
            return
        head = next((row for row in heads if same_name(row.person.name, name)), None)
        if head is not None:
            self._spell(entry.first, head.person, Column.HEAD_NAME, name, "")
            self._assign(entry.first, head, Column.HEAD_TITLE, "title", title)
        elif any(
            row.duty == Duty.REPRESENTATIVE and same_name(row.person.name, name)
            for row in self.stock.departed(organization, self.day)
        ):
            report.notices.append(f"代表者「{name}」は退任済みのため、登録しません。")
        elif heads:
            report.change(Column.HEAD_NAME, heads[0].person.name, name)
            start = self._end(heads[0], report)
            self._new_head(entry, organization, start)
        else:
            report.change(Column.HEAD_NAME, "", name)
            self._new_head(entry, organization, self.day)

    # --- contacts ---------------------------------------------------------------------------

    def _compare(self, row: ListRow, affiliation: Affiliation) -> None:
        told = row.values
        self._spell(
            row, affiliation.person, Column.CONTACT_NAME,
            told.get(Column.CONTACT_NAME, ""), told.get(Column.CONTACT_KANA, ""),
        )  # fmt: skip
        self._assign(
            row, affiliation, Column.DEPARTMENT, "department", told.get(Column.DEPARTMENT, "")
        )
        email = told.get(Column.EMAIL, "")
        stored = affiliation.address.email if affiliation.address is not None else ""
        if email and email != stored:
            affiliation.address = self._mailbox(email)
            self.work.change(affiliation, "address")
            self.reports[row.number].change(Column.EMAIL, stored, email)

    def _has_departed(self, row: ListRow, departed: list[Affiliation]) -> bool:
        name = row.values.get(Column.CONTACT_NAME, "")
        email = row.values.get(Column.EMAIL, "")
        for gone in departed:
            stored = gone.address.email if gone.address is not None else ""
            if stored == email and same_name(gone.person.name, name):
                until = era_date(gone.valid_until) if gone.valid_until else ""
                self.reports[row.number].notices.append(
                    f"担当者「{gone.person.name}」は{until}に担当を離れているため、登録しません。"
                )
                return True
        return False

    def _take_over_or_add(
        self,
        row: ListRow,
        organization: Organization,
        unmatched: list[Affiliation],
        here: list[Affiliation],
    ) -> None:
        report = self.reports[row.number]
        name = row.values.get(Column.CONTACT_NAME, "")
        email = row.values.get(Column.EMAIL, "")
        previous = next(
            (one for one in unmatched if email and one.address and one.address.email == email),
            None,
        )
        if previous is not None:
            unmatched.remove(previous)
            report.change(Column.CONTACT_NAME, previous.person.name, name)
            start = self._end(previous, report)
            duty, position = Duty(previous.duty), previous.position
        else:
            report.change(Column.CONTACT_NAME, "", name)
            start = self.day
            has_main = any(one.duty == Duty.PRIMARY for one in here)
            duty = Duty.DEPUTY if has_main else Duty.PRIMARY
            position = max((one.position for one in here), default=0) + 1
        here.append(self._new_contact(row, organization, duty, start, position))

    def _new_contact(
        self, row: ListRow, organization: Organization, duty: Duty, start: date, position: int
    ) -> Affiliation:
        told = row.values
        email = told.get(Column.EMAIL, "")
        for column in (Column.CONTACT_NAME, Column.CONTACT_KANA, Column.DEPARTMENT):
            if REPLACEMENT in told.get(column, ""):
                row.refuse(f"{column}: {LETTERS_LOST}")
        return self._affiliate(
            self._person(told.get(Column.CONTACT_NAME, ""), told.get(Column.CONTACT_KANA, "")),
            organization, duty, start, position,
            department=told.get(Column.DEPARTMENT, ""),
            address=self._mailbox(email) if email else None,
        )  # fmt: skip

    # --- small acts -------------------------------------------------------------------------

    def _person(self, name: str, kana: str) -> Person:
        person = Person(
            name=name, name_kana=kana, search_text=search_text(name, kana), created_at=self.at
        )
        self.work.people.append(person)
        return person

    def _affiliate(
        self,
        person: Person,
        organization: Organization,
        duty: Duty,
        start: date,
        position: int,
        *,
        title: str = "",
        department: str = "",
        address: Address | None = None,
    ) -> Affiliation:
        affiliation = Affiliation(
            person=person, organization=organization, duty=duty, valid_from=start,
            position=position, title=title, department=department, address=address,
        )  # fmt: skip
        self.work.affiliations.append(affiliation)
        return affiliation

    def _mailbox(self, email: str) -> Address:
        address = self.stock.addresses.get(email)
        if address is None:
            address = Address(email=email, created_at=self.at)
            self.stock.addresses[email] = address
            self.work.addresses.append(address)
        return address

    def _end(self, affiliation: Affiliation, report: RowReport) -> date:
        """Ends it today (or on its second day, a period holds at least one) and says from when the
        successor holds."""
        if affiliation.valid_until is None:
            affiliation.valid_until = max(self.day, affiliation.valid_from + timedelta(days=1))
            self.work.change(affiliation, "valid_until")
        if affiliation.person.user_id is not None:
            report.notices.append(
                f"「{affiliation.person.name}」さんのログイン用アカウントは変わりません。"
            )
        return affiliation.valid_until

    def _spell(self, row: ListRow, person: Person, column: Column, name: str, kana: str) -> None:
        """The letters of a name and its reading, as the list has them now."""
        first = self._spelled.setdefault(person.pk, (name, kana or person.name_kana))
        if first != (name, kana or person.name_kana):
            row.refuse(f"{column}: 同じ人(「{first[0]}」)が別の行では違う表記です。")
            return
        name = self._settled(row, column, person.name, name)
        kana = self._settled(row, Column.CONTACT_KANA, person.name_kana, kana)
        report = self.reports[row.number]
        for attribute, label, value in (
            ("name", column, name),
            ("name_kana", Column.CONTACT_KANA, kana),
        ):
            stored = getattr(person, attribute)
            if value != stored:
                report.change(label, stored, value)
                setattr(person, attribute, value)
                self.work.change(person, attribute)

    def _assign(
        self, row: ListRow, affiliation: Affiliation, column: Column, attribute: str, told: str
    ) -> None:
        stored = getattr(affiliation, attribute)
        value = self._settled(row, column, stored, told)
        if value != stored:
            self.reports[row.number].change(column, stored, value)
            setattr(affiliation, attribute, value)
            self.work.change(affiliation, attribute)

    def _settled(self, row: ListRow, column: Column, stored: str, told: str) -> str:
        """What to keep: an empty cell says nothing, and a damaged copy changes nothing."""
        if not told or told == stored:
            return stored
        if is_damaged_copy(stored, told, cp932=self.cp932):
            if REPLACEMENT in told:
                self.reports[row.number].notices.append(
                    DAMAGED.format(column=column.value, stored=stored)
                )
            return stored
        if REPLACEMENT in told:
            row.refuse(f"{column}: {LETTERS_LOST}")
        return told

    def _wish(self, row: ListRow) -> None:
        email, wish = row.values.get(Column.EMAIL), row.values.get(Column.NEWSLETTER)
        if email and wish is not None:
            self.wishes.setdefault(email, []).append((self.reports[row.number], wish))
