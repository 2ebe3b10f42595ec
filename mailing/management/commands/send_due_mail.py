from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from mailing.delivery.office import deliver_due
from mailing.sweeper import sweep


class Command(BaseCommand):
    help = "期限の来たメールを、ワーカーを使わずにこの場で配信します。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seconds", type=float, default=600.0, help="長くともこの秒数で終わる")

    def handle(self, *args: Any, **options: Any) -> None:
        sweep(at=timezone.now())
        tally = deliver_due(seconds=options["seconds"])
        lines = [f"{status}: {number}" for status, number in sorted(tally.items()) if number]
        self.stdout.write("\n".join(lines) or "配信するメールはありません。")
