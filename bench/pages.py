"""Service time of pages over 10,000 organisations, beside bare Django and the stock admin.

One kept connection, two web workers, warm; each page is asked in rounds, ours and the peer's in
turn. Figures are milliseconds: the median of the rounds' medians, with the lowest and highest.
"""

import http.client
import statistics
import time
from dataclasses import dataclass
from typing import Any

from bench.platform import gunicorn, manage, servers

OURS, PEER = 8901, 8902
ROUNDS = 5
PATIENCE = 120
SEARCH_WORD = "%E3%81%AA%E3%81%94%E3%81%BF"  # なごみ


@dataclass(frozen=True)
class Page:
    """One row of the table: our address, the peer's, and how many times slower we may be."""

    name: str
    path: str
    peer: str
    peer_name: str
    target_ms: float


def pages(slug: str) -> list[Page]:
    return [
        Page("home", "/", "/list/", "bare list of 20", 25),
        Page("directory, first 20 of 10,000", "/members/", "/list/", "bare list of 20", 40),
        Page("directory, search", f"/members/?q={SEARCH_WORD}", "/list/", "bare list of 20", 40),
        Page("member page", f"/members/{slug}/", f"/item/{slug}/", "bare item", 15),
        Page("magazine archive", "/newsletter/", "/list/", "bare list of 20", 25),
        Page("admin list of 10,000", "/admin/members/organization/",
             "/admin/stock/organization/", "stock admin, 100 rows", 80),
        Page("admin list, page 51", "/admin/members/organization/?p=51",
             "/admin/stock/organization/?p=51", "stock admin, 100 rows", 80),
        Page("admin search", f"/admin/members/organization/?q={SEARCH_WORD}",
             f"/admin/stock/organization/?q={SEARCH_WORD}", "stock admin, 100 rows", 100),
        Page("members as of a past day", "/members/?as_of=2019-04-01", "/list/",
             "bare list of 20", 40),
        Page("statistics of ten years",
             "/admin/members/organization/statistics/?first=2016-04-01&last=2026-03-31",
             "/admin/stock/organization/", "stock admin, 100 rows", 300),
    ]  # fmt: skip


def run(*, quick: bool = False) -> dict[str, Any]:
    """Measure every page. Returns per page our p50, the peer's, the ratio and the target."""
    with servers() as folder:
        manage("migrate", "-v0")
        slug, cookie, peer_cookie = prepare(1_000 if quick else 10_000)
        figures: dict[str, Any] = {}
        with (
            gunicorn("platform_site.wsgi", OURS, folder / "ours.log"),
            gunicorn("bench.peers.bare", PEER, folder / "peer.log"),
        ):
            for page in pages(slug):
                figures[page.name] = _compare(page, cookie, peer_cookie, 10 if quick else 30)
    return figures


def prepare(organizations: int) -> tuple[str, str, str]:
    import django  # noqa: PLC0415 -- the servers set the environment first

    django.setup()
    from bench.members import make_members, make_sessions  # noqa: PLC0415 -- as above

    return make_members(organizations), *make_sessions()


def _compare(page: Page, cookie: str, peer_cookie: str, requests: int) -> dict[str, Any]:
    ours, peer = [], []
    for _round in range(ROUNDS):
        ours.append(median_ms(OURS, page.path, cookie if "/admin/" in page.path else "", requests))
        peer_jar = peer_cookie if "/admin/" in page.peer else ""
        peer.append(median_ms(PEER, page.peer, peer_jar, requests))
    return {
        "ms": statistics.median(ours),
        "min": min(ours),
        "max": max(ours),
        "target_ms": page.target_ms,
        "peer": page.peer_name,
        "peer_ms": statistics.median(peer),
        "ratio": statistics.median(ours) / statistics.median(peer),
    }


def median_ms(port: int, path: str, cookie: str, requests: int) -> float:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"Cookie": f"session={cookie}"} if cookie else {}
    taken = []
    for number in range(requests + 5):
        started = time.perf_counter()
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise SystemExit(f"{path} on {port} answered {answer.status}")
        if number >= 5:  # the first ones warm both workers
            taken.append((time.perf_counter() - started) * 1000)
    connection.close()
    return statistics.median(taken)
