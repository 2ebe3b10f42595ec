"""What a browser would send for the forms of a page, without a browser."""

from html.parser import HTMLParser

from django.http import HttpResponse


class _Forms(HTMLParser):
    """Collects the successful controls of one form, buttons left out."""

    def __init__(self, form_id: str) -> None:
        super().__init__()
        self.form_id, self.inside = form_id, False
        self.sent: dict[str, list[str]] = {}
        self.text: tuple[str, list[str]] | None = None
        self.select, self.first, self.chosen, self.many = "", "", [], False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = known.get("id") == self.form_id
        name = known.get("name", "")
        if not self.inside or "disabled" in known:
            return
        if tag == "input" and name:
            self._input(name, known)
        elif tag == "textarea":
            self.text = (name, [])
        elif tag == "select":
            self.select, self.chosen, self.many, self.first = name, [], "multiple" in known, None
        elif tag == "option" and self.select:
            self._option(known)

    def _input(self, name: str, known: dict[str, str]) -> None:
        kind = known.get("type", "text")
        ticked = kind not in {"checkbox", "radio"} or "checked" in known
        if ticked and kind not in {"submit", "button", "image", "file"}:
            unnamed = "on" if kind in {"checkbox", "radio"} else ""
            self.sent.setdefault(name, []).append(known.get("value", unnamed))

    def _option(self, known: dict[str, str]) -> None:
        self.first = known.get("value", "") if self.first is None else self.first
        if "selected" in known:
            self.chosen.append(known.get("value", ""))

    def handle_data(self, data: str) -> None:
        if self.text:
            self.text[1].append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False
        elif tag == "textarea" and self.text:
            name, parts = self.text
            text = "".join(parts).removeprefix("\n")
            self.sent.setdefault(name, []).append(text.replace("\n", "\r\n"))
            self.text = None
        elif tag == "select" and self.select:
            if not self.chosen and not self.many and self.first is not None:
                self.chosen = [self.first]
            self.sent.setdefault(self.select, []).extend(self.chosen)
            self.select = ""


def as_sent(response: HttpResponse, form_id: str) -> dict[str, list[str]]:
    """The fields of the form with this id as they stand on the page."""
    parser = _Forms(form_id)
    parser.feed(response.content.decode())
    assert parser.sent, f"no form #{form_id} on the page"
    return parser.sent
