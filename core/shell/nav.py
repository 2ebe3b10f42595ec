"""The sidebar, declared by job. One list, in reading order; rights decide what is shown."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise


@dataclass(frozen=True)
class Item:
    """One line. `to` is a model ("members.organization") or an admin URL name ("admin:index")."""

    label: str | Promise
    to: str
    count: Callable[[HttpRequest], int] | None = None

    def url(self) -> str:
        """Where the line leads; empty when the place does not exist (yet)."""
        name = self.to
        if ":" not in name:
            name = "admin:{}_{}_changelist".format(*name.split("."))
        try:
            return reverse(name)
        except NoReverseMatch:
            return ""

    def allowed(self, request: HttpRequest) -> bool:
        if ":" in self.to:
            return True
        app, model = self.to.split(".")
        return any(request.user.has_perm(f"{app}.{verb}_{model}") for verb in ("view", "change"))


@dataclass(frozen=True)
class Group:
    """Lines of one job. `daily` groups stand open from the start."""

    key: str
    label: str | Promise
    icon: str
    items: tuple[Item, ...]
    daily: bool = False


def build(groups: Iterable[Group], request: HttpRequest) -> list[dict[str, Any]]:
    """Only what this user may open; the longest matching address is the current one."""
    shown: list[dict[str, Any]] = []
    for group in groups:
        lines = _lines(group, request)
        if lines:
            head = {"key": group.key, "label": group.label, "icon": group.icon}
            shown.append({**head, "items": lines, "daily": group.daily})
    _mark_current([line for group in shown for line in group["items"]], request.path)
    for entry in shown:
        entry["current"] = any(line.get("current") for line in entry["items"])
        entry["open"] = entry["current"] or entry["daily"]
        entry["waiting"] = sum(line["count"] or 0 for line in entry["items"])
    return shown


def _lines(group: Group, request: HttpRequest) -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = []
    for item in group.items:
        url = item.url() if item.allowed(request) else ""
        if url:
            count = item.count(request) if item.count else None
            lines.append({"label": item.label, "url": url, "count": count})
    return lines


def _mark_current(lines: list[dict[str, Any]], path: str) -> None:
    home = reverse("admin:index")
    matches = [
        line
        for line in lines
        if path == line["url"] or (line["url"] != home and path.startswith(line["url"]))
    ]
    if matches:
        max(matches, key=lambda line: len(line["url"]))["current"] = True
