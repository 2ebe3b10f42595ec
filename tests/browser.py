"""For tests that drive a browser: `@pytest.mark.browser`, fixtures `page` and `live_server`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.conf import settings
from django.test import Client

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from accounts.models import User

HOST = "localhost"  # where pytest-django's live_server listens
NARROW, WIDE = 320, 1280
AXE_OPTIONS = {
    "resultTypes": ["violations"],
    "preload": False,  # the content security policy forbids axe to fetch style sheets
    "runOnly": [
        "wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice",
    ],
}  # fmt: skip

# A click comes back when the next page has begun, not when it is there. What has just opened
# fades in, and even the shortest transition ends only with the next frame: a page is judged when
# it is whole and stands still.
SETTLED = """async anew => {
    if (document.readyState !== 'complete') {
        await new Promise(done => addEventListener('load', done, {once: true}));
    }
    if (anew) {
        // Chromium leaves some inherited colours behind when the scheme changes under a page.
        const style = document.body.style;
        style.display = 'none'; void document.body.offsetHeight; style.display = '';
    }
    const frame = () => new Promise(requestAnimationFrame);
    await frame(); await frame();
    const moving = document.getAnimations();
    if (moving.length) {
        await Promise.allSettled(moving.map(animation => animation.finished));
        await frame(); await frame();
    }
}"""
# One way to the browser and back: answers of rules that found nothing stay there.
JUDGED = "async options => (await axe.run(options)).violations"
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
COLOUR_RULES = ("color-contrast", "link-in-text-block")  # all that a dark page can do worse
ONLY_COLOURS = {"runOnly": {"type": "rule", "values": COLOUR_RULES}}


def login(page: Page, user: User) -> None:
    """The browser gets a session of `user`, without the login form."""
    client = Client()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    cookie = {"name": name, "value": client.cookies[name].value, "domain": HOST, "path": "/"}
    page.context.add_cookies([cookie])


def axe(page: Page) -> None:
    """No violation of WCAG 2.0 to 2.2 A and AA, nor of axe's best practice, as the page is."""
    page.evaluate(SETTLED, False)
    _judge(page, {})


def _judge(page: Page, options: dict[str, object]) -> None:
    if not page.evaluate("typeof window.axe === 'object'"):
        page.add_script_tag(url=f"{settings.STATIC_URL}axe/axe.min.js")
    told = [
        f"{found['id']} ({found['impact']}): {found['help']}\n    "
        + "\n    ".join(node["html"][:300] for node in found["nodes"][:5])
        for found in page.evaluate(JUDGED, {**AXE_OPTIONS, **options})
    ]
    assert not told, f"{page.url} {page.viewport_size}\n" + "\n".join(told)


def looks(page: Page, *, widths: tuple[int, ...] = (NARROW, WIDE)) -> Iterator[str]:
    """The page narrow and wide in the light, then wide in the dark: colours know no width."""
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        for scheme in ("light", "dark") if width == widths[-1] else ("light",):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            page.evaluate(SETTLED, True)
            yield f"{width}-{scheme}"


def axe_everywhere(page: Page, *, widths: tuple[int, ...] = (NARROW, WIDE)) -> None:
    """axe and no sideways scrolling in each width, and in the dark."""
    for look in looks(page, widths=widths):
        _judge(page, ONLY_COLOURS if look.endswith("dark") else {})
        too_wide = page.evaluate(TOO_WIDE)
        assert too_wide <= 0, f"{page.url} {look}: {too_wide} px wider than the screen"


def complaints(page: Page) -> list[str]:
    """Collects from now on what the browser complains about: scripts, and the security policy."""
    heard: list[str] = []
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on(
        "console",
        lambda message: heard.append(message.text) if message.type == "error" else None,
    )
    return heard
