"""Subcommittees, meetings and papers as a member reads them: pages, the door, the search.

Fifty bodies, 5,000 meetings, 40,000 papers, 3,000 people; the reader sits in six bodies. Figures
are milliseconds of service time with two web workers, the median of the rounds' medians.
"""

import statistics
import time
from typing import Any
from urllib.parse import quote

from bench.pages import OURS, ROUNDS, median_ms
from bench.platform import gunicorn, manage, servers

MILLISECONDS = 1000


def run(*, quick: bool = False) -> dict[str, Any]:
    """Per page p50, lowest, highest and limit; what the question of rights costs at the door."""
    with servers() as folder:
        manage("migrate", "-v0")
        cookie, places = _prepare(0.1 if quick else 1.0)
        figures: dict[str, Any] = {"what the rights cost at the door": _rights(50)}
        figures |= _searches(20)
        with gunicorn("platform_site.wsgi", OURS, folder / "ours.log"):
            for name, path, limit in places:
                rounds = [
                    median_ms(OURS, path, cookie, 10 if quick else 30) for _round in range(ROUNDS)
                ]
                figures[name] = {
                    "ms": statistics.median(rounds),
                    "min": min(rounds),
                    "max": max(rounds),
                    "target_ms": limit,
                }
    return figures


def _prepare(share: float) -> tuple[str, list[tuple[str, str, float]]]:
    import django  # noqa: PLC0415 -- the servers set the environment first

    django.setup()
    from bench.papers_fill import make_papers  # noqa: PLC0415 -- as above
    from meetings.choices import Audience  # noqa: PLC0415 -- as above
    from meetings.models import Material, Seat  # noqa: PLC0415 -- as above

    user, cookie = make_papers(share=share)
    seat = Seat.objects.filter(organization__affiliations__person__user=user).order_by("body")[0]
    paper = Material.objects.filter(body=seat.body, audience=Audience.BODY).order_by("-pk")[0]
    assert paper.meeting is not None
    return cookie, [
        ("subcommittees", "/subcommittees/", 25),
        ("subcommittee page", f"/subcommittees/{seat.body.subcommittee.number}/", 25),
        ("meeting page", f"/meetings/{paper.meeting.public_id}/", 15),
        ("what can I open", "/my/papers/", 40),
        ("search, frequent word", f"/materials/search/?q={quote('相談')}", 100),
        ("search, two words", f"/materials/search/?q={quote('相談 研修')}", 100),
        ("search, rare word", f"/materials/search/?q={quote('夜間保育')}", 100),
        ("material door, 400 kB", f"/materials/{paper.public_id}/", 15),
    ]


def _rights(times: int) -> dict[str, float]:
    """One paper fetched with and without the question who may open it, in turn."""
    from django.utils import timezone  # noqa: PLC0415 -- after the servers

    from accounts.models import User  # noqa: PLC0415 -- as above
    from meetings.models import Material  # noqa: PLC0415 -- as above
    from meetings.queries import reader_of  # noqa: PLC0415 -- as above

    user, now = User.objects.get(email="reader@example.jp"), timezone.now()
    day = timezone.localdate(now)
    keys = Material.objects.visible_to(reader_of(user, day), now).values_list(
        "public_id", flat=True
    )
    asked: list[float] = []
    bare: list[float] = []
    for key in keys[:times]:
        started = time.perf_counter()
        Material.objects.visible_to(reader_of(user, day), now).get(public_id=key)
        between = time.perf_counter()
        Material.objects.get(public_id=key)
        asked.append((between - started) * MILLISECONDS)
        bare.append((time.perf_counter() - between) * MILLISECONDS)
    with_rights, without = statistics.median(asked), statistics.median(bare)
    return {
        "ms": with_rights - without,
        "asked_ms": with_rights,
        "bare_ms": without,
        "target_ms": 5,
    }


def _searches(times: int) -> dict[str, dict[str, float]]:
    """Keys of what was found, capped count included, inside the database; 100,000 passages."""
    from django.utils import timezone  # noqa: PLC0415 -- after the servers

    from accounts.models import User  # noqa: PLC0415 -- as above
    from meetings.pairs import words_of  # noqa: PLC0415 -- as above
    from meetings.queries import reader_of  # noqa: PLC0415 -- as above
    from meetings.queries.search import search  # noqa: PLC0415 -- as above

    user, now = User.objects.get(email="reader@example.jp"), timezone.now()
    reader = reader_of(user, timezone.localdate(now))
    figures = {}
    for name, query in (("frequent", "相談"), ("two", "相談 研修"), ("rare", "夜間保育")):
        words = words_of(query)
        taken = []
        for _time in range(times):
            started = time.perf_counter()
            found = search(words, reader=reader, at=now)
            taken.append((time.perf_counter() - started) * MILLISECONDS)
        figures[f"search in the database, {name}"] = {
            "ms": statistics.median(taken), "found": found.total, "target_ms": 50,
        }  # fmt: skip
    return figures
