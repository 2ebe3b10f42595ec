"""Take in the secretariat's member list: `manage.py import_members 会員名簿.xlsx`."""

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import User
from core.japan.wrapping import columns
from members.roster.apply import apply_roster
from members.roster.errors import RosterRefusedError, UnreadableFileError
from members.roster.files import MAX_FILE_BYTES, check_size
from members.roster.plan import plan_roster
from members.roster.reading import read_roster
from members.roster.work import Outcome, Plan, RowReport

_WORDS = {
    Outcome.CREATE: "新規",
    Outcome.UPDATE: "更新",
    Outcome.UNCHANGED: "変更なし",
    Outcome.REFUSED: "取込不可",
}
REFUSED, UNREADABLE = 1, 2
_BAR = 30
_MOST_ROWS = 200


class Command(BaseCommand):
    help = "会員名簿(.xlsx / .csv)を取り込みます。取込不可の行が1つでもあれば、何も書き込みません。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="会員名簿のファイル")
        parser.add_argument(
            "--dry-run", action="store_true", help="書き込まずに、何が変わるかだけを表示します"
        )
        parser.add_argument("--actor", metavar="EMAIL", help="誰の操作として記録するか")

    def handle(self, *args: Any, **options: Any) -> None:
        actor = _actor(options["actor"])
        path = Path(options["file"])
        at = timezone.now()
        started = time.monotonic()
        try:
            data = _content(path)
            plan = plan_roster(read_roster(data), actor=actor, at=at, progress=self._progress)
            if not (options["dry_run"] or plan.refused or plan.work.is_empty()):
                plan = apply_roster(
                    data, filename=path.name, digest=plan.digest(), actor=actor, at=at
                )
        except UnreadableFileError as error:
            raise CommandError(str(error), returncode=UNREADABLE) from error
        except RosterRefusedError as error:
            raise CommandError(str(error), returncode=REFUSED) from error
        self._tell(plan, dry_run=options["dry_run"], seconds=time.monotonic() - started)

    def _progress(self, done: int, total: int) -> None:
        """Only for a person who watches: a log stays a log."""
        if not self.stderr.isatty():
            return
        filled = _BAR * done // total
        end = "\n" if done == total else ""
        bar = "#" * filled + "." * (_BAR - filled)
        self.stderr.write(f"\r確認 [{bar}] {done:,}/{total:,}団体", ending=end)
        self.stderr.flush()

    def _tell(self, plan: Plan, *, dry_run: bool, seconds: float) -> None:
        for notice in plan.notices:
            self.stdout.write(f"お知らせ: {notice}")
        told = [row for row in plan.reports if _worth_telling(row)]
        for row in told[:_MOST_ROWS]:
            self.stdout.write(_line(row))
        if len(told) > _MOST_ROWS:
            self.stdout.write(f"… ほか{len(told) - _MOST_ROWS}行")
        counts = plan.counts()
        self.stdout.write("")
        self.stdout.write(f"{_pad('結果', 10)}{'行数':>6}")
        for outcome, word in _WORDS.items():
            self.stdout.write(f"{_pad(word, 10)}{counts[outcome.value]:>8}")
        self.stdout.write(f"{_pad('合計', 10)}{counts['rows']:>8}({counts['entries']}団体)")
        self._conclude(plan, dry_run=dry_run, seconds=seconds)

    def _conclude(self, plan: Plan, *, dry_run: bool, seconds: float) -> None:
        if plan.refused:
            raise CommandError(
                f"取り込めない行が{len(plan.refused)}行あるため、何も書き込んでいません。"
                "ファイルを直して、もう一度取り込んでください。",
                returncode=REFUSED,
            )
        if plan.work.is_empty():
            self.stdout.write(self.style.SUCCESS(f"変更はありません({seconds:.1f}秒)。"))
        elif dry_run:
            self.stdout.write("確認だけ行いました。何も書き込んでいません。")
        else:
            self.stdout.write(self.style.SUCCESS(f"書き込みました({seconds:.1f}秒)。"))


def _actor(email: str | None) -> User | None:
    if email is None:
        return None
    actor = User.objects.filter(email=email.lower(), is_active=True).first()
    if actor is None:
        raise CommandError(f"{email} というアカウントはありません。")
    return actor


def _content(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size <= MAX_FILE_BYTES and path.is_file():
            return path.read_bytes()
    except OSError as error:
        raise CommandError(f"ファイルを開けません: {path}", returncode=UNREADABLE) from error
    check_size(size)
    raise CommandError(f"ファイルではありません: {path}", returncode=UNREADABLE)


def _worth_telling(row: RowReport) -> bool:
    return row.outcome in {Outcome.UPDATE, Outcome.REFUSED} or bool(row.notices)


def _line(row: RowReport) -> str:
    changes = [f"{name}: {old or '(空欄)'} → {new}" for name, old, new in row.changes]
    what = " / ".join([*row.reasons, *changes, *row.notices])
    return f"{row.number:>6}行目 {_pad(_WORDS[row.outcome], 8)} {row.name} {what}"


def _pad(word: str, width: int) -> str:
    """Full-width letters take two columns of a terminal."""
    return word + " " * max(0, width - columns(word))
