"""`/minutes/check/<key>/`: the draft looked through by a speaker or the chair, without an account.

Looking changes nothing; the answer is one POST, and may be given anew until the next step.
"""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from core.errors import DomainError
from core.links import LINK_KEY_LENGTH
from meetings.choices import CheckStatus
from meetings.errors import FieldsRefusedError
from meetings.forms.minutes import AnswerForm, refuse
from meetings.models import MinutesCheck
from meetings.queries.minutes import (
    draft_content,
    head_rows,
    open_check,
    sections_to_check,
)
from meetings.services.minutes_checks import answer_check, is_open


@login_not_required
@never_cache
@sensitive_variables("key")
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, key: str) -> HttpResponse:
    day = timezone.localdate()
    found = open_check(key.lower(), day) if len(key) == LINK_KEY_LENGTH else None
    if found is None:
        raise Http404
    response = _checked(request, found)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _checked(request: HttpRequest, found: MinutesCheck) -> HttpResponse:
    answered = found.status != CheckStatus.WAITING
    initial = {"answer": found.status if answered else "", "comment": found.comment}
    form = AnswerForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid() and _answered(found, form):
        messages.success(request, _("Thank you for looking through it."))
        return redirect("minutes:check", found.link_key)
    meeting = found.minutes.meeting
    opened = is_open(found)
    context = {
        "check": found, "minutes": found.minutes, "meeting": meeting, "body": meeting.body,
        "form": form, "open": opened, "answered": answered,
        "sections": sections_to_check(found) if opened else [],
        "head": head_rows(draft_content(found.minutes)["head"], sees_people=True)
        if opened else [],
    }  # fmt: skip
    return render(request, "meetings/minutes/check.html", context)


def _answered(found: MinutesCheck, form: AnswerForm) -> bool:
    """What is refused stands at its field, and nothing has been written."""
    try:
        answer_check(
            check=found, agrees=form.agrees, comment=form.cleaned_data["comment"], by_link=True,
            actor=None, at=timezone.now(),
        )  # fmt: skip
    except FieldsRefusedError as refusal:
        refuse(form, refusal)
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        found.minutes.refresh_from_db(fields=["status"])
    else:
        return True
    return False
