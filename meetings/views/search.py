"""Papers, meetings and minutes by words. Open to everybody: each finds what is theirs to open."""

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from meetings.models import Body
from meetings.pairs import LONGEST_QUERY, words_of
from meetings.queries import reader_of
from meetings.queries.search import MOST, Found, hits, search

PER_PAGE = 20


@login_not_required
@require_safe
def search_papers(request: HttpRequest) -> HttpResponse:
    """`?q=` words, `?body=` address part of a body, `?page=`."""
    now = timezone.now()
    reader = reader_of(request.user, timezone.localdate(now))
    query = request.GET.get("q", "").replace("\x00", "")[:LONGEST_QUERY].strip()
    bodies = list(Body.objects.visible_to(reader).only("slug", "name", "kind"))
    body = next((row for row in bodies if row.slug == request.GET.get("body")), None)
    words = words_of(query)
    found = search(words, reader=reader, at=now, body=body.pk if body else None)
    page = Paginator(found.keys, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "query": query,
        "words": words,
        "bodies": bodies,
        "body": body,
        "page": page,
        "hits": hits(list(page.object_list), words),
        "total": _total(found),
    }
    return render(request, "meetings/search.html", context)


def _total(found: Found) -> str:
    return f"{MOST:,}件以上" if found.capped else f"{found.total:,}件"
