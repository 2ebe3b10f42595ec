"""List and show kept mails. Open to everyone who reaches this machine, hence local mode only."""

from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from platform_site.mailroom import box

PER_PAGE = 50
SEALED = (  # a mail may carry styles, but runs nothing and fetches nothing
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; "
    "base-uri 'none'; form-action 'none'; sandbox allow-popups allow-popups-to-escape-sandbox"
)


def _folder() -> Path:
    if not (settings.LOCAL and settings.MAILBOX_DIR):
        raise Http404
    return Path(settings.MAILBOX_DIR)


def _open(key: str) -> box.Opened:
    opened = box.open_letter(_folder(), key)
    if opened is None:
        raise Http404
    return opened


@login_not_required
@require_safe
def mail_list(request: HttpRequest) -> HttpResponse:
    folder = _folder()
    recipient = request.GET.get("to", "").strip()
    found = list(box.search(folder, recipient)) if recipient else box.keys(folder)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    letters = [box.head(folder, item) if isinstance(item, str) else item for item in page]
    context = {"page": page, "letters": letters, "recipient": recipient}
    return render(request, "mailroom/list.html", context)


@login_not_required
@require_safe
def mail_detail(request: HttpRequest, key: str) -> HttpResponse:
    return render(request, "mailroom/detail.html", {"opened": _open(key)})


@login_not_required
@require_safe
@xframe_options_sameorigin
def mail_html(_request: HttpRequest, key: str) -> HttpResponse:
    html = _open(key).html
    if not html:
        raise Http404
    return HttpResponse(html, headers={"Content-Security-Policy": SEALED})


@login_not_required
@require_safe
def mail_source(_request: HttpRequest, key: str) -> HttpResponse:
    return HttpResponse(_open(key).source, content_type="text/plain; charset=utf-8")
