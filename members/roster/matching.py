"""Which organisation of the database does an entry of the list mean?

By membership number first, then corporate number, then local government code, then name and
prefecture. In doubt the entry is refused with the name of the other one: two members made into one
are harder to part than one typing error is to mend.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from core.japan.calendar import era_date
from core.japan.text import organization_key
from members.models import Membership, Organization
from members.roster.columns import CATEGORY_WORDS, Column
from members.roster.entries import Entry
from members.roster.spelling import same_name
from members.roster.stock import Stock


@dataclass(slots=True)
class Match:
    """`period` is the membership the entry speaks of, if it exists already."""

    organization: Organization | None = None
    period: Membership | None = None


def entry_key(entry: Entry) -> str:
    return organization_key(entry.name)[:200]


def match(entry: Entry, stock: Stock) -> Match:
    """Finds it, or marks the entry's first row as refused."""
    period = stock.by_number.get(entry.number) if entry.number else None
    if period is not None:
        owner = stock.organizations[period.organization_id]
        _check_numbered(entry, owner, stock)
        return Match(owner, period)
    organization = _by_codes(entry, stock) or _by_name(entry, stock)
    if organization is None:
        return Match()
    return Match(organization, _standing_period(entry, organization, stock))


def _check_numbered(entry: Entry, organization: Organization, stock: Stock) -> None:
    if _is_same(entry, organization):
        return
    former = stock.former_name(organization, entry_key(entry))
    if former is not None:
        entry.first.refuse(
            f"「{former.name}」は{era_date(former.valid_until)}に"
            f"「{organization.name}」へ変わっています。新しい名称に直してください。"
        )
        return
    entry.first.refuse(
        f"番号 {entry.number} は「{organization.name}」の会員番号です。"
        "名称が変わったときは、先に団体の画面で名称変更を登録してください。"
    )


def _is_same(entry: Entry, organization: Organization) -> bool:
    if organization.duplicate_key == entry_key(entry) or same_name(organization.name, entry.name):
        return True
    told = entry.values
    return (
        organization.corporate_number != ""
        and told.get(Column.CORPORATE_NUMBER) == organization.corporate_number
    ) or (
        organization.local_government_code != ""
        and told.get(Column.GOVERNMENT_CODE) == organization.local_government_code
    )


def _by_codes(entry: Entry, stock: Stock) -> Organization | None:
    corporate = entry.values.get(Column.CORPORATE_NUMBER, "")
    code = entry.values.get(Column.GOVERNMENT_CODE, "")
    return stock.by_corporate.get(corporate) or stock.by_code.get(code)


def _by_name(entry: Entry, stock: Stock) -> Organization | None:
    prefecture = entry.values.get(Column.PREFECTURE, "")
    found = [row for row in stock.by_key.get(entry_key(entry), ()) if row.prefecture == prefecture]
    if len(found) > 1:
        entry.first.refuse(
            f"「{entry.name}」という団体が{len(found)}つ登録されています。"
            "No. を入れて区別してください。"
        )
    return found[0] if len(found) == 1 else None


def _standing_period(entry: Entry, organization: Organization, stock: Stock) -> Membership | None:
    """Without a number: the period of the same category that goes on."""
    for period in stock.periods[organization.pk]:
        if period.category == entry.category and period.valid_until is None:
            if entry.number:
                entry.first.refuse(
                    f"「{organization.name}」({period.number})として登録済みです。"
                    f"No. を {period.number.lstrip('会賛協0')} に直すと更新になります。"
                )
            return period
    return None


def check_overlap(
    entry: Entry, joined_on: date, others: Iterable[Membership], *, until: date | None = None
) -> None:
    """Periods of one organisation never overlap (half-open)."""
    for period in others:
        starts_before = until is None or period.valid_from < until
        if starts_before and (period.valid_until is None or period.valid_until > joined_on):
            words = next(
                word for category, word in CATEGORY_WORDS.items() if category == period.category
            )
            end = f"{era_date(period.valid_until)}の前日まで" if period.valid_until else ""
            entry.first.refuse(
                f"会員期間が重なります: この団体は{era_date(period.valid_from)}から{end}"
                f"{words}({period.number})です。"
            )


def mark_doubles(entries: Iterable[Entry]) -> None:
    """Two entries of one list that mean the same organisation."""
    seen: dict[tuple[str, str], Entry] = {}
    for entry in entries:
        if not entry.name:
            continue
        prefecture = entry.values.get(Column.PREFECTURE, "")
        marks = [
            ("同じ名称", f"{entry_key(entry)}\n{prefecture}"),
            (Column.CORPORATE_NUMBER, entry.values.get(Column.CORPORATE_NUMBER, "")),
            (Column.GOVERNMENT_CODE, entry.values.get(Column.GOVERNMENT_CODE, "")),
        ]
        for kind, value in marks:
            if not value:
                continue
            other = seen.setdefault((kind, value), entry)
            if other is not entry:
                what = "同じ団体" if kind == "同じ名称" else f"同じ{kind}"
                entry.first.refuse(f"{other.first.number}行目の「{other.name}」と{what}です。")
