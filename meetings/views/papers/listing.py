"""What lies on a shelf, and its order."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.errors import DomainError
from meetings.models import Material
from meetings.services.materials import move_material, restore_material
from meetings.views.papers.shelf import page, paper_of, shelf_of

_STEPS = {"up": -1, "down": 1}


@require_safe
def papers(request: HttpRequest, public_id: UUID | None = None, slug: str = "") -> HttpResponse:
    shelf = shelf_of(request, public_id, slug)
    found = list(shelf.papers().select_related("body", "current"))
    lying = [paper for paper in found if paper.withdrawn_at is None]
    for paper in lying:
        paper.reach = shelf.sizes[paper.audience].words  # type: ignore[attr-defined, index] # shown
        paper.is_first = paper is lying[0]  # type: ignore[attr-defined]
        paper.is_last = paper is lying[-1]  # type: ignore[attr-defined]
    withdrawn = [paper for paper in found if paper.withdrawn_at is not None]
    return page(request, shelf, "list", {"papers": lying, "withdrawn": withdrawn})


@require_POST
def move(request: HttpRequest, public_id: UUID) -> HttpResponse:
    shelf, material = paper_of(request, public_id)
    step = _STEPS.get(request.POST.get("step", ""))
    if step is not None:
        lying = shelf.papers().filter(withdrawn_at=None)
        move_material(material=material, among=lying, step=step, actor=shelf.user, at=shelf.at)
    return redirect(f"{shelf.list_url}#{anchor(material)}")


@require_POST
def restore(request: HttpRequest, public_id: UUID) -> HttpResponse:
    shelf, material = paper_of(request, public_id)
    try:
        restore_material(material=material, actor=shelf.user, at=shelf.at)
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("“%(name)s” is put up again.") % {"name": material})
    return redirect(f"{shelf.list_url}#{anchor(material)}")


def anchor(material: Material) -> str:
    return f"paper-{material.public_id}"
