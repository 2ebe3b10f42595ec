"""Several papers at once: choose files, say what they are, see who can open them, put up."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.errors import DomainError
from meetings.forms.papers import (
    KINDS_TAKEN,
    MEGABYTES,
    MOST_FILES,
    FilesForm,
)
from meetings.services.shelving import put_up_papers
from meetings.views.papers.desk import Desk
from meetings.views.papers.shelf import Shelf, page, shelf_of

_MOVES = ("up", "down", "drop")


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, public_id: UUID | None = None, slug: str = "") -> HttpResponse:
    shelf = shelf_of(request, public_id, slug)
    if request.method != "POST":
        return _choose(request, shelf, FilesForm())
    desk = Desk(request, shelf)
    came = desk.take_files()
    if desk.lost:
        sentence = _("A file is not there any more: it was kept for a day. Please choose it again.")
        desk.files.add_error("uploads", sentence)
    if came or desk.files.errors:
        desk.without_complaints()
        return _arrange(request, desk)
    for step in _MOVES:
        if step in request.POST:
            desk.arrange(step, request.POST[step])
            desk.without_complaints()
            return _arrange(request, desk)
    return _go_on(request, desk)


def _go_on(request: HttpRequest, desk: Desk) -> HttpResponse:
    step = request.POST.get("to", "check")
    if step == "arrange":
        desk.without_complaints()
        return _arrange(request, desk)
    if not desk.is_valid():
        return _arrange(request, desk)
    if step == "save":
        return _put_up(request, desk)
    desk.look()
    return page(request, desk.shelf, "check", {"desk": desk})


def _put_up(request: HttpRequest, desk: Desk) -> HttpResponse:
    shelf = desk.shelf
    try:
        with desk.opened() as papers:
            made = put_up_papers(
                body=shelf.body, meeting=shelf.meeting, papers=papers, kind=desk.chosen_kind,
                publish_at=desk.publish.moment, actor=shelf.user, at=shelf.at,
            )  # fmt: skip
    except DomainError as refusal:
        desk.publish.add_error(None, str(refusal))
        return _arrange(request, desk)
    messages.success(request, _("%(n)s papers were put up.") % {"n": len(made)})
    return redirect(shelf.list_url)


def _arrange(request: HttpRequest, desk: Desk) -> HttpResponse:
    if not desk.rows:
        if not desk.files.errors:
            desk.files.add_error("uploads", _("Choose a file."))
        return _choose(request, desk.shelf, desk.files)
    return page(request, desk.shelf, "arrange", {"desk": desk, **LIMITS})


def _choose(request: HttpRequest, shelf: Shelf, form: FilesForm) -> HttpResponse:
    return page(request, shelf, "choose", {"form": form, **LIMITS})


LIMITS = {"megabytes": MEGABYTES, "most_files": MOST_FILES, "kinds": KINDS_TAKEN}
