"""The contacts of the organisation: one more, one put right, one who leaves."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.errors import DomainError
from members.choices import Duty
from members.forms.my import ColleagueForm, DetailsForm
from members.forms.my_leaving import EndForm
from members.queries.colleagues import Colleague, details_of
from members.services.colleagues import add_colleague, correct_contact, end_colleague
from members.services.editing import EditConflictError
from members.views.my.acting import Acting, acting, page, sentence_of

FORM = ["GET", "HEAD", "POST"]


@require_http_methods(FORM)
def add(request: HttpRequest, slug: str) -> HttpResponse:
    own = acting(request, slug)
    form = ColleagueForm(request.POST or None, today=own.day)
    if request.method == "POST" and form.is_valid():
        try:
            added = add_colleague(
                organization=own.organization,
                contact=form.contact(),
                duty=Duty(form.cleaned_data["duty"]),
                valid_from=form.cleaned_data["valid_from"],
                actor=own.user,
                at=own.at,
            )
        except DomainError as refusal:
            form.add_error(None, sentence_of(refusal))
        else:
            told = _("%(name)s was added as a contact, and gets a letter.")
            messages.success(request, told % {"name": added.person.name})
            return redirect("organizations:home", slug=slug)
    return page(request, own, "add", {"form": form})


@require_http_methods(FORM)
def correct(request: HttpRequest, slug: str, person: UUID) -> HttpResponse:
    own = acting(request, slug)
    colleague = own.colleague(person)
    form = DetailsForm(request.POST or None, colleague=colleague)
    if request.method == "POST" and form.is_valid() and _corrected(request, own, colleague, form):
        return redirect("organizations:home", slug=slug)
    return page(request, own, "correct", {"form": form, "colleague": colleague})


def _corrected(request: HttpRequest, own: Acting, colleague: Colleague, form: DetailsForm) -> bool:
    try:
        changed = correct_contact(
            organization=own.organization, person=colleague.person, day=own.day,
            values=form.values(), seen=form.seen_then(), actor=own.user, at=own.at,
        )  # fmt: skip
    except EditConflictError as clash:
        form.add_error(None, str(clash))
        standing = details_of(own.colleague(colleague.person.public_id).first)
        words = _("Somebody changed this to “%(value)s”. Save again to replace it by yours.")
        form.meet(
            standing,
            {name: words % {"value": standing[name] or _("empty")} for name in clash.fields},
        )
        return False
    except DomainError as refusal:
        form.add_error(None, sentence_of(refusal))
        return False
    if changed:
        messages.success(request, _("The contact was corrected."))
    else:
        messages.info(request, _("Nothing was different, so nothing was changed."))
    return True


@require_http_methods(FORM)
def end(request: HttpRequest, slug: str, person: UUID) -> HttpResponse:
    own = acting(request, slug)
    colleague = own.colleague(person)
    form = EndForm(request.POST or None, today=own.day)
    if request.method == "POST" and form.is_valid():
        try:
            end_colleague(
                organization=own.organization, person=colleague.person, until=form.until,
                actor=own.user, at=own.at,
            )  # fmt: skip
        except DomainError as refusal:
            form.add_error(None, sentence_of(refusal))
        else:
            told = _("%(name)s is a contact until that day.")
            messages.success(request, told % {"name": colleague.person.name})
            # Who has ended themselves may have no page here any more.
            return redirect("portal:my")
    return page(request, own, "end", {"form": form, "colleague": colleague})
