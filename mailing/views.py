"""The reader's own page: opting out of the magazine, and in again."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from mailing.choices import Channel, ConsentAction, Purpose
from mailing.models import Address
from mailing.queries import wish
from mailing.services import give_consent, withdraw_consent
from mailing.unsubscribe import address_for

WORDING_IN = "配信停止のページで「もう一度受け取る」を選択"
WORDING_OUT = "メールマガジンの配信停止"


@never_cache
@login_not_required
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """GET only asks: gateways of municipalities open every link in a mail. POST acts.

    Without a CSRF token, because RFC 8058 has the reader's mail provider send the POST, which has
    no cookie. Nothing here uses one: the right comes from the signed token in the address alone,
    so another site can forge nothing that it could not do by knowing the link.
    """
    address = address_for(token)
    if address is None:
        raise Http404
    if request.method == "POST":
        _act(request, address)
    return render(
        request,
        "mailing/unsubscribe.html",
        {
            "email": address.email,
            "subscribed": _wants(address),
            "acted": request.method == "POST",
        },
    )


def _act(request: HttpRequest, address: Address) -> None:
    at = timezone.now()
    if request.POST.get("wish") == "subscribe":
        give_consent(address=address, actor=None, at=at, channel=Channel.WEB, wording=WORDING_IN)
        return
    by_provider = "List-Unsubscribe" in request.POST
    channel = Channel.ONE_CLICK if by_provider else Channel.WEB
    withdraw_consent(address=address, actor=None, at=at, channel=channel, wording=WORDING_OUT)


def _wants(address: Address) -> bool:
    newest = wish(address, Purpose.NEWSLETTER)
    return newest is not None and newest.action == ConsentAction.GIVEN
