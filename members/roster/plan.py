"""The preview: what the list would change, row by row, without writing anything."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from accounts.models import User
from core.japan.calendar import era_date, tokyo_date
from core.japan.codes import prefecture_name
from core.japan.tables import REPLACEMENT
from core.japan.text import organization_key
from members.choices import NUMBER_PREFIX
from members.models import Membership, Organization, OrganizationName
from members.roster.cells import LETTERS_LOST, ListRow, read_rows
from members.roster.columns import CATEGORY_WORDS, Column
from members.roster.entries import Entry, entries_of
from members.roster.matching import Match, check_overlap, mark_doubles, match
from members.roster.numbers import Numbers
from members.roster.organizations import ATTRIBUTES, set_keys, shown
from members.roster.pauses import collector_at_rest
from members.roster.people import DAMAGED, People
from members.roster.reading import CP932, Table
from members.roster.spelling import is_damaged_copy
from members.roster.stock import Stock
from members.roster.wishes import plan_wishes
from members.roster.work import Outcome, Plan, RowReport, Work

_PROGRESS_EVERY = 250
_TEXTS = frozenset({Column.NAME, Column.NAME_KANA, Column.ADDRESS, Column.NOTE})


def plan_roster(
    table: Table,
    *,
    actor: User | None,
    at: datetime,
    progress: Callable[[int, int], None] | None = None,
) -> Plan:
    """Compare the list with the database in a constant number of queries.

    `progress` is told now and then how many organisations of how many are done.
    """
    with collector_at_rest():
        return _plan(table, actor, at, progress)


def _plan(
    table: Table, actor: User | None, at: datetime, progress: Callable[[int, int], None] | None
) -> Plan:
    rows = read_rows(table.rows)
    entries = entries_of(rows)
    mark_doubles(entries)
    stock = Stock(row.values[Column.EMAIL] for row in rows if Column.EMAIL in row.values)
    planner = _Planner(rows, entries, stock, at=at, cp932=table.encoding == CP932)
    for done, entry in enumerate(entries, start=1):
        planner.plan_entry(entry)
        if progress and (done % _PROGRESS_EVERY == 0 or done == len(entries)):
            progress(done, len(entries))
    plan_wishes(planner.people.wishes, stock, planner.work, actor=actor, at=at)
    planner.settle(entries)
    return Plan(
        [planner.reports[row.number] for row in rows],
        planner.work,
        [*table.notices, *planner.left_out()],
        len(entries),
    )


class _Planner:
    def __init__(
        self, rows: list[ListRow], entries: list[Entry], stock: Stock, *, at: datetime, cp932: bool
    ) -> None:
        self.stock, self.at, self.day, self.cp932 = stock, at, tokyo_date(at), cp932
        self.work = Work()
        self.reports = {row.number: RowReport(row.number, Outcome.UNCHANGED) for row in rows}
        self.people = People(stock, self.work, self.reports, at, self.day, cp932)
        self.numbers = Numbers()
        self.numbers.see(stock.given)
        self.numbers.see(entry.number for entry in entries)
        self.met: dict[int, Entry] = {}

    def plan_entry(self, entry: Entry) -> None:
        if entry.refused:
            return
        found = match(entry, self.stock)
        if entry.refused:
            return
        if found.organization is None:
            self._plan_new(entry)
            return
        other = self.met.setdefault(found.organization.pk, entry)
        if other is not entry:
            entry.first.refuse(
                f"{other.first.number}行目と同じ団体「{found.organization.name}」を指しています。"
            )
            return
        self._plan_known(entry, found, found.organization)

    # --- a new organisation -----------------------------------------------------------------

    def _plan_new(self, entry: Entry) -> None:
        told = entry.values
        for column in (Column.KIND, Column.JOINED_ON):
            if column not in told:
                entry.first.refuse(f"{column}がありません。")
        for column in (*_TEXTS, Column.HEAD_NAME, Column.HEAD_TITLE):
            if REPLACEMENT in told.get(column, ""):
                entry.first.refuse(f"{column}: {LETTERS_LOST}")
        if entry.refused:
            return
        number = self._number(entry)
        organization = Organization(
            **{name: told[column] for column, name in ATTRIBUTES.items() if column in told},
            created_at=self.at,
        )
        set_keys(organization, number)
        self.work.organizations.append(organization)
        self._add_period(entry, organization, number)
        self.people.of_new_organization(entry, organization, told[Column.JOINED_ON])
        self._describe(entry, number)

    def _number(self, entry: Entry) -> str:
        if entry.number or entry.category is None:
            return entry.number
        number = self.numbers.next(NUMBER_PREFIX[entry.category])
        self.reports[entry.first.number].notices.append(f"会員番号は {number} になります。")
        return number

    def _add_period(self, entry: Entry, organization: Organization, number: str) -> None:
        joined_on = entry.values[Column.JOINED_ON]
        if joined_on > self.day:
            self.reports[entry.first.number].notices.append(
                f"入会日({era_date(joined_on)})は今日より後です。"
            )
        self.work.memberships.append(
            Membership(
                organization=organization,
                category=entry.category or "",
                number=number,
                valid_from=joined_on,
            )
        )

    def _describe(self, entry: Entry, number: str) -> None:
        words = [CATEGORY_WORDS[entry.category]] if entry.category else []
        if prefecture := entry.values.get(Column.PREFECTURE):
            words.append(prefecture_name(prefecture))
        words.append(f"担当者{len(list(entry.contacts()))}名")
        for row in entry.rows:
            self.reports[row.number].outcome = Outcome.CREATE
            self.reports[row.number].code = number
        self.reports[entry.first.number].detail = "・".join(words)

    # --- an organisation we know ------------------------------------------------------------

    def _plan_known(self, entry: Entry, found: Match, organization: Organization) -> None:
        period = found.period
        if period is not None and period.valid_until and period.valid_until <= self.day:
            self.reports[entry.first.number].notices.append(
                f"{era_date(period.valid_until)}に会員でなくなっているため、変更しません。"
            )
            self._code(entry, period.number)
            return
        if period is None:
            period = self._plan_period(entry, organization)
        else:
            self._compare_period(entry, period)
        if entry.refused:
            return
        self._compare_organization(entry, organization)
        self.people.of_known_organization(entry, organization)
        self._code(entry, period.number if period is not None else "")

    def _plan_period(self, entry: Entry, organization: Organization) -> Membership | None:
        """The organisation is known, this membership is not: it joins (again)."""
        if Column.JOINED_ON not in entry.values:
            entry.first.refuse(f"{Column.JOINED_ON}がありません。")
            return None
        joined_on = entry.values[Column.JOINED_ON]
        check_overlap(entry, joined_on, self.stock.periods[organization.pk])
        if entry.refused:
            return None
        number = self._number(entry)
        self._add_period(entry, organization, number)
        words = f"{CATEGORY_WORDS[entry.category]}({number})" if entry.category else number
        report = self.reports[entry.first.number]
        report.change(Column.JOINED_ON, "", f"{era_date(joined_on)} {words}")
        report.notices.append("登録済みの団体に、新しい会員期間を加えます。")
        return self.work.memberships[-1]

    def _compare_period(self, entry: Entry, period: Membership) -> None:
        joined_on = entry.values.get(Column.JOINED_ON)
        if joined_on is None or joined_on == period.valid_from:
            return
        others = [
            other for other in self.stock.periods[period.organization_id] if other.pk != period.pk
        ]
        if period.valid_until is not None and joined_on >= period.valid_until:
            entry.first.refuse(
                f"入会日が会員期間の終わり({era_date(period.valid_until)})より前ではありません。"
            )
        check_overlap(entry, joined_on, others, until=period.valid_until)
        self.reports[entry.first.number].change(
            Column.JOINED_ON, era_date(period.valid_from), era_date(joined_on)
        )
        period.valid_from = joined_on
        self.work.change(period, "valid_from")

    def _compare_organization(self, entry: Entry, organization: Organization) -> None:
        self._check_codes(entry, organization)
        old_name, old_kana = organization.name, organization.name_kana
        for column, attribute in ATTRIBUTES.items():
            told, stored = entry.values.get(column), getattr(organization, attribute)
            if told is None or told == stored or self._is_damaged(entry, column, stored, told):
                continue
            report = self.reports[entry.first.number]
            report.change(column, shown(column, stored), shown(column, told))
            setattr(organization, attribute, told)
            self.work.change(organization, attribute)
        if organization_key(old_name) != organization_key(organization.name):
            self._rename(entry, organization, old_name, old_kana)

    def _rename(self, entry: Entry, organization: Organization, name: str, kana: str) -> None:
        """Another name, not another spelling: the old one stays findable."""
        ended = {former.valid_until for former in self.stock.former_names[organization.pk]}
        if self.day not in ended:
            self.work.former_names.append(
                OrganizationName(
                    organization=organization, name=name, name_kana=kana, valid_until=self.day
                )
            )
        self.reports[entry.first.number].notices.append(
            f"「{name}」は旧名称として残します({era_date(self.day)}から新しい名称)。"
        )

    def _check_codes(self, entry: Entry, organization: Organization) -> None:
        for column, owners in (
            (Column.CORPORATE_NUMBER, self.stock.by_corporate),
            (Column.GOVERNMENT_CODE, self.stock.by_code),
        ):
            owner = owners.get(entry.values.get(column, ""))
            if owner is not None and owner.pk != organization.pk:
                entry.first.refuse(f"{column}は「{owner.name}」のものとして登録済みです。")

    def _is_damaged(self, entry: Entry, column: Column, stored: Any, told: Any) -> bool:
        if column not in _TEXTS:
            return False
        damaged = is_damaged_copy(stored, told, cp932=self.cp932)
        if REPLACEMENT in told:
            if damaged:
                self.reports[entry.first.number].notices.append(
                    DAMAGED.format(column=column.value, stored=stored)
                )
            else:
                entry.first.refuse(f"{column}: {LETTERS_LOST}")
        return damaged

    # --- the word on each row ---------------------------------------------------------------

    def _code(self, entry: Entry, number: str) -> None:
        for row in entry.rows:
            self.reports[row.number].code = number

    def settle(self, entries: Iterable[Entry]) -> None:
        for entry in entries:
            blocked = [row.number for row in entry.rows if row.reasons]
            for row in entry.rows:
                report = self.reports[row.number]
                report.entry = entry.first.number
                report.name = entry.name or str(row.values.get(Column.CONTACT_NAME, ""))
                report.code = report.code or entry.number
                self._settle_row(row, report, blocked)

    def _settle_row(self, row: ListRow, report: RowReport, blocked: list[int]) -> None:
        if row.reasons:
            report.outcome, report.reasons, report.changes = Outcome.REFUSED, row.reasons, []
        elif blocked:
            report.outcome, report.changes = Outcome.UNCHANGED, []
            report.notices = [f"同じ団体の{blocked[0]}行目が取込不可のため、調べていません。"]
        elif report.changes and report.outcome is Outcome.UNCHANGED:
            report.outcome = Outcome.UPDATE

    def left_out(self) -> list[str]:
        """Current members of the database that the list does not name."""
        missing = [
            organization
            for key, organization in self.stock.organizations.items()
            if key not in self.met
            and any(
                period.valid_from <= self.day
                and (period.valid_until is None or period.valid_until > self.day)
                for period in self.stock.periods[key]
            )
        ]
        if not missing:
            return []
        return [f"いまの会員のうち{len(missing)}団体は名簿にありません。登録はそのまま残します。"]
