"""The staff's Today: the roof asks every app what waits, the apps answer in their `today.py`."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from importlib import import_module
from types import ModuleType
from typing import Any

from django.apps import apps
from django.utils import timezone
from django.utils.module_loading import module_has_submodule
from django.utils.translation import gettext as _

from accounts.models import User
from core.heartbeat import BEAT, WORKER, fresh_names
from core.japan.calendar import fiscal_year
from core.shell.today import ProgressCard, TodayRow
from members.queries import history_counts

SILENT_AFTER = timedelta(minutes=5)
BAR_WIDTH = 300


def today_modules() -> list[ModuleType]:
    return [
        import_module(f"{config.name}.today")
        for config in apps.get_app_configs()
        if config.module is not None and module_has_submodule(config.module, "today")
    ]


def rows_for(user: User, at: datetime) -> list[TodayRow]:
    """Everything that waits for this person, the most urgent first."""
    rows = [
        row
        for module in today_modules()
        if hasattr(module, "rows")
        for row in module.rows(user, at)
    ]
    return sorted(rows, key=lambda row: (row.due or date.max, str(row.kind)))


def cards_for(user: User, at: datetime) -> list[ProgressCard]:
    cards = [module.card(user, at) for module in today_modules() if hasattr(module, "card")]
    return [card for card in cards if card is not None]


def today_page(user: User, at: datetime, kind: str) -> dict[str, Any]:
    """What the index template shows."""
    day = timezone.localdate(at)
    rows = rows_for(user, at)
    shown = [row for row in rows if not kind or str(row.kind) == kind]
    return {
        "waiting": len(rows),
        "overdue": sum(1 for row in rows if row.due and row.due < day),
        "due_today": sum(1 for row in rows if row.due == day),
        "kinds": _kinds(rows, kind),
        "queue": _bands(shown, day),
        "cards": cards_for(user, at),
        "members": _members(day) if user.has_perm("members.view_organization") else None,
        "health": _health(at),
    }


def _kinds(rows: Iterable[TodayRow], chosen: str) -> list[dict[str, Any]]:
    counts = Counter(str(row.kind) for row in rows)
    everything = {"key": "", "label": _("All"), "n": sum(counts.values()), "current": not chosen}
    return [
        everything,
        *(
            {"key": kind, "label": kind, "n": number, "current": kind == chosen}
            for kind, number in counts.items()
        ),
    ]


def _bands(rows: Iterable[TodayRow], day: date) -> list[dict[str, Any]]:
    bands: dict[str, dict[str, Any]] = {
        "over": {"label": _("Overdue"), "tone": "danger", "rows": []},
        "today": {"label": _("Due today"), "tone": "warning", "rows": []},
        "later": {"label": _("Due later"), "tone": "calm", "rows": []},
        "open": {"label": _("Without a deadline"), "tone": "calm", "rows": []},
    }
    for row in rows:
        if row.due is None:
            key = "open"
        elif row.due == day:
            key = "today"
        else:
            key = "over" if row.due < day else "later"
        bands[key]["rows"].append(row)
    return [band for band in bands.values() if band["rows"]]


def _signed(number: int) -> str:
    return f"{number:+d}".replace("-", "−") if number else "±0"


def _members(day: date) -> dict[str, Any]:
    """Numbers as of the day, and what has changed since the fiscal year began."""
    (_start, before), (_now, now) = history_counts([date(fiscal_year(day), 3, 31), day])
    total = now.total
    parts, x = [], 0.0
    for category, number in now.items():
        width = BAR_WIDTH * number / total if total else 0
        delta = _signed(number - before[category])
        parts.append(
            {"key": category.value, "label": category.label, "n": number, "delta": delta,
             "x": f"{x:.2f}", "w": f"{width:.2f}"}
        )  # fmt: skip
        x += width
    words = "、".join(f"{part['label']} {part['n']}" for part in parts)
    delta = _("%(n)s since 1 April") % {"n": _signed(total - before.total)}
    return {"total": total, "delta": delta, "parts": parts, "words": words}


def _health(at: datetime) -> dict[str, str]:
    """One sentence about the processes nobody looks at."""
    names = {WORKER: _("sending of mail"), BEAT: _("clock")}
    silent = names.keys() - fresh_names(since=at - SILENT_AFTER)
    if silent:
        words = "、".join(names[name] for name in sorted(silent))
        return {"tone": "danger", "text": _("No sign of life: %(names)s") % {"names": words}}
    return {"tone": "success", "text": _("Sending of mail and clock are running.")}
