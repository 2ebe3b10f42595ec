"""Who can open this paper, and through what: for those who run its body."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from meetings.models import Material
from meetings.queries import reader_of
from meetings.queries.explaining import explain


@require_safe
def material_readers(request: HttpRequest, public_id: UUID) -> HttpResponse:
    now = timezone.now()
    reader = reader_of(request.user, timezone.localdate(now))
    listing = Material.objects.run_by(reader).select_related("body", "meeting__body", "current")
    material = get_object_or_404(listing, public_id=public_id)
    context = {"explained": explain(material, now), "material": material}
    return render(request, "meetings/rights/readers.html", context)
