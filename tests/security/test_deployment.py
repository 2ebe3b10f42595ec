"""The settings as a server would have them."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
EXAMPLE = ROOT / ".env.example"
ASKED = re.compile(r'env\.\w+\(\s*"([A-Z_]+)"')


def example() -> dict[str, str]:
    lines = EXAMPLE.read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def manage(*arguments: str, **changed: str) -> subprocess.CompletedProcess[str]:
    """`manage.py` in a process that knows the example's variables and no others."""
    environment = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}
    return subprocess.run(
        [sys.executable, "-W", "error::SyntaxWarning", "manage.py", *arguments],
        cwd=ROOT,
        env=environment | example() | changed,
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_the_example_names_every_variable_of_the_settings_and_no_other() -> None:
    asked = set(ASKED.findall((ROOT / "platform_site" / "settings.py").read_text()))
    assert set(example()) == asked, "Keep .env.example and platform_site/settings.py equal."


def test_the_example_passes_the_deployment_check() -> None:
    result = manage("check", "--deploy", "--fail-level", "WARNING")
    assert result.returncode == 0, result.stdout + result.stderr


def test_a_weak_production_does_not_pass() -> None:
    result = manage("check", "--deploy", "--fail-level", "WARNING", SITE_URL="http://x", DEBUG="1")
    assert result.returncode != 0


def test_every_missing_variable_is_named_at_once() -> None:
    result = manage("check", SECRET_KEY="", DATABASE_URL="nonsense", SMTP_TIMEOUT_SECONDS="long")
    assert result.returncode != 0
    assert "SMTP_TIMEOUT_SECONDS" in result.stderr
    assert "DATABASE_URL" in result.stderr


def test_the_example_holds_no_usable_secret() -> None:
    assert example()["SECRET_KEY"].startswith("replace-me")


def test_cookies_are_bound_to_the_host_when_the_site_is_https() -> None:
    code = (
        "from django.conf import settings as s;"
        "print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE,"
        " s.CSRF_COOKIE_SECURE, s.SESSION_COOKIE_HTTPONLY, s.SECURE_HSTS_SECONDS,"
        " s.SESSION_COOKIE_DOMAIN, s.SESSION_COOKIE_PATH)"
    )
    result = manage("shell", "--no-imports", "-c", code)
    assert result.stdout.split() == [
        "__Host-session", "__Host-csrf", "True", "True", "True", "31536000", "None", "/",
    ], result.stderr  # fmt: skip


@pytest.mark.parametrize("name", ["SECRET_KEY", "DATABASE_URL", "REDIS_URL"])
def test_there_is_no_default_for_what_must_be_chosen(name: str) -> None:
    source = (ROOT / "platform_site" / "settings.py").read_text()
    assert re.search(rf'env\.\w+\("{name}"\)', source)


def test_settings_fit_on_five_screens() -> None:
    assert len((ROOT / "platform_site" / "settings.py").read_text().splitlines()) <= 250
