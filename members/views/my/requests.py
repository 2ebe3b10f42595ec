"""What the organisation asks of the secretariat: other registered facts, or to leave."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import DomainError
from members.choices import LeavingKind, Reception, RequestStatus
from members.errors import FieldsRefusedError
from members.forms.my_leaving import AnswerForm, ChangeForm, WithdrawForm
from members.models import ChangeRequest, Withdrawal
from members.queries.leaving import what_stops
from members.queries.registered import differences_of, registered_values
from members.services.change_requests import (
    answer_returned_change,
    ask_change,
    retract_change,
)
from members.services.leaving import answer_withdrawal, file_withdrawal, retract_withdrawal
from members.views.my.acting import Acting, acting, page, sentence_of

FORM = ["GET", "HEAD", "POST"]


@require_http_methods(FORM)
def change(request: HttpRequest, slug: str) -> HttpResponse:
    """The form; what it would change, in words; and handed in when that is said."""
    own = acting(request, slug)
    registered = registered_values(own.organization, own.day)
    form = ChangeForm(request.POST or None, registered=registered, today=own.day)
    step = request.POST.get("step", "")
    if request.method == "POST" and form.is_valid() and step != "back":
        if not form.changes():
            form.add_error(None, _("Nothing is different from what is registered."))
        elif step == "send":
            answer = _hand_in(request, own, form)
            if answer is not None:
                return answer
        else:
            return page(request, own, "change_check", {"form": form})
    return page(request, own, "change", {"form": form})


def _hand_in(request: HttpRequest, own: Acting, form: ChangeForm) -> HttpResponse | None:
    try:
        asked = ask_change(
            organization=own.organization,
            changes=form.changes(),
            effective_on=form.cleaned_data["effective_on"],
            message=form.cleaned_data["message"],
            channel=Reception.WEB,
            received_on=timezone.localdate(own.at),
            asked_by=own.user,
            asked_by_name=own.user.get_full_name(),
            actor=own.user,
            at=own.at,
        )
    except FieldsRefusedError as refused:
        for name, sentence in refused.by_field.items():
            form.add_error(name if name in form.fields else None, sentence)
        return None
    except DomainError as refusal:
        form.add_error(None, sentence_of(refusal))
        return None
    if asked is None:
        messages.info(request, _("Nothing was different, so nothing was changed."))
        return redirect("organizations:home", slug=own.organization.slug)
    messages.success(request, _("The change request was handed in."))
    return redirect("organizations:request", slug=own.organization.slug, public_id=asked.public_id)


@require_safe
def change_request(request: HttpRequest, slug: str, public_id: UUID) -> HttpResponse:
    own = acting(request, slug)
    return _change_page(request, own, _asked(own, public_id), AnswerForm())


@require_POST
def answer_change(request: HttpRequest, slug: str, public_id: UUID) -> HttpResponse:
    own = acting(request, slug)
    asked = _asked(own, public_id)
    form = AnswerForm(request.POST)
    if form.is_valid():
        try:
            answer_returned_change(
                change_request=asked, changes={}, message=form.cleaned_data["message"],
                actor=own.user, at=own.at,
            )  # fmt: skip
        except DomainError as refusal:
            form.add_error(None, sentence_of(refusal))
        else:
            messages.success(request, _("Your reply was handed in."))
            return redirect("organizations:request", slug=slug, public_id=public_id)
    return _change_page(request, own, asked, form)


@require_POST
def take_back_change(request: HttpRequest, slug: str, public_id: UUID) -> HttpResponse:
    own = acting(request, slug)
    try:
        retract_change(change_request=_asked(own, public_id), actor=own.user, at=own.at)
    except DomainError as refusal:
        messages.error(request, sentence_of(refusal))
    else:
        messages.success(request, _("The change request was taken back."))
    return redirect("organizations:request", slug=slug, public_id=public_id)


def _change_page(
    request: HttpRequest, own: Acting, asked: ChangeRequest, form: AnswerForm
) -> HttpResponse:
    context = {
        "asked": asked,
        "lines": differences_of(asked, own.day),
        "is_open": asked.status in {RequestStatus.RECEIVED, RequestStatus.RETURNED},
        "is_returned": asked.status == RequestStatus.RETURNED,
        "form": form,
    }
    return page(request, own, "change_request", context)


def _asked(own: Acting, public_id: UUID) -> ChangeRequest:
    """Of this organisation only. Raises Http404."""
    found = own.organization.changerequests.filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return found


@require_http_methods(FORM)
def withdraw(request: HttpRequest, slug: str) -> HttpResponse:
    """The form; what will stop, on a page of its own; and handed in when that is said."""
    own = acting(request, slug)
    waiting = _notice(own)
    if waiting is not None and waiting.status == RequestStatus.RECEIVED:
        return page(request, own, "withdrawal", {"notice": waiting})
    initial = {"message": waiting.message} if waiting else {}
    form = WithdrawForm(request.POST or None, today=own.day, initial=initial)
    step = request.POST.get("step", "")
    context = {"form": form, "notice": waiting}
    if request.method == "POST" and form.is_valid() and step != "back":
        if step == "send":
            answer = _file(request, own, form, waiting)
            if answer is not None:
                return answer
        else:
            stops = what_stops(own.organization, form.leaving_on)
            return page(request, own, "withdraw_check", {**context, "stops": stops})
    return page(request, own, "withdraw", context)


def _file(
    request: HttpRequest, own: Acting, form: WithdrawForm, returned: Withdrawal | None
) -> HttpResponse | None:
    message = form.cleaned_data["message"]
    try:
        if returned is not None:
            answer_withdrawal(
                withdrawal=returned, leaving_on=form.leaving_on, message=message,
                actor=own.user, at=own.at,
            )  # fmt: skip
        else:
            file_withdrawal(
                organization=own.organization,
                leaving_on=form.leaving_on,
                message=message,
                channel=Reception.WEB,
                received_on=own.day,
                asked_by=own.user,
                asked_by_name=own.user.get_full_name(),
                actor=own.user,
                at=own.at,
            )
    except DomainError as refusal:
        form.add_error(None, sentence_of(refusal))
        return None
    messages.success(request, _("The notice of withdrawal was handed in."))
    return redirect("organizations:withdraw", slug=own.organization.slug)


@require_POST
def take_back_withdrawal(request: HttpRequest, slug: str) -> HttpResponse:
    own = acting(request, slug)
    waiting = _notice(own)
    if waiting is None:
        raise Http404
    try:
        retract_withdrawal(withdrawal=waiting, actor=own.user, at=own.at)
    except DomainError as refusal:
        messages.error(request, sentence_of(refusal))
    else:
        messages.success(request, _("The notice of withdrawal was taken back."))
    return redirect("organizations:home", slug=slug)


def _notice(own: Acting) -> Withdrawal | None:
    """The one that is under way: there is never more than one."""
    open_ones = own.organization.withdrawals.open().filter(kind=LeavingKind.WITHDRAWAL)
    return open_ones.first()
