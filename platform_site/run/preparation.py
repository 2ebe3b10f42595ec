"""What must be true before the first page is served; each step only if it is needed."""

import hashlib
import io
import logging
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command, get_commands
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor
from django.db.models.signals import post_migrate

from platform_site.run.console import Console

STATIC_STAMP = "static.stamp"


def migrate(console: Console) -> None:
    """Without new migrations only the groups and their permissions are brought up to date."""
    connection = connections[DEFAULT_DB_ALIAS]
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        with console.step(f"データベースの表を整える（{len(plan)} 件の変更）"):
            call_command("migrate", interactive=False, verbosity=0)
    else:
        _announce_migrated()
    connections.close_all()


def _announce_migrated() -> None:
    for config in apps.get_app_configs():
        if config.models_module is not None:
            post_migrate.send(
                sender=config,
                app_config=config,
                verbosity=0,
                interactive=False,
                using=DEFAULT_DB_ALIAS,
                stdout=io.StringIO(),
                apps=apps,
                plan=[],
            )


def _static_sources() -> Iterator[str]:
    for finder in get_finders():
        for path, storage in finder.list([]):
            found = Path(storage.path(path)).stat()
            yield f"{path}:{found.st_size}:{found.st_mtime_ns}"


def _static_fingerprint() -> str:
    lines = [settings.STORAGES["staticfiles"]["BACKEND"], *sorted(_static_sources())]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def collect_static(console: Console, var: Path) -> None:
    stamp = var / STATIC_STAMP
    fingerprint = _static_fingerprint()
    known = stamp.read_text() if stamp.exists() else ""
    if known == fingerprint and Path(settings.STATIC_ROOT).is_dir():
        return
    with console.step("画面の部品（CSS など）を集める"):
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)
        stamp.write_text(fingerprint)


def seed(console: Console) -> None:
    """The demo platform, once, and never outside local mode."""
    if not settings.LOCAL or get_user_model().objects.exists():
        return
    if "seed_demo" not in get_commands():
        return
    with console.step("見本のデータを入れる"):
        logging.disable(logging.INFO)  # the lines of the program stay out of the newcomer's way
        try:
            call_command("seed_demo", verbosity=0)
        finally:
            logging.disable(logging.NOTSET)
    connections.close_all()
