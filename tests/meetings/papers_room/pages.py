"""Pages of the papers of a meeting, and what a browser would send back from them."""

import re
from datetime import UTC, datetime

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.factories.files import pdf

NOON = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


def file(name="資料1 事例の整理.pdf", data=None):
    return SimpleUploadedFile(name, pdf() if data is None else data)


def add_page(meeting):
    return reverse("meetings:papers_add", args=[meeting.public_id])


def list_page(meeting):
    return reverse("meetings:papers", args=[meeting.public_id])


def fields_of(answer):
    """What a browser would send back: every field of the page as it stands."""
    page = answer.content.decode()
    data = {}
    for tag in re.findall(r"<input\b[^>]*>", page):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        picked = "checked" in tag or not re.search(r'type="(?:radio|checkbox|file|submit)"', tag)
        if name and picked and name[1] != "csrfmiddlewaretoken":
            data.setdefault(name[1], []).append(value[1] if value else "")
    for name, options in re.findall(
        r'<select\b[^>]*\bname="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL
    ):
        chosen = re.search(r'value="([^"]*)" selected', options)
        data[name] = [chosen[1] if chosen else re.search(r'value="([^"]*)"', options)[1]]
    for name, text in re.findall(r'<textarea name="([^"]+)".*?>(.*?)</textarea>', page, re.DOTALL):
        data[name] = [text.strip()]
    return data


def choose(room, meeting, *files):
    return room.post(add_page(meeting), {"uploads": list(files), "to": "arrange"})


def go_on(room, meeting, answer, step="check", **changes):
    """Press a button of a page of the form, with fields changed."""
    data = {**fields_of(answer), "to": step, **changes}
    return room.post(add_page(meeting), data)


def at_day(year, month, day, hour):
    parts = zip(("year", "month", "day", "hour"), (year, month, day, hour), strict=True)
    return {"all-when": "at", **{f"all-publish_at_{name}": str(part) for name, part in parts}}


def act(room, paper, name, **data):
    return room.post(reverse(f"materials:{name}", args=[paper.public_id]), data)


def edit_fields(room, paper):
    address = reverse("materials:edit", args=[paper.public_id])
    return address, fields_of(room.get(address))
