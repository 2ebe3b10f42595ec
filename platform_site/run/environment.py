"""What the processes of a local platform are told through the environment.

Read before Django: `manage.py` calls `adopt`, so this module imports neither Django nor settings.
"""

import argparse
import os
import secrets
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from environs import Env

PROJECT = Path(__file__).resolve().parent.parent.parent
DEFAULT_PORT = 8000
SERVICES = ("DATABASE_URL", "REDIS_URL", "EMAIL_URL")
NAMES = (*SERVICES, "PLATFORM_MODE", "SECRET_KEY", "SITE_URL", "MAILBOX_DIR", "FILES_DIR")
OWN = "PLATFORM_OWN_SERVICES"  # which servers `run` brings itself, for `run` alone


def _var() -> Path:
    return Path(os.environ.get("PLATFORM_VAR") or PROJECT / "var")


@dataclass(frozen=True)
class Layout:
    """Where a checkout keeps what it makes while running."""

    var: Path = field(default_factory=_var)

    @property
    def logs(self) -> Path:
        return self.var / "log"

    @property
    def mailbox(self) -> Path:
        return self.var / "mail"

    @property
    def files(self) -> Path:
        return self.var / "files"

    @property
    def shared_environment(self) -> Path:
        """What a second terminal needs to reach the running platform."""
        return self.var / "local.env"


def _port(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(add_help=False, exit_on_error=False)
    parser.add_argument("--port", type=int, default=DEFAULT_PORT)
    try:
        return int(parser.parse_known_args(list(arguments))[0].port)
    except argparse.ArgumentError:
        return DEFAULT_PORT


def _secret_key(layout: Layout) -> str:
    """Kept in var/, so that sessions and one-time codes outlive a restart."""
    path = layout.var / "secret-key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(50))
    return path.read_text(encoding="ascii").strip()


def _local_defaults(layout: Layout, port: int) -> dict[str, str]:
    # Imported here because only `run` needs servers; every other command starts without them.
    from platform_site.embedded.child import humble_account  # noqa: PLC0415
    from platform_site.embedded.places import run_folder  # noqa: PLC0415
    from platform_site.embedded.smtp import free_port  # noqa: PLC0415

    sockets = run_folder(layout.var, humble_account())
    return {
        "PLATFORM_MODE": "local",
        "SECRET_KEY": _secret_key(layout),
        "SITE_URL": f"http://127.0.0.1:{port}",
        "DATABASE_URL": f"postgresql://postgres@{quote(str(sockets / 'pg'), safe='')}/platform",
        "REDIS_URL": f"unix://{sockets / 'redis' / 'redis.sock'}",
        "EMAIL_URL": f"smtp://127.0.0.1:{free_port()}",
        "FILES_DIR": str(layout.files),
    }


def _for_run(layout: Layout, port: int) -> None:
    defaults = _local_defaults(layout, port)
    own = [name for name in SERVICES if not os.environ.get(name)]
    if "EMAIL_URL" in own and os.environ.get("PLATFORM_MODE", "local") == "local":
        defaults["MAILBOX_DIR"] = str(layout.mailbox)
    for name, value in defaults.items():
        if not os.environ.get(name):
            os.environ[name] = value
    os.environ[OWN] = " ".join(own)


def _take_over(file: Path) -> None:
    """What a file says about servers and addresses; the environment itself has precedence."""
    env = Env()
    env.read_env(str(file), recurse=False)
    for name in NAMES:
        if value := env.str(name, ""):
            os.environ[name] = value


def adopt(argv: Sequence[str]) -> None:
    """Set what is missing: for `run` a local platform, for other commands the one running here."""
    layout = Layout()
    _take_over(PROJECT / ".env")
    if len(argv) > 1 and argv[1] == "run":
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # every start would take twice as long
        sys.dont_write_bytecode = False
        _for_run(layout, _port(argv[2:]))
    elif not os.environ.get("DATABASE_URL"):
        _take_over(layout.shared_environment)


def share(layout: Layout) -> None:
    """For commands in a second terminal, as long as the platform runs."""
    given = {name: os.environ.get(name) for name in NAMES}
    handle = os.open(layout.shared_environment, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.writelines(f"{name}='{value}'\n" for name, value in given.items() if value)
