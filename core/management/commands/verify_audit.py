"""`manage.py verify_audit`: has anybody changed the trail?"""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from core.audit.verify import verify


class Command(BaseCommand):
    help = "Recompute the chain over the audit trail; exit code 1 when a row was changed by hand."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--expect",
            default="",
            metavar="HEAD",
            help="a head noted earlier elsewhere; notices that the newest rows were cut off",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        verdict = verify(options["expect"].strip())
        if not verdict.good:
            self.stderr.write(self.style.ERROR(verdict.fault))
            sys.exit(1)
        told = {"sealed": verdict.sealed, "unsealed": verdict.unsealed, "head": verdict.head}
        self.stdout.write(_("%(sealed)s rows agree with the chain.") % told)
        self.stdout.write(_("Waiting for their seal: %(unsealed)s") % told)
        self.stdout.write(_("Head of the chain: %(head)s") % told)
