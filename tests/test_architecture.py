"""Floors, rooms and habits, enforced. Every failure says how to mend it."""

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import Field

from tests import architecture_rules as rules
from tests.architecture_rules import APPS, FLOORS, LONGEST_FILE, ROOT, Rule, sources, templates

RULE_ROOMS = ("services", "queries", "querysets", "access", "emails", "models", "roster")
EDGES = ("migrations", "views", "admin", "admin_views", "forms")  # here HTTP and the clock are read
LETTERS = ("email", "mail")  # folders of letters: mail readers know no style sheets


def findings(rule: Rule, files: Iterable[Path]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{line}: {sentence}"
        for path in files
        for line, sentence in rule(path.read_text(encoding="utf-8"))
    ]


def assert_kept(rule: Rule, files: Iterable[Path]) -> None:
    found = findings(rule, files)
    assert not found, "\n" + "\n".join(found)


def test_imports_keep_the_floors_and_rooms() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, (
        f"{result.stdout}\nMove the lower module's need upstairs, or let the upper app ask the "
        "lower (docs/adr/0001-floors.md)."
    )


def test_relations_keep_the_floors() -> None:
    """A string foreign key slips past the import linter."""
    broken = []
    for model in apps.get_models(include_auto_created=True):
        own = FLOORS.get(model._meta.app_label)
        for field in model._meta.get_fields() if own is not None else ():
            target = field.related_model if isinstance(field, Field) else None
            other = FLOORS.get(target._meta.app_label) if target else None
            neighbours = other == own and target._meta.app_label != model._meta.app_label
            if other is not None and (other > own or neighbours):
                broken.append(f"{model._meta.label}.{field.name} -> {target._meta.label}")
    assert not broken, f"{broken}: turn the relation round, or let the upper app hold it."


def test_every_app_stands_on_a_floor() -> None:
    ours = {c.label for c in apps.get_app_configs() if Path(c.path).is_relative_to(ROOT)}
    ours = {label for label in ours if ".venv" not in apps.get_app_config(label).path}
    assert ours <= set(FLOORS), "Give the new app a floor in tests/architecture_rules.py."


def test_every_app_says_what_it_is_for() -> None:
    missing = [app for app in APPS if not (ROOT / app / "README.md").exists()]
    assert not missing, f"Write README.md (purpose, states, article of the bylaws) in {missing}."


def test_files_fit_on_six_screens() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in sources()
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_FILE
    }
    assert not long, f"{long}: make a package of it, split by noun."


def test_functions_fit_on_a_screen() -> None:
    assert_kept(rules.long_functions, sources())


def test_nothing_listens_to_saves() -> None:
    assert_kept(rules.model_signals, sources())


def test_nothing_is_called_safe() -> None:
    assert_kept(rules.unescaped_text, sources())


def test_only_mailing_talks_to_mail_servers() -> None:
    outside = (path for path in sources() if path.relative_to(ROOT).parts[0] != "mailing")
    assert_kept(rules.own_mail, outside)


def test_work_is_handed_to_the_worker_in_one_place() -> None:
    assert_kept(rules.eager_tasks, (path for path in sources() if path.name != "wake.py"))


def test_rules_read_no_clock() -> None:
    assert_kept(rules.clock_in_service, sources(*RULE_ROOMS, without=EDGES))


def test_rules_know_no_request() -> None:
    assert_kept(rules.request_in_rule, sources(*RULE_ROOMS, without=EDGES))


def test_services_are_called_by_keyword() -> None:
    assert_kept(rules.positional_service, sources("services"))


def test_models_have_no_business_save() -> None:
    assert_kept(rules.saving_model, sources("models"))


def test_views_reach_models_through_public_doors() -> None:
    assert_kept(rules.private_door, sources("views", without=("migrations", "admin")))


def test_no_request_becomes_arguments() -> None:
    assert_kept(rules.user_data_as_arguments, sources())


def test_migrations_name_no_extension() -> None:
    files = (path for app in APPS for path in (ROOT / app).glob("migrations/*.py"))
    assert_kept(rules.extension_in_migration, files)


def test_templates_are_strict() -> None:
    pages = (path for path in templates(".html") if not set(path.parent.parts) & set(LETTERS))
    assert_kept(rules.loose_template, pages)


def test_no_test_is_skipped() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {word}"
        for path in sorted((ROOT / "tests").rglob("*.py"))
        if path != Path(__file__)
        for word in ("pytest.skip", "mark.skip", "mark.xfail", "pytest.xfail", "importorskip")
        if word in path.read_text(encoding="utf-8")
    ]
    assert not found, f"{found}: make the test run everywhere, or remove it."


# --- the rules themselves, seen to bite ---------------------------------------------------------

PLANTED = [
    (rules.model_signals, "from django.db.models.signals import post_save"),
    (rules.model_signals, "signals.m2m_changed.connect(f)"),
    (rules.unescaped_text, "from django.utils.safestring import mark_safe"),
    (rules.own_mail, "from django.core.mail import send_mail"),
    (rules.own_mail, "import smtplib"),
    (rules.eager_tasks, "deliver.delay(1)"),
    (rules.eager_tasks, "deliver.apply_async(args=[1])"),
    (rules.clock_in_service, "def f():\n    return timezone.now()"),
    (rules.clock_in_service, "def f():\n    return timezone.localdate()"),
    (rules.unescaped_text, "x = SafeString(text)"),
    (rules.request_in_rule, "def f(*, request): ..."),
    (rules.request_in_rule, "from django.http import HttpRequest"),
    (rules.positional_service, "def approve(issue, *, at): ..."),
    (rules.saving_model, "class A:\n    def save(self): ..."),
    (rules.private_door, "x = Issue.objects.filter(number=1).first()"),
    (rules.private_door, "x = Issue.objects.get(pk=1)"),
    (rules.private_door, "x = get_object_or_404(Issue, pk=1)"),
    (rules.private_door, "x = list(Issue.objects.all())"),
    (rules.private_door, "x = get_object_or_404(Issue.objects.all(), pk=1)"),
    (rules.user_data_as_arguments, "Model.objects.filter(**request.GET.dict())"),
    (rules.extension_in_migration, "operations = [TrigramExtension()]"),
    (rules.extension_in_migration, "RunSQL('CREATE EXTENSION btree_gist')"),
    (rules.loose_template, "{{ text|safe }}"),
    (rules.loose_template, "{% autoescape off %}"),
    (rules.loose_template, '<p style="color:red">'),
    (rules.loose_template, "<script>alert(1)</script>"),
    (rules.loose_template, '<a onclick="x()">'),
    (rules.loose_template, '<a href="javascript:x()">'),
    (rules.long_functions, "def f():\n" + "    pass\n" * 41),
]


@pytest.mark.parametrize(("rule", "source"), PLANTED)
def test_a_planted_breach_is_found(rule: Rule, source: str) -> None:
    assert len(list(rule(source))) == 1


LAWFUL = [
    (rules.private_door, "x = get_object_or_404(Issue.objects.public(), number=1)"),
    (rules.private_door, "x = A.objects.active_on(d).for_public_display().filter(slug=s)"),
    (rules.private_door, "x = F(request.GET, queryset=A.objects.all())"),
    (rules.loose_template, '<script src="{% static "a.js" %}" defer></script>'),
    (rules.loose_template, '<script type="application/json">{}</script>'),
    (rules.loose_template, '<body class="a" data-style="b">{# style="x" #}'),
    (rules.positional_service, "def locked(user): ...\ndef approve(*, issue, at): ..."),
    (rules.clock_in_service, "def f(*, at):\n    return timezone.localdate(at)"),
]


@pytest.mark.parametrize(("rule", "source"), LAWFUL)
def test_what_is_lawful_passes(rule: Rule, source: str) -> None:
    assert list(rule(source)) == []
