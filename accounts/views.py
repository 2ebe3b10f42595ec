"""The first login of a new account."""

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.forms import FirstPasswordForm
from accounts.invitations import InvitationGoneError, accept_invitation, invited
from accounts.models import User

# The address of this page is a key: other pages learn the name of the site, never the path.
# (With `no-referrer` browsers would send `Origin: null`, which the CSRF check refuses.)
_REFERRER_POLICY = "strict-origin"


@never_cache
@login_not_required
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def welcome(request: HttpRequest, token: str) -> HttpResponse:
    """GET only asks: gateways of municipalities open every link in a mail. POST sets and enters."""
    user = invited(token)
    response = _gone(request) if user is None else _welcome(request, token, user)
    response.headers["Referrer-Policy"] = _REFERRER_POLICY
    return response


def _welcome(request: HttpRequest, token: str, user: User) -> HttpResponse:
    form = FirstPasswordForm(user, request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            user = accept_invitation(
                token=token, password=form.cleaned_data["password1"], at=timezone.now()
            )
        except InvitationGoneError:
            return _gone(request)
        return _enter(request, user)
    return render(request, "account/welcome.html", {"form": form, "email": user.email})


def _enter(request: HttpRequest, user: User) -> HttpResponse:
    """Through the door of the login library: account rules, sessions and second factors hold."""
    if request.user.is_authenticated:  # somebody else on a shared computer
        logout(request)
    messages.success(request, _("Your password is set. From now on, log in with it."))
    record_authentication(request, user, method="password", email=user.email)
    response: HttpResponse = perform_login(request, Login(user=user, email=user.email))
    return response


def _gone(request: HttpRequest) -> HttpResponse:
    """The same answer for a used link, an old one and a forged one."""
    return render(request, "account/welcome_gone.html", status=410)
