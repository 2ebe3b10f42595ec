"""The style sheets keep the promises of the design language."""

import gzip
import re
from pathlib import Path

import pytest

from tools import bundle_css

CSS = Path(bundle_css.CSS)
PAGES = Path(bundle_css.CSS).parent.parent / "templates"
FIRST_LOAD_BYTES = 100 * 1024

GROUNDS = ("bg", "surface", "surface-sunken")
SOFT = (
    "primary-soft", "accent-soft", "danger-soft", "success-soft", "warning-soft", "info-soft",
)  # fmt: skip
EVERYWHERE = ("text", "text-muted", "link-visited")
OWN_SOFT = ("primary", "accent", "danger", "success", "warning", "info")
CATEGORIES = ("cat-regular", "cat-supporting", "cat-cooperating")

TEXT_PAIRS = (
    [(text, ground) for text in EVERYWHERE for ground in GROUNDS + SOFT]
    + [(text, ground) for text in OWN_SOFT for ground in (*GROUNDS, f"{text}-soft")]
    + [("link", ground) for ground in (*GROUNDS, "primary-soft")]
    + [("link-hover", ground) for ground in GROUNDS]
    + [(name, f"{name}-soft") for name in CATEGORIES]
    + [("on-primary", "primary"), ("on-primary", "primary-hover")]
    + [("on-danger", "danger"), ("on-danger", "danger-hover")]
)
SHAPE_PAIRS = [
    (shape, ground)
    for shape in (
        "border-strong", "focus", "accent-mark", "c1", "c2", "c3", "c4", "c5", "c6",
        "cat-regular-mark", "cat-supporting-mark", "cat-cooperating-mark",
    )
    for ground in GROUNDS
]  # fmt: skip


def block(opening: str) -> dict[str, str]:
    """The custom properties between `opening` and the next closing brace."""
    source = re.sub(
        r"/\*.*?\*/", "", (CSS / "tokens.css").read_text(encoding="utf-8"), flags=re.DOTALL
    )
    body = source.split(opening, 1)[1].split("}", 1)[0]
    return dict(re.findall(r"--([\w-]+):\s*([^;]+);", body))


LIGHT = block(":root {")
DARK_BY_SYSTEM = block(':root:not([data-theme="light"]) {')
DARK_BY_HAND = block('\n[data-theme="dark"] {')


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(theme: dict[str, str], front: str, back: str) -> float:
    light, dark = sorted((luminance(theme[front]), luminance(theme[back])), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_dark_values_by_system_and_by_hand_are_the_same():
    assert DARK_BY_SYSTEM == DARK_BY_HAND
    assert len(DARK_BY_HAND) > 40


@pytest.mark.parametrize("theme", [LIGHT, {**LIGHT, **DARK_BY_HAND}], ids=["light", "dark"])
def test_every_text_can_be_read_on_its_ground(theme):
    weak = {pair: round(contrast(theme, *pair), 2) for pair in TEXT_PAIRS}
    assert {pair: ratio for pair, ratio in weak.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("theme", [LIGHT, {**LIGHT, **DARK_BY_HAND}], ids=["light", "dark"])
def test_every_shape_that_carries_meaning_stands_out(theme):
    weak = {pair: round(contrast(theme, *pair), 2) for pair in SHAPE_PAIRS}
    assert {pair: ratio for pair, ratio in weak.items() if ratio < 3} == {}


def test_the_formula_gives_the_known_ratios():
    assert contrast({"a": "#000000", "b": "#ffffff"}, "a", "b") == pytest.approx(21)
    assert round(contrast(LIGHT, "primary", "surface"), 1) == 7.1


def test_the_bundle_is_what_its_sources_make():
    assert (CSS / "bundle.css").read_text(encoding="utf-8") == bundle_css.bundle(), (
        "run: python tools/bundle_css.py"
    )


def test_the_bundle_holds_every_style_sheet():
    imported = {
        found["path"] for found in bundle_css.IMPORT.finditer((CSS / "site.css").read_text())
    }
    present = {str(path.relative_to(CSS)) for path in CSS.rglob("*.css")}
    own_pages = {"mailroom.css"}  # the mail catcher of local mode links its own
    assert imported == present - own_pages - {"site.css", "bundle.css"}


def test_no_colour_is_written_outside_the_tokens():
    hexes = {
        path.name: re.findall(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(", path.read_text(encoding="utf-8"))
        for path in CSS.rglob("*.css")
        if path.name not in {"tokens.css", "bundle.css"}
    }
    assert {name: found for name, found in hexes.items() if found} == {}


def test_styles_fetch_nothing_from_elsewhere():
    assert not re.search(r"https?:|url\(", (CSS / "bundle.css").read_text(encoding="utf-8"))


@pytest.mark.django_db
def test_the_first_visit_costs_less_than_100_kb(client):
    html = client.get("/").content
    css = (CSS / "bundle.css").read_bytes()
    assert len(gzip.compress(html)) + len(gzip.compress(css)) < FIRST_LOAD_BYTES


def test_no_template_carries_inline_style_or_script():
    found = {}
    for path in PAGES.rglob("*.html"):
        if path.is_relative_to(PAGES / "newsletter" / "mail"):
            continue  # mail programs read nothing else
        html = path.read_text(encoding="utf-8")
        guilty = re.findall(r"\sstyle=\S+|<style\b|\son[a-z]+=\S+", html)
        guilty += [
            tag
            for tag in re.findall(r"<script\b[^>]*>", html)
            if "src=" not in tag and "application/json" not in tag
        ]
        if guilty:
            found[str(path.relative_to(PAGES))] = guilty
    assert found == {}
