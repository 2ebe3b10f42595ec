"""The public archive. What was sent stays readable by anyone."""

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from newsletter.models import Issue
from newsletter.rendering import sections_of

_PER_PAGE = 20


@login_not_required
@require_safe
def archive(request: HttpRequest) -> HttpResponse:
    """Issues sent, newest first."""
    issues = Issue.objects.public(timezone.now()).order_by("-number")
    page = Paginator(issues, _PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "newsletter/archive.html", {"page": page})


@login_not_required
@require_safe
def issue_detail(request: HttpRequest, number: int) -> HttpResponse:
    """One issue as a page, from the same source as the mail."""
    neighbours = Issue.objects.public(timezone.now())
    issue = get_object_or_404(neighbours, number=number)
    context = {
        "issue": issue,
        "blocks": sections_of(issue.items.all()),
        "previous": neighbours.filter(number__lt=number).order_by("-number").first(),
        "next": neighbours.filter(number__gt=number).order_by("number").first(),
    }
    return render(request, "newsletter/issue.html", context)
