"""Fifty megabytes through the door: up, down, a part of it, and as one zip.

What a web worker grows by is told beside the time: the peak of its memory while it happens, less
what it had before. The kernel counts both (VmRSS and VmHWM), of all workers together.
"""

import http.client
import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.platform import gunicorn, manage, servers

PORT = 8903
MEGABYTE = 1024 * 1024
SIZE = 50 * MEGABYTE
MOST_GROWTH_MB = 20
_BOUNDARY = "bench-boundary"


@dataclass(frozen=True)
class Places:
    cookie: str
    door: str
    replace: str
    zip: str


def run(*, quick: bool = False) -> dict[str, Any]:
    """Per way of a file: seconds, megabytes a second, and what the workers grew by."""
    with servers() as folder:
        manage("migrate", "-v0")
        places = _prepare()
        with gunicorn("platform_site.wsgi", PORT, folder / "ours.log"):
            for _warm in range(8):
                _ask("GET", places.replace, places.cookie)
            figures = {}
            for name, act in _acts(places):
                rounds = [_measured(act) for _round in range(1 if quick else 5)]
                figures[name] = sorted(rounds, key=lambda one: one["seconds"])[len(rounds) // 2] | {
                    "grew_mb": max(one["grew_mb"] for one in rounds),
                    "most_mb": float(MOST_GROWTH_MB),
                }
    return figures


def _acts(places: Places) -> list[tuple[str, Any]]:
    def down(path: str, **headers: str) -> Any:
        return lambda: _ask("GET", path, places.cookie, headers=headers)[1]

    return [
        ("upload of 50 MB, checked and kept", lambda: _upload(places)),
        ("download of 50 MB", down(places.door)),
        ("its second half", down(places.door, Range=f"bytes={SIZE // 2}-")),
        ("all papers of the meeting as one zip", down(places.zip)),
    ]


def _measured(act: Any) -> dict[str, float]:
    workers = _workers()
    for pid in workers:
        Path(f"/proc/{pid}/clear_refs").write_text("5")  # begins the peak anew
    before = {pid: _memory(pid, "VmRSS") for pid in workers}
    started = time.perf_counter()
    size = act()
    seconds = time.perf_counter() - started
    grew = max(_memory(pid, "VmHWM") - before[pid] for pid in workers)
    return {
        "seconds": seconds, "mb_per_second": size / MEGABYTE / seconds, "grew_mb": grew / 1024
    }  # fmt: skip


def _memory(pid: int, name: str) -> int:
    """Kilobytes, as the kernel tells them."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(rf"^{name}:\s+([0-9]+) kB", status, re.MULTILINE)[1])


def _workers() -> list[int]:
    """The processes of the web server that this bench has started."""
    parents = dict(_processes())
    masters = [
        pid
        for pid, parent in parents.items()
        if parent == os.getpid() and b"gunicorn" in Path(f"/proc/{pid}/cmdline").read_bytes()
    ]
    return [pid for pid, parent in parents.items() if parent in masters]


def _processes() -> Iterator[tuple[int, int]]:
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            yield int(entry.name), int(fields[1])


def _ask(
    method: str, path: str, cookie: str, body: bytes = b"", headers: dict[str, str] | None = None
) -> tuple[bytes, int]:
    """The beginning of the answer, and how long it was."""
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
    connection.request(method, path, body or None, {"Cookie": cookie, **(headers or {})})
    answer = connection.getresponse()
    first = answer.read(MEGABYTE)
    size = len(first)
    while chunk := answer.read(MEGABYTE):
        size += len(chunk)
    connection.close()
    if answer.status not in {200, 206, 302}:
        raise SystemExit(f"{method} {path} answered {answer.status}: {first[-2000:].decode()}")
    return first, size


def _upload(places: Places) -> int:
    """Replace the paper by the form that leads use, each time by another file."""
    page = _ask("GET", places.replace, places.cookie)[0].decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
    field = re.search(r'<input type="file" name="([^"]+)"', page)[1]
    version = re.search(r'name="version" value="([0-9]+)"', page)[1]
    values = {"csrfmiddlewaretoken": token, "reason": "見本の差替", "version": version}
    parts = [
        f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'
        for key, value in values.items()
    ]
    file = f'name="{field}"; filename="big.pdf"\r\nContent-Type: application/pdf'
    parts.append(f"--{_BOUNDARY}\r\nContent-Disposition: form-data; {file}\r\n\r\n")
    body = "".join(parts).encode() + pdf(SIZE, int(version)) + f"\r\n--{_BOUNDARY}--\r\n".encode()
    headers = {"Content-Type": f"multipart/form-data; boundary={_BOUNDARY}"}
    first, _size = _ask("POST", places.replace, f"{places.cookie}; csrf={token}", body, headers)
    if first:
        raise SystemExit(f"the upload was not taken: {first.decode()[-2000:]}")
    return SIZE


def pdf(size: int, number: int) -> bytes:
    head, foot = f"%PDF-1.7\n%{number}\n".encode(), b"\n%%EOF\n"
    return head + b"x" * (size - len(head) - len(foot)) + foot


def _prepare() -> Places:
    import django  # noqa: PLC0415 -- the servers set the environment first

    django.setup()
    from bench.files_fill import make_lead  # noqa: PLC0415 -- as above

    session, paper, meeting = make_lead(pdf(SIZE, 0))
    return Places(
        cookie=f"session={session}",
        door=f"/materials/{paper.public_id}/",
        replace=f"/materials/{paper.public_id}/replace/",
        zip=f"/meetings/{meeting.public_id}/papers.zip",
    )
