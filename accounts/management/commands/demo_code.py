from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.demo import demo_code
from core.errors import DomainError


class Command(BaseCommand):
    help = "見本の利用者がいまログインに使える確認コードを表示します。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", metavar="EMAIL", help="見本の利用者のメールアドレス")

    def handle(self, *args: Any, email: str, **options: Any) -> None:
        try:
            found = demo_code(email.strip().lower())
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(found.code)
        self.stderr.write(f"(あと {found.seconds_left} 秒使えます。1つのコードは1回だけ有効です。)")
