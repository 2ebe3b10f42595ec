"""Why somebody can open something: pages under a paper and under a person, and looking with the
person's eyes."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import user_of
from core.errors import DomainError
from meetings.models import Material
from meetings.queries import reader_of
from meetings.queries.explaining import explain
from meetings.queries.reach import what_can_open
from meetings.requests import begin_viewing
from meetings.services.viewing import start_viewing
from members.models import Person

ROWS = 50


@require_safe
def material_readers(
    request: HttpRequest, material: Material, context: dict[str, Any]
) -> HttpResponse:
    """だれが開けるか. A paper that this member of staff may not open is explained to nobody."""
    now = timezone.now()
    reader = reader_of(request.user, timezone.localdate(now))
    listing = Material.objects.visible_to(reader, now).select_related("body", "current")
    found = listing.filter(pk=material.pk).first()
    explained = explain(found, now) if found else None
    template = "admin/meetings/material_readers.html"
    return TemplateResponse(request, template, {**context, "explained": explained})


@require_safe
def person_papers(request: HttpRequest, person: Person, context: dict[str, Any]) -> HttpResponse:
    """この人が開ける資料, newest first: as far as the one who asks may open them, too."""
    now = timezone.now()
    reach = what_can_open(person, now)
    own = Material.objects.visible_to(reader_of(request.user, timezone.localdate(now)), now)
    both = reach.materials.filter(pk__in=own.values("pk"))
    chosen = request.GET.get("body", "")
    shown = both.filter(body__slug=chosen) if chosen else both
    newest = shown.select_related("body", "meeting", "current").order_by("-publish_at", "-pk")
    page = Paginator(newest, ROWS).get_page(request.GET.get("page"))
    context |= {
        "reach": reach,
        "bodies": _bodies(both),
        "chosen": chosen,
        "page": page,
        "rows": [(material, reach.through(material)) for material in page],
        "can_view": _can_be_viewed(person) and request.user.has_perm("meetings.view_as_person"),
    }
    return TemplateResponse(request, "admin/meetings/person_papers.html", context)


def _bodies(materials: Any) -> Any:
    """How many papers there are of each body."""
    counted = materials.order_by().values("body__slug", "body__name").annotate(papers=Count("pk"))
    return counted.order_by("body__kind", "body__name")


def _can_be_viewed(person: Person) -> bool:
    user = person.user
    return user is not None and not user.is_staff and user.is_valid_on(timezone.localdate())


@require_POST
def person_viewing(request: HttpRequest, person: Person, context: dict[str, Any]) -> HttpResponse:
    """Begins looking with the eyes of this person."""
    now = timezone.now()
    try:
        start_viewing(person=person, actor=user_of(request), at=now)
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("admin:members_person_papers", person.pk)
    begin_viewing(request, person, now)
    messages.info(request, _("You see the site as this person does. Nothing can be changed."))
    return redirect("portal:my")
