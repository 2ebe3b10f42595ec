"""Fill the trial environment: `manage.py seed_demo`. `make run` does it the first time."""

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from members.queries import counts_by_category
from platform_site.demo.seeding import seed_demo


class Command(BaseCommand):
    help = (
        "試用環境に、見本の会員名簿・アカウント・メールマガジンを入れます。2度目は何も変えません。"
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.LOCAL:
            raise CommandError("見本のデータは試用環境(PLATFORM_MODE=local)にだけ入れられます。")
        started = time.monotonic()
        at = timezone.now()
        seed_demo(at)
        total = counts_by_category(timezone.localdate(at)).total
        if options["verbosity"]:
            self.stdout.write(
                self.style.SUCCESS(
                    f"見本のデータを入れました({total}団体、{time.monotonic() - started:.1f}秒)。"
                )
            )
