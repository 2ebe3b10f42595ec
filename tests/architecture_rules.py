"""The rules of the house as functions from source text to findings; `test_architecture` runs them.

Each finding is a line number and a sentence that says how to mend it.
"""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
APPS = (
    "core", "accounts", "mailing", "members", "meetings", "subcommittees", "newsletter", "portal",
    "platform_site",
)  # fmt: skip
FLOORS = {
    "core": 0, "shell": 0, "accounts": 1, "mailing": 2, "members": 3, "meetings": 4,
    "governance": 5, "subcommittees": 5, "events": 5,
    "consultations": 6, "surveys": 6, "visits": 6,
    "newsletter": 7, "portal": 8, "platform_site": 9,
}  # fmt: skip
LONGEST_FILE, LONGEST_FUNCTION = 300, 40
DOORS = {
    "visible_to", "run_by", "readable_by", "public", "for_public_display", "acted_for_by",
}  # fmt: skip
_SIGNALS = {"pre_save", "post_save", "pre_delete", "post_delete", "m2m_changed", "pre_init"}
_CLOCKS = {"now", "today", "localdate", "localtime", "utcnow"}

Finding = tuple[int, str]
Rule = Callable[[str], Iterator[Finding]]


def sources(*rooms: str, without: tuple[str, ...] = ("migrations",)) -> Iterator[Path]:
    """Python files of the apps; with `rooms`, only those of rooms (files or packages) so named."""
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            if not set(parts) & set(without) and (not rooms or set(parts) & set(rooms)):
                yield path


def templates(*suffixes: str) -> Iterator[Path]:
    folders = [ROOT / "templates", *(ROOT / app for app in APPS)]
    for folder in folders:
        for suffix in suffixes:
            yield from sorted(folder.rglob(f"*{suffix}"))


def _names(source: str) -> Iterator[tuple[ast.AST, str]]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Name):
            yield node, node.id
        elif isinstance(node, ast.Attribute):
            yield node, node.attr
        elif isinstance(node, ast.alias):
            yield node, node.name


def model_signals(source: str) -> Iterator[Finding]:
    for node, name in _names(source):
        if name in _SIGNALS:
            yield node.lineno, f"{name}: call a service where the change is made (design §3)."


def unescaped_text(source: str) -> Iterator[Finding]:
    for node, name in _names(source):
        if name in {"mark_safe", "SafeText", "SafeData"}:
            yield node.lineno, f"{name}: build the markup with format_html or in a template."
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("SafeString"):
            yield node.lineno, "SafeString(): build the markup with format_html."


def own_mail(source: str) -> Iterator[Finding]:
    for node in ast.walk(ast.parse(source)):
        modules = []
        if isinstance(node, ast.ImportFrom):
            modules = [node.module or ""]
        elif isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        for module in modules:
            if module == "smtplib" or module.startswith("django.core.mail"):
                yield node.lineno, f"{module}: post the letter with mailing.outbox.post instead."


def _method_calls(source: str) -> Iterator[tuple[ast.Call, str]]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node, node.func.attr


def eager_tasks(source: str) -> Iterator[Finding]:
    for call, name in _method_calls(source):
        if name in {"delay", "apply_async", "send_task", "delay_on_commit"}:
            sentence = (
                f".{name}(): hand it to mailing.wake.ask_worker in transaction.on_commit, so that "
                "a dead broker fails nobody's request."
            )
            yield call.lineno, sentence


def clock_in_service(source: str) -> Iterator[Finding]:
    """`localdate(at)` only converts; without an argument it reads the clock."""
    for call, name in _method_calls(source):
        if name in _CLOCKS and not call.args and not call.keywords:
            yield call.lineno, f".{name}(): let the caller pass `at=` or a day."


def request_in_rule(source: str) -> Iterator[Finding]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.arg) and node.arg == "request":
            yield node.lineno, "request: translate HTTP in the view and pass what the rule needs."
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("django.http"):
            yield node.lineno, f"{node.module}: answers are made in views and admins."


def positional_service(source: str) -> Iterator[Finding]:
    for node in ast.parse(source).body:
        if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
            continue
        acts = {"actor", "at"} & {
            argument.arg for argument in node.args.kwonlyargs + node.args.args
        }
        if acts and node.args.args:
            yield node.lineno, f"{node.name}: put `*,` first, services are called by keyword."


def _chain(node: ast.AST) -> list[str]:
    """The names of `A.objects.b().c()`, outermost last; empty when it starts elsewhere."""
    names: list[str] = []
    while True:
        if isinstance(node, ast.Call):
            node = node.func
        elif isinstance(node, ast.Attribute):
            names.append(node.attr)
            node = node.value
        else:
            break
    names.reverse()
    return names if names[:1] == ["objects"] else []


def private_door(source: str) -> Iterator[Finding]:
    """A chain from `Model.objects` in a view must pass a door.

    A filter set may be given `queryset=Model.objects.all()`: its own rules name the door.
    """
    tree = ast.parse(source)
    inner = {id(child) for node in ast.walk(tree) for child in _below(node)}
    given = {
        id(keyword.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg == "queryset" and _chain(keyword.value) == ["objects", "all"]
    }
    for node in ast.walk(tree):
        chain = _chain(node)
        if chain and id(node) not in inner | given and not DOORS & set(chain):
            yield (
                node.lineno,
                (
                    f"{'.'.join(chain)}: reach the model through visible_to(user), public() or "
                    "for_public_display(), so that not yours and not there are the same."
                ),
            )
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in {"get_object_or_404", "get_list_or_404"}
            and node.args
            and isinstance(node.args[0], ast.Name)
            and node.args[0].id[:1].isupper()
        ):
            yield node.lineno, f"{node.func.id}: give it a queryset that passed a door."


def _below(node: ast.AST) -> Iterator[ast.AST]:
    """What stands further left in the same chain."""
    if _chain(node):
        while isinstance(node, ast.Call | ast.Attribute):
            node = node.func if isinstance(node, ast.Call) else node.value
            yield node


def long_functions(source: str) -> Iterator[Finding]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > LONGEST_FUNCTION:
                yield node.lineno, f"{node.name} has {lines} lines: make two of it."


def saving_model(source: str) -> Iterator[Finding]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef) and node.name in {"save", "delete"}:
            yield node.lineno, f"def {node.name}: rules belong in a service, invariants in Meta."


def user_data_as_arguments(source: str) -> Iterator[Finding]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.keyword) and node.arg is None:
            text = ast.unparse(node.value)
            if re.search(r"request\.|\.GET|\.POST", text):
                yield node.value.lineno, f"**{text}: name the fields that a stranger may set."


def extension_in_migration(source: str) -> Iterator[Finding]:
    pattern = (
        r"(?i)create\s+extension|\w+Extension\(|create\s+collation|CreateCollation|db_collation"
    )
    for number, line in enumerate(source.splitlines(), 1):
        if re.search(pattern, line):
            yield number, "no extension and no collation: the embedded PostgreSQL has none."


def loose_template(source: str) -> Iterator[Finding]:
    """Inline script and style are dead under the content security policy; raw text is a hole."""
    findings = (
        (r"\|\s*safe(seq)?\b", "|safe: let Django escape it, or build it with format_html."),
        (r"autoescape\s+off", "autoescape off: only letters in plain text may do that."),
        (r"\sstyle\s*=", "style=: use a class of static/css; the policy forbids inline style."),
        (r"\son[a-z]+\s*=\s*[\"']", "on…=: add the listener in a script file."),
        (r"javascript:", "javascript: use a button and a script file."),
        (r"<style\b", "<style>: put it into static/css."),
    )
    text = re.sub(
        r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}", _blank, source, flags=re.DOTALL
    )
    for pattern, sentence in findings:
        for match in re.finditer(pattern, text):
            yield text.count("\n", 0, match.start()) + 1, sentence
    for match in re.finditer(r"<script\b((?:[^>\"']|\"[^\"]*\"|'[^']*')*)>", text):
        if "src=" not in match[1] and "application/json" not in match[1]:
            line = text.count("\n", 0, match.start()) + 1
            yield line, "<script> without src: put the code into a file under static/."


def _blank(match: re.Match[str]) -> str:
    return "\n" * match[0].count("\n")
