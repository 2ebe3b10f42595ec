"""`/my/papers/`: everything that somebody may open, newest first."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from meetings.queries.mine import bodies_with_papers, papers_for
from meetings.views.reading import visit

PAPERS_A_PAGE = 20


@require_safe
def papers(request: HttpRequest) -> HttpResponse:
    now = visit(request)
    bodies = bodies_with_papers(now.reader, now.at)
    wanted = request.GET.get("body", "")
    body = next((one for one in bodies if one.slug == wanted), None)
    pages = Paginator(papers_for(now.reader, now.at, body), PAPERS_A_PAGE)
    page = pages.get_page(request.GET.get("page"))
    for paper in page:
        if paper.meeting is not None:
            paper.meeting.body = paper.body
    context = {"page": page, "bodies": bodies, "body": body}
    return render(request, "meetings/my_papers.html", context)
