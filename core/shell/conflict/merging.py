"""Three versions of a page become one: as it was opened, as it is now, as the second person typed.

What only the other person changed takes the new value. What both changed keeps what was typed, and
is listed. Rows that came or went meanwhile come and go; nothing that was typed is dropped unsaid.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

from django.http import QueryDict

from core.shell.conflict.values import State, Values, kept, put, shown, typed

BOTH: Literal["both"] = "both"
TAKEN: Literal["taken"] = "taken"
ADDED: Literal["added"] = "added"
GONE: Literal["gone"] = "gone"
KEPT: Literal["kept"] = "kept"

MOST_ROWS = 1000
_MANAGEMENT = {"TOTAL_FORMS", "INITIAL_FORMS", "MIN_NUM_FORMS", "MAX_NUM_FORMS"}

Raw = dict[str, list[str]]
"""One row as it was sent: what follows `prefix-number-` in the names, and the values."""


@dataclass(frozen=True)
class Clash:
    """One thing that somebody else changed. `name`: of the field in the merged page."""

    kind: str
    form: Any
    field: str = ""
    name: str = ""
    row: str = ""
    """Key of the row; empty for the record itself."""
    inline: Any = None
    old: Values | None = None
    theirs: Values | None = None
    yours: Values | None = None


@dataclass(frozen=True)
class Page:
    """The forms of a record as the database has it now, none of them bound."""

    form: Any
    inlines: list[tuple[Any, Any]]
    """(inline, formset) of those that the person may change."""

    def state(self) -> State:
        rows = {
            formset.prefix: {str(row.instance.pk): shown(row) for row in formset.initial_forms}
            for _inline, formset in self.inlines
        }
        return {"form": shown(self.form), "rows": rows}


@dataclass
class Merged:
    data: QueryDict
    clashes: list[Clash]


@dataclass(frozen=True)
class Versions:
    """The page as it was opened, as its reader was last told it is, and as it is."""

    opened: State
    seen: State
    now: State

    def of_form(self, form: Any) -> "Three":
        return Three(form, self.opened["form"], self.seen["form"], self.now["form"])

    def of_row(self, form: Any, prefix: str, key: str) -> "Three":
        now: Values = self.now["rows"][prefix][key]
        seen: Values = self.seen["rows"].get(prefix, {}).get(key, now)
        return Three(form, self.opened["rows"].get(prefix, {}).get(key, seen), seen, now)


@dataclass(frozen=True)
class Three:
    """The same of one form."""

    form: Any
    opened: Values
    seen: Values
    now: Values

    def against(self, yours: Values, names: dict[str, str], chosen: str) -> Iterator[Clash]:
        """What somebody else changed and differs from what was typed."""
        for name, theirs in self.now.items():
            seen = self.seen.get(name, theirs)
            old = self.opened.get(name, seen)
            if theirs == yours[name] or theirs == seen == old:
                continue
            # What its reader has been told and typed all the same stays typed.
            untouched = theirs != seen and yours[name] == seen
            kind = TAKEN if untouched or names[name] == chosen else BOTH
            yield Clash(
                kind, self.form, name, names[name],
                old={name: old}, theirs={name: theirs}, yours={name: yours[name]},
            )  # fmt: skip


def merge(page: Page, versions: Versions, data: QueryDict, chosen: str = "") -> Merged:
    """`chosen`: the name of a field for which the other person's value is to be taken."""
    merged = Merged(data.copy(), [])
    names = {name: page.form.add_prefix(name) for name, _field in kept(page.form)}
    yours = {name: typed(field, names[name], data) for name, field in kept(page.form)}
    for clash in versions.of_form(page.form).against(yours, names, chosen):
        if clash.kind == TAKEN:
            theirs = versions.now["form"][clash.field]
            put(page.form.fields[clash.field], clash.name, theirs, merged.data)
        if clash.name != chosen:  # what was just chosen needs no words any more
            merged.clashes.append(clash)
    for inline, formset in page.inlines:
        _Rows(inline, formset, versions, chosen).merge_into(merged)
    return merged


class _Rows:
    """The rows of one inline."""

    def __init__(self, inline: Any, formset: Any, versions: Versions, chosen: str) -> None:
        self.inline, self.formset, self.chosen = inline, formset, chosen
        self.prefix: str = formset.prefix
        self.key: str = formset.model._meta.pk.name
        self.versions = versions
        self.seen: dict[str, Values] = versions.seen["rows"].get(self.prefix, {})
        self.now: dict[str, Values] = versions.now["rows"][self.prefix]
        self.forms = {str(row.instance.pk): row for row in formset.initial_forms}

    def merge_into(self, merged: Merged) -> None:
        sent = self._sent(merged.data)
        if sent is None:  # not a form of ours: the stock check refuses it
            return
        places = {key: place for place, raw in enumerate(sent) if (key := self._key_of(raw))}
        by_key = {key: sent[place] for key, place in places.items()}
        rows, clashes = [], []
        for number, (key, now) in enumerate(self.now.items()):
            chosen = self._chosen(places.get(key), number)
            raw, found = self._row(key, now, by_key.get(key), number, chosen)
            rows.append(raw)
            clashes += found
        new = [raw for raw in sent if not self._key_of(raw)]
        for key in self.seen.keys() - self.now.keys():
            if key in by_key:
                clashes.append(self._gone(key, by_key[key], new))
        if rows != [by_key.get(key) for key in self.now] or clashes:
            self._write(merged.data, rows, new)
        merged.clashes += clashes

    def _key_of(self, raw: Raw) -> str:
        return (raw.get(self.key) or [""])[0]

    def _chosen(self, place: int | None, number: int) -> str:
        """The name asked for, when it is of this row, by the number that the row gets."""
        before = f"{self.prefix}-{place}-"
        if place is None or not self.chosen.startswith(before):
            return ""
        return f"{self.prefix}-{number}-{self.chosen.removeprefix(before)}"

    def _sent(self, data: QueryDict) -> list[Raw] | None:
        """Every row of the page, in order; nothing when the page does not say how many."""
        total = data.get(f"{self.prefix}-TOTAL_FORMS", "")
        if not total.isascii() or not total.isdecimal() or int(total) > MOST_ROWS:
            return None
        rows: list[Raw] = [{} for _number in range(int(total))]
        pattern = re.compile(rf"{re.escape(self.prefix)}-([0-9]{{1,4}})-([^0-9].*)", re.DOTALL)
        for name in list(data):
            match = pattern.fullmatch(name)
            if match and match[2] not in _MANAGEMENT and int(match[1]) < len(rows):
                rows[int(match[1])][match[2]] = data.getlist(name)
        return rows

    def _row(
        self, key: str, now: Values, raw: Raw | None, number: int, chosen: str
    ) -> tuple[Raw, list[Clash]]:
        form = self.forms[key]
        if raw is None:
            untouched = self._untouched(form, now) | {self.key: [key]}
            came = key not in self.seen
            clash = Clash(ADDED, form, row=key, inline=self.inline, theirs=now)
            return untouched, [clash] if came else []
        sent = _query(raw)
        yours = {name: typed(field, name, sent) for name, field in kept(form)}
        names = {name: f"{self.prefix}-{number}-{name}" for name in now}
        found = []
        for clash in self.versions.of_row(form, self.prefix, key).against(yours, names, chosen):
            if clash.kind == TAKEN:
                put(form.fields[clash.field], clash.field, now[clash.field], sent)
            if clash.name != chosen:
                found.append(replace(clash, row=key, inline=self.inline))
        return dict(sent.lists()), found

    def _gone(self, key: str, raw: Raw, new: list[Raw]) -> Clash:
        """The other person removed a row. What was typed into it lives on as a new one."""
        form = self.formset.empty_form
        old, sent = self.seen[key], _query(raw)
        yours = {name: typed(field, name, sent) for name, field in kept(form)}
        touched = {name: value for name, value in yours.items() if value != old.get(name)}
        again = bool(touched) and "DELETE" not in raw and self.formset.max_num > len(self.now)
        if again:
            new.append({name: value for name, value in raw.items() if name != self.key})
        return Clash(
            KEPT if again else GONE, form, row=key, inline=self.inline, old=old, yours=touched
        )

    def _untouched(self, form: Any, values: Values) -> Raw:
        sent = QueryDict(mutable=True)
        for name, field in kept(form):
            put(field, name, values[name], sent)
        return dict(sent.lists())

    def _write(self, data: QueryDict, rows: list[Raw], new: list[Raw]) -> None:
        start = re.compile(rf"{re.escape(self.prefix)}-[0-9]{{1,4}}-([^0-9].*)", re.DOTALL)
        for name in list(data):
            match = start.fullmatch(name)
            if match and match[1] not in _MANAGEMENT:
                del data[name]
        data[f"{self.prefix}-TOTAL_FORMS"] = str(len(rows) + len(new))
        data[f"{self.prefix}-INITIAL_FORMS"] = str(len(rows))
        owner = [str(self.formset.instance.pk)]
        for number, raw in enumerate([*rows, *new]):
            for name, values in (raw | {self.formset.fk.name: owner}).items():
                data.setlist(f"{self.prefix}-{number}-{name}", values)


def _query(raw: Raw) -> QueryDict:
    sent = QueryDict(mutable=True)
    for name, values in raw.items():
        sent.setlist(name, values)
    return sent
