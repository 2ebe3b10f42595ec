from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from mailing.choices import Channel
from mailing.services import give_consent, withdraw_consent
from meetings.queries import reader_of
from meetings.queries.mine import mine_of
from members.queries.standing import (
    mailboxes_of_duties,
    own_address,
    standing_of,
)
from members.queries.waiting import waiting_for
from portal.charts import dot_chart
from portal.queries import latest_issues, numbers_on
from subcommittees.queries import participation_of, public_cards

WORDING = "マイページ: メールマガジン"


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    numbers = numbers_on(timezone.localdate(now))
    context = {
        "numbers": numbers,
        "chart": dot_chart([(row.category.value, row.count) for row in numbers.rows]),
        "subcommittees": public_cards(now),
        "issues": latest_issues(),
    }
    return render(request, "portal/home.html", context)


@login_not_required
@require_safe
def text_page(request: HttpRequest, page: str) -> HttpResponse:
    """Pages of words: what the platform is, privacy, accessibility, site map."""
    return render(request, f"portal/{page}.html")


@require_safe
def my(request: HttpRequest) -> HttpResponse:
    """What waits for this account, for whom it acts, and the mailboxes it reads.

    Who acts for one organisation has its links at once, who acts for several chooses: by an address
    of its own for each, so that two browser tabs never mix them up.
    """
    user, now = _user(request), timezone.now()
    day = timezone.localdate(now)
    standing = standing_of(user, day)
    organizations = standing.organizations
    reader = reader_of(user, day)
    context = {
        "duties": standing.duties,
        "coming": standing.coming,
        "organizations": organizations,
        "others": [row for row in standing.duties if row.organization not in organizations],
        "waiting": waiting_for(organizations, now, day),
        "mine": mine_of(reader, now),
        "participation": participation_of(organizations, reader, now),
        "mailboxes": mailboxes_of_duties(standing.duties),
    }
    return render(request, "portal/my.html", context)


@require_POST
def my_magazine(request: HttpRequest) -> HttpResponse:
    """The reader's own wish about the magazine, for a mailbox of one of their duties."""
    now = timezone.now()
    email = request.POST.get("mailbox", "")
    address = own_address(_user(request), email, timezone.localdate(now))
    if address is None:
        raise Http404
    wants = request.POST.get("wish") == "given"
    act = give_consent if wants else withdraw_consent
    act(address=address, actor=_user(request), at=now, channel=Channel.WEB, wording=WORDING)
    told = _("The mail magazine will come.") if wants else _("The mail magazine is stopped.")
    messages.success(request, told)
    return redirect("portal:my")


def _user(request: HttpRequest) -> User:
    """Behind the login, where every view is unless it says otherwise, there is always one."""
    return cast(User, request.user)
