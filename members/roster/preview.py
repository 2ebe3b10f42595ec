"""What the preview page shows: numbers, one page of rows, and which of them are ticked."""

from collections.abc import Iterable
from typing import Any

from django.core.paginator import Paginator
from django.utils.translation import gettext as _

from members.roster.choosing import KINDS, Choice, entry_of
from members.roster.models import RosterImport
from members.roster.work import Outcome

PER_PAGE = 50
TONES = {
    Outcome.CREATE: "success",
    Outcome.UPDATE: "info",
    Outcome.UNCHANGED: "calm",
    Outcome.REFUSED: "danger",
}


def preview(job: RosterImport, *, show: str, page: str) -> dict[str, Any]:
    refused = job.counts.get(Outcome.REFUSED, 0)
    show = show or (Outcome.REFUSED.value if refused else "all")
    rows = [row for row in job.rows if show in {"all", row["o"]}]
    shown = Paginator(rows, PER_PAGE).get_page(page)
    choice = Choice.of(job)
    return {
        "tiles": list(_tiles(job.counts, show)),
        "page": shown,
        "show": show,
        "rows": list(_rows(shown.object_list, choice)),
        "refused": refused,
        "blocked": sum(row["o"] in KINDS for row in job.rows) - _count(job, choice.open),
        "open": _count(job, choice.open),
        "chosen": choice.count(job.rows),
        "choosable": show in {"all", *KINDS} and bool(choice.open),
    }


def _count(job: RosterImport, entries: frozenset[int]) -> int:
    return sum(row["o"] in KINDS and entry_of(row) in entries for row in job.rows)


def _rows(rows: Iterable[dict[str, Any]], choice: Choice) -> Iterable[dict[str, Any]]:
    """A box on the first row of an organisation on the page; its others go with it."""
    boxed: set[int] = set()
    for row in rows:
        entry, outcome = entry_of(row), Outcome(row["o"])
        told = row | {"tone": TONES[outcome], "result": str(outcome.label), "entry": entry}
        if outcome in KINDS and entry in choice.open:
            told["with"] = entry in boxed
            told["box"] = entry not in boxed
            told["taken"] = entry in choice.taken
            boxed.add(entry)
        yield told


def _tiles(counts: dict[str, int], show: str) -> Iterable[dict[str, Any]]:
    organizations = _("%(n)s organizations") % {"n": counts.get("entries", 0)}
    notes = {Outcome.UPDATE.value: _("%(n)s places change") % {"n": counts.get("places", 0)}}
    tiles = [
        {"key": "all", "n": counts.get("rows", 0), "label": _("All rows"), "note": organizations}
    ]
    tiles += [
        {
            "key": outcome.value,
            "n": counts.get(outcome.value, 0),
            "label": str(outcome.label),
            "tone": TONES[outcome],
            "note": notes.get(outcome.value, "") if counts.get(outcome.value) else "",
        }
        for outcome in Outcome
    ]
    return [tile | {"current": tile["key"] == show} for tile in tiles]
