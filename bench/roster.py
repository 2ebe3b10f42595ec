"""How long does a list of ten thousand organisations take, in and out, and how much memory?

Beside it, in the same run: the file read and written by openpyxl, and the organisations saved one
by one through the ORM, as a generic import does. CPU seconds (ours and the database's) stand
beside the wall clock, since other work on the machine spoils only the latter.
"""

import importlib
import io
import json
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import xlsxwriter

from bench.platform import manage, servers

ORGANIZATIONS, FEW = 10_000, 1_000
ONE_BY_ONE = 500
PREFECTURES = ("北海道", "宮城県", "東京都", "長野県", "愛知県", "大阪府", "広島県", "沖縄県")
FIELDS = ("1", "2、13", "12、15、16", "19")
AT = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
HEADINGS = (
    "No.", "区分", "団体名", "フリガナ", "法人格", "法人番号", "団体コード", "郵便番号", "都道府県",
    "所在地", "電話番号", "URL", "活動分野", "代表者役職", "代表者名", "担当部署", "担当者名",
    "担当者フリガナ", "メールアドレス", "メルマガ", "入会日", "備考",
)  # fmt: skip
DEMO = Path(__file__).parents[1] / "platform_site" / "demo" / "roster-2022-06-15.xlsx"
_PAGE_KB = os.sysconf("SC_PAGE_SIZE") // 1024
_TICKS = os.sysconf("SC_CLK_TCK")


def list_lines(organizations: int) -> Iterator[list[object]]:
    """Like the secretariat's list; one organisation in ten has a second contact."""
    for number in range(1, organizations + 1):
        prefecture = PREFECTURES[number % len(PREFECTURES)]
        for contact in range(2 if number % 10 == 0 else 1):
            yield [
                number if contact == 0 else "", "会員",
                f"特定非営利活動法人見本{number:05}のあかり", f"ミホン{number:05}ノアカリ",
                "NPO法人", "", "", f"{number % 1000:03}-{number % 10000:04}", prefecture,
                f"{prefecture}見本市中央{number % 9 + 1}丁目{number % 30}−1",
                f"０３－{number % 10000:04}－{number % 9999:04}",
                f"https://www.org{number}.example/", FIELDS[number % len(FIELDS)], "理事長",
                f"代表　{number}", "事務局", f"髙橋　{number}の{contact}", "タカハシ",
                f"contact{contact}@org{number}.example",
                "希望する" if number % 7 else "希望しない", "令和4年2月25日", "",
            ]  # fmt: skip


def write_list(path: Path, organizations: int) -> int:
    book = xlsxwriter.Workbook(path, {"constant_memory": True})
    sheet = book.add_worksheet("会員名簿")
    sheet.write_row(0, 0, HEADINGS)
    line = 0
    for line, cells in enumerate(list_lines(organizations), start=1):
        sheet.write_row(line, 0, cells)
    book.close()
    return line


class Gauge:
    """Wall clock, CPU of this process and of its database connection, highest resident size."""

    def __init__(self, backend: int) -> None:
        self.backend = backend

    def _backend_cpu(self) -> float:
        fields = Path(f"/proc/{self.backend}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    @contextmanager
    def _peak(self) -> Iterator[list[float]]:
        peak, stop = [0.0], threading.Event()

        def watch() -> None:
            while not stop.wait(0.02):
                pages = int(Path("/proc/self/statm").read_text().split()[1])
                peak[0] = max(peak[0], pages * _PAGE_KB / 1024)

        watcher = threading.Thread(target=watch, daemon=True)
        watcher.start()
        try:
            yield peak
        finally:
            stop.set()
            watcher.join()

    def measure(self, act: Callable[[], Any]) -> tuple[dict[str, float], Any]:
        with self._peak() as peak:
            wall, cpu, backend = time.perf_counter(), time.process_time(), self._backend_cpu()
            result = act()
            figures = {
                "s": round(time.perf_counter() - wall, 2),
                "cpu_s": round(time.process_time() - cpu, 2),
                "database_cpu_s": round(self._backend_cpu() - backend, 2),
            }
        return figures | {"peak_mb": round(peak[0])}, result


def _house(name: str) -> Any:
    """Modules of the platform can be loaded only when its servers are up."""
    return importlib.import_module(name)


def take_in(data: bytes) -> Any:
    """As a person does it: look at the preview, then have it written if there is anything."""
    reading, planning = _house("members.roster.reading"), _house("members.roster.plan")
    plan = planning.plan_roster(reading.read_roster(data), actor=None, at=AT)
    plan.as_json()
    if plan.work.is_empty():
        return plan
    return _house("members.roster.apply").apply_roster(
        data, filename="bench.xlsx", digest=plan.digest(), actor=None, at=AT
    )


def save_one_by_one() -> None:
    models = _house("members.models")
    for number, cells in zip(range(ONE_BY_ONE), list_lines(ONE_BY_ONE), strict=False):
        organization = models.Organization(kind="npo", name=f"{cells[2]} {number} 別", phone="")
        organization.full_clean()
        organization.save()
        person = models.Person.objects.create(name=str(cells[16]))
        models.Membership.objects.create(
            organization=organization, category="regular", number=f"X{number}", valid_from=TODAY
        )
        models.Affiliation.objects.create(
            organization=organization, person=person, valid_from=TODAY
        )


def _read_openpyxl(data: bytes) -> int:
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
    rows = sum(1 for _row in book.active.iter_rows(values_only=True))
    book.close()
    return rows


def _write_openpyxl(organizations: int) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(HEADINGS)
    for cells in list_lines(organizations):
        sheet.append(cells)
    book.save(io.BytesIO())


def _take_back(gauge: Gauge, sets: Any, made: Any, report: dict[str, Any]) -> Any:
    figures, back = gauge.measure(lambda: sets.revert(made, actor=None, at=AT))
    report["taking the import back"] = figures | {"rows": back.rows}
    return back


def measure(organizations: int) -> dict[str, Any]:
    """Figures of a platform that is set up and has no members."""
    connection = _house("django.db").connection
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        gauge = Gauge(cursor.fetchone()[0])
    changes = _house("core.audit.models").Change.objects
    reading, export = _house("members.roster.reading"), _house("members.roster.export")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.xlsx"
        rows = write_list(path, organizations)
        data = path.read_bytes()
    report: dict[str, Any] = {"organizations": organizations, "rows": rows}
    report["read, with all checks"], _table = gauge.measure(lambda: reading.read_roster(data))
    report["read, openpyxl read-only (peer)"], _n = gauge.measure(lambda: _read_openpyxl(data))
    report["import, preview included (≤ 20 s, ≤ 400 MB)"], plan = gauge.measure(
        lambda: take_in(data)
    )
    if plan.counts()["create"] != rows:
        raise SystemExit(f"not everything was taken in: {plan.counts()}")
    recorded = changes.count()
    report["changes recorded by the import"] = recorded
    report["second import (≤ 5 s)"], _plan = gauge.measure(lambda: take_in(data))
    report["writes of the second import (0)"] = changes.count() - recorded
    sets = _house("core.audit.changesets")
    report["preview of taking it back"], _plan = gauge.measure(lambda: sets.plan_revert(plan.made))
    back = _take_back(gauge, sets, plan.made, report)
    report["that taken back in its turn"], _set = gauge.measure(
        lambda: sets.revert(back, actor=None, at=AT)
    )
    report["export xlsx (≤ 5 s)"], _file = gauge.measure(
        lambda: export.build_roster(form="xlsx", as_of=TODAY)
    )
    report["export csv"], _file = gauge.measure(
        lambda: export.build_roster(form="csv", as_of=TODAY)
    )
    report["write xlsx, openpyxl write-only (peer)"], _n = gauge.measure(
        lambda: _write_openpyxl(organizations)
    )
    report[f"save {ONE_BY_ONE} organisations one by one (peer)"], _n = gauge.measure(
        save_one_by_one
    )
    return report


def _demo_list() -> dict[str, Any]:
    """The 257 rows of the demo list, in one command of its own as a person starts it."""
    started = time.perf_counter()
    manage("import_members", str(DEMO))
    return {"s": round(time.perf_counter() - started, 2)}


def run(*, quick: bool = False) -> dict[str, Any]:
    with servers():
        manage("migrate", "--verbosity", "0")
        _house("django").setup()
        figures = measure(FEW if quick else ORGANIZATIONS)
    with servers():
        manage("migrate", "--verbosity", "0")
        figures["demo list by command, start included (≤ 3 s)"] = _demo_list()
    return figures


if __name__ == "__main__":
    json.dump(run(quick="--quick" in sys.argv), sys.stdout, ensure_ascii=False, indent=2)
