"""Write the member list to a file: `manage.py export_members 会員名簿.xlsx --as-of 2022-06-15`."""

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from core.audit.context import acting
from core.japan.calendar import parse_date
from members.roster.columns import Column
from members.roster.export import Format, export_roster


class Command(BaseCommand):
    help = "会員名簿を書き出します。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="書き出すファイル")
        parser.add_argument("--format", choices=["xlsx", "csv"], help="省けば拡張子から決めます")
        parser.add_argument("--encoding", choices=["utf-8-sig", "cp932"], default="utf-8-sig")
        parser.add_argument("--as-of", help="いつの名簿か(例 2022-06-15、R4.6.15)。省けば今日")

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(options["file"])
        at = timezone.now()
        with acting(name="export_members", why="名簿の書き出し"):
            file = export_roster(
                form=_form(path, options["format"], options["encoding"]),
                as_of=_day(options["as_of"]) or timezone.localdate(at),
                actor=None,
                at=at,
            )
        try:
            path.write_bytes(file.content)
        except OSError as error:
            raise CommandError(f"ファイルに書き込めません: {path}") from error
        names = list(Column)
        for cell in file.lossy:
            self.stdout.write(
                f"{cell.row}行目「{names[cell.column - 1]}」の"
                f"「{cell.characters}」はこの文字コードで表せません: {cell.text}"
            )
        self.stdout.write(
            self.style.SUCCESS(f"{path} に{file.rows}行を書き出しました。")
            + (f"表せない文字のある欄: {len(file.lossy)}" if file.lossy else "")
        )


def _form(path: Path, form: str | None, encoding: str) -> Format:
    form = form or ("csv" if path.suffix.lower() == ".csv" else "xlsx")
    if form == "xlsx":
        return "xlsx"
    return "csv-cp932" if encoding == "cp932" else "csv"


def _day(text: str | None) -> date | None:
    try:
        return parse_date(text) if text else None
    except ValueError as error:
        raise CommandError(str(error)) from error
