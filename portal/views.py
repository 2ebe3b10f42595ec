from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from portal.charts import dot_chart
from portal.queries import duties_on, latest_issues, numbers_on


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    numbers = numbers_on(timezone.localdate())
    chart = dot_chart([(row.category.value, row.count) for row in numbers.rows])
    context = {"numbers": numbers, "chart": chart, "issues": latest_issues()}
    return render(request, "portal/home.html", context)


@login_not_required
@require_safe
def text_page(request: HttpRequest, page: str) -> HttpResponse:
    """Pages of words: what the platform is, privacy, accessibility, site map."""
    return render(request, f"portal/{page}.html")


@require_safe
def my(request: HttpRequest) -> HttpResponse:
    duties = duties_on(request.user, timezone.localdate())
    return render(request, "portal/my.html", {"duties": duties})
