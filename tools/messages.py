"""The catalogue: collect msgids from the sources, keep their Japanese, write the .mo.

`python -m tools.messages` brings `locale/ja/LC_MESSAGES/django.po` up to date: new msgids come in
empty, unused ones go. Needs no gettext on the machine. `missing()` is what the tests ask.
"""

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polib
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "locale" / "ja" / "LC_MESSAGES" / "django.po"
APPS = (
    "core", "accounts", "mailing", "members", "meetings", "subcommittees", "newsletter", "portal",
    "platform_site",
)  # fmt: skip
_CALLS = {
    "_": (None, 0, None),
    "gettext": (None, 0, None),
    "gettext_lazy": (None, 0, None),
    "gettext_noop": (None, 0, None),
    "pgettext": (0, 1, None),
    "pgettext_lazy": (0, 1, None),
    "ngettext": (None, 0, 1),
    "ngettext_lazy": (None, 0, 1),
    "npgettext": (0, 1, 2),
}
_IN_TEMPLATE = re.compile(
    r"\b(?:np|n|p)?gettext\((?:u?(?:'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"),?\s*)+"
)


@dataclass(frozen=True, order=True)
class Message:
    """One msgid with its context and plural, as gettext knows them."""

    msgid: str
    context: str | None = None
    plural: str | None = None


def _from_call(call: ast.Call) -> Message | None:
    name = getattr(call.func, "id", getattr(call.func, "attr", ""))
    if name not in _CALLS:
        return None
    texts = [
        a.value if isinstance(a, ast.Constant) and isinstance(a.value, str) else None
        for a in call.args
    ]
    context, single, plural = (
        texts[i] if i is not None and i < len(texts) else None for i in _CALLS[name]
    )
    return Message(single, context, plural) if single else None


def _from_python(source: str) -> Iterator[Message]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and (message := _from_call(node)):
            yield message


def _from_template(source: str) -> Iterator[Message]:
    for match in _IN_TEMPLATE.finditer(templatize(source)):
        yield from _from_python(match[0].rstrip(", \n") + ")")


def collect() -> dict[Message, str]:
    """Every msgid of the sources, with the first file that uses it."""
    found: dict[Message, str] = {}
    python = (path for app in APPS for path in sorted((ROOT / app).rglob("*.py")))
    templates = (
        path
        for folder in (ROOT / "templates", *(ROOT / app for app in APPS))
        for pattern in ("*.html", "*.txt")
        for path in sorted(folder.rglob(pattern))
    )
    for reader, paths in ((_from_python, python), (_from_template, templates)):
        for path in paths:
            if "migrations" in path.parts:
                continue
            for message in reader(path.read_text("utf-8")):
                found.setdefault(message, str(path.relative_to(ROOT)))
    return found


def _key(entry: polib.POEntry) -> tuple[str, str | None]:
    return entry.msgid, entry.msgctxt


def _overrides_django(entry: polib.POEntry) -> bool:
    """Sentences of Django itself put better; kept though our sources do not name them."""
    return str(entry.comment) == "django"


def missing() -> list[str]:
    """What the catalogue lacks: msgids of the sources without Japanese, fuzzy or unused entries."""
    entries = {_key(entry): entry for entry in polib.pofile(str(CATALOGUE))}
    used = {(message.msgid, message.context): where for message, where in collect().items()}
    problems = [
        f"{where}: {key[0]!r} has no Japanese"
        for key, where in used.items()
        if key not in entries or not entries[key].translated()
    ]
    problems += [
        f"{key[0]!r} is used nowhere"
        for key, entry in entries.items()
        if key not in used and not _overrides_django(entry)
    ]
    problems += [f"{key[0]!r} is fuzzy" for key, entry in entries.items() if entry.fuzzy]
    return sorted(problems)


def update() -> None:
    """Bring the catalogue and its compiled form up to date with the sources."""
    old = polib.pofile(str(CATALOGUE)) if CATALOGUE.exists() else polib.POFile()
    known = {_key(entry): entry for entry in old}
    new = polib.POFile(wrapwidth=100)
    new.metadata = {
        "Language": "ja",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=1; plural=0;",
    }
    for message, where in sorted(collect().items(), key=lambda pair: (pair[1], pair[0].msgid)):
        entry = known.get((message.msgid, message.context)) or polib.POEntry(
            msgid=message.msgid, msgctxt=message.context, msgid_plural=message.plural or ""
        )
        if message.plural and not entry.msgstr_plural:
            entry.msgid_plural, entry.msgstr_plural = message.plural, {0: entry.msgstr}
        entry.occurrences = [(where, "")]
        entry.flags = ["python-format"] if "%(" in message.msgid else []
        if entry not in new:
            new.append(entry)
    new.extend(entry for entry in old if _overrides_django(entry) and entry not in new)
    new.save(str(CATALOGUE))
    new.save_as_mofile(str(CATALOGUE.with_suffix(".mo")))


if __name__ == "__main__":
    update()
    for problem in missing():
        sys.stdout.write(f"{problem}\n")
    sys.exit(bool(missing()))
