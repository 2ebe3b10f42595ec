"""`/members/confirm/<key>/`: the yearly confirmation, by a link that may be passed on inside.

Looking changes nothing; every answer is one POST, and may be given again until the round closes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import wraps

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from accounts.models import User
from core.errors import DomainError
from core.links import LINK_KEY_LENGTH
from members.access import can_act_for
from members.choices import ConfirmationStatus, Reception
from members.errors import FieldsRefusedError
from members.forms.confirm import ChangedForm, UnchangedForm
from members.models import Confirmation
from members.queries.confirmations import is_answerable, sent_with
from members.queries.profile import profile_of
from members.queries.registered import asked_lines, registered_values
from members.queries.sheets import Sheet, sheet_on
from members.services.answers import confirm_unchanged, confirm_with_changes
from members.services.editing import EditConflictError


@dataclass(frozen=True)
class Asked:
    """One request by the link."""

    confirmation: Confirmation
    sheet: Sheet
    actor: User | None
    """The contact behind the link when logged in as one; the link alone says nobody."""
    at: datetime

    @property
    def day(self) -> date:
        return timezone.localdate(self.at)


Page = Callable[[HttpRequest, Asked], HttpResponse]


def _by_link(view: Page) -> Callable[..., HttpResponse]:
    @wraps(view)
    @login_not_required
    @never_cache
    @sensitive_variables("key")
    @require_http_methods(["GET", "HEAD", "POST"])
    def opened(request: HttpRequest, key: str) -> HttpResponse:
        known = Confirmation.objects.public(key.lower()[:LINK_KEY_LENGTH])
        confirmation = known.select_related("round", "organization").first()
        if confirmation is None or len(key) != LINK_KEY_LENGTH:
            raise Http404
        at = timezone.now()
        day = timezone.localdate(at)
        if is_answerable(confirmation, day):
            sheet = sheet_on(confirmation.organization, day)
            asked = Asked(confirmation, sheet, _actor(request, confirmation, day), at)
            response = view(request, asked)
        else:
            context = {"confirmation": confirmation, "round": confirmation.round}
            response = render(request, "members/confirm/closed.html", context)
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return opened


def _actor(request: HttpRequest, confirmation: Confirmation, day: date) -> User | None:
    user = request.user
    if isinstance(user, User) and can_act_for(user, confirmation.organization, day):
        return user
    return None


@_by_link
def confirm(request: HttpRequest, asked: Asked) -> HttpResponse:
    """What is registered, and the one button."""
    name = asked.actor.get_full_name() if asked.actor else ""
    form = UnchangedForm(request.POST or None, initial={"answered_by": name})
    if request.method == "POST" and form.is_valid():
        try:
            confirm_unchanged(
                confirmation=asked.confirmation, name=form.cleaned_data["answered_by"],
                channel=Reception.WEB, actor=asked.actor, at=asked.at,
            )  # fmt: skip
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("members:confirm", key=asked.confirmation.link_key)
    return _page(request, asked, "page", {"form": form, "sent": _sent(asked.confirmation)})


@_by_link
def change(request: HttpRequest, asked: Asked) -> HttpResponse:
    """The same, to be written over."""
    organization = asked.sheet.organization
    form = ChangedForm(
        request.POST or None,
        sheet=asked.sheet,
        registered=registered_values(organization, asked.day),
        today=asked.day,
        answered_by=asked.actor.get_full_name() if asked.actor else "",
    )
    if request.method == "POST" and form.is_valid() and _answered(form, asked):
        return redirect("members:confirm", key=asked.confirmation.link_key)
    return _page(request, asked, "change", {"form": form})


def _answered(form: ChangedForm, asked: Asked) -> bool:
    """Hand it in; what is refused stands at its field, and nothing has been written."""
    try:
        confirm_with_changes(
            confirmation=asked.confirmation, name=form.cleaned_data["answered_by"],
            channel=Reception.WEB, direct=form.values(), seen=form.seen_then(),
            changes=form.changes(), effective_on=form.cleaned_data["effective_on"],
            people=form.words(), actor=asked.actor, at=asked.at,
        )  # fmt: skip
    except EditConflictError as conflict:
        standing = profile_of(asked.sheet.organization)
        told = dict.fromkeys(conflict.fields, _("Changed by somebody else while you were writing."))
        form.meet({name: standing[name] for name in form.standing}, told)
    except FieldsRefusedError as refused:
        for name, sentence in refused.by_field.items():
            form.add_error(name, sentence)
    except DomainError as refusal:
        form.add_error(None, str(refusal))
    else:
        return True
    return False


def _sent(confirmation: Confirmation) -> dict[str, object] | None:
    """What the page tells who has answered."""
    if confirmation.status == ConfirmationStatus.WAITING:
        return None
    papers = [(asked, asked_lines(asked)) for asked in sent_with(confirmation)]
    return {"unchanged": confirmation.status == ConfirmationStatus.UNCHANGED, "papers": papers}


def _page(
    request: HttpRequest, asked: Asked, template: str, context: dict[str, object]
) -> HttpResponse:
    known = {
        "confirmation": asked.confirmation,
        "round": asked.confirmation.round,
        "organization": asked.sheet.organization,
        "sheet": asked.sheet,
        "signed_in": asked.actor is not None,
        **context,
    }
    return render(request, f"members/confirm/{template}.html", known)
