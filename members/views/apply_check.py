"""The last page before an application goes to the office, the first time or corrected."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from members.choices import ApplicationStatus
from members.errors import IncompleteError
from members.forms.application import STEPS, AgreementForm
from members.models import MembershipApplication
from members.queries.applications import differences, label_of, snapshot_of, words_of
from members.queries.progress import open_correction
from members.services.applying import (
    IN_APPLICANTS_HANDS,
    answer_correction,
    submit_application,
)
from members.views.apply import with_link
from members.views.apply_pages import steps_of
from members.wordings import (
    PLEDGE_VERSION,
    PRIVACY_VERSION,
    pledge_template,
    privacy_template,
)


@with_link
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, application: MembershipApplication) -> HttpResponse:
    """Everything that was said, each block with the way back to it. POST sends it."""
    if application.status not in IN_APPLICANTS_HANDS:
        # The second of two clicks finds what the first has done.
        return _to_state(application)
    returned = application.status == ApplicationStatus.RETURNED
    post = request.POST if request.method == "POST" else None
    form = None if returned else AgreementForm(post, initial=_versions())
    refused = False
    if post is not None and (form is None or form.is_valid()):
        try:
            return _send(application, form)
        except IncompleteError:
            refused = True  # the page names the gaps
    return _page(request, application, form=form, refused=refused)


def _send(application: MembershipApplication, form: AgreementForm | None) -> HttpResponse:
    at = timezone.now()
    if form is None:
        answer_correction(application=application, at=at)
    else:
        submit_application(
            application=application,
            at=at,
            pledge_version=form.cleaned_data["pledge_version"],
            privacy_version=form.cleaned_data["privacy_version"],
        )
    return _to_state(application)


def _page(
    request: HttpRequest,
    application: MembershipApplication,
    *,
    form: AgreementForm | None,
    refused: bool,
) -> HttpResponse:
    blocks = steps_of(application)
    context: dict[str, Any] = {
        "application": application,
        "blocks": blocks,
        "steps": blocks,
        "number": len(STEPS) + 1,
        "gaps": [gap for block in blocks for gap in block.gaps],
        "refused": refused,
        "form": form,
        "pledge_template": pledge_template(PLEDGE_VERSION),
        "privacy_template": privacy_template(PRIVACY_VERSION),
    }
    if form is None:
        context["changes"] = _changes(application)
    return render(request, "members/apply/check.html", context)


def _changes(application: MembershipApplication) -> list[tuple[str, str, str]]:
    correction = open_correction(application)
    if correction is None:
        return []
    changed = differences(correction.before, snapshot_of(application))
    return [
        (label_of(name), words_of(name, old), words_of(name, new))
        for name, (old, new) in changed.items()
    ]


def _versions() -> dict[str, str]:
    return {"pledge_version": PLEDGE_VERSION, "privacy_version": PRIVACY_VERSION}


def _to_state(application: MembershipApplication) -> HttpResponse:
    response = redirect("members:application", key=application.link_key)
    response["Location"] += "?sent"
    return response
