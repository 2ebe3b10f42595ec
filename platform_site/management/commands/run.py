"""Everything from one terminal: embedded servers, web, worker, beat."""

import sys
from argparse import ArgumentParser

from django.core.management.base import BaseCommand

from platform_site.run.console import Console
from platform_site.run.environment import DEFAULT_PORT
from platform_site.run.launch import Launch


class Command(BaseCommand):
    """See `platform_site.run.launch`; the environment was prepared by `manage.py`."""

    help = "プラットフォームのすべてのプロセスを起動する（Ctrl-C で止まる）"
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=DEFAULT_PORT)

    def handle(self, **options: object) -> None:
        port = int(str(options["port"]))
        sys.exit(Launch(port=port, console=Console()).run())
