"""Made final, published at a time, corrected by the next edition."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core.errors import DomainError
from meetings.errors import FieldsRefusedError, TooLateError
from meetings.forms.minutes import CorrectForm, SectionForm, refuse, section_form, sent_sections
from meetings.forms.papers import PublishForm
from meetings.models import MinutesEdition
from meetings.queries.minutes import (
    changed_after_chair,
    draft_reading,
    head_rows,
    is_out,
    latest_edition,
)
from meetings.services.minutes_final import (
    correct_minutes,
    finish_minutes,
    last_chair_check,
    missing_to_finish,
    publish_minutes,
)
from meetings.services.minutes_text import Wording
from meetings.views.minutes.desk import Desk, desk_of, page

FORM = ["GET", "HEAD", "POST"]
# Further parts that a correction may add at once.
EMPTY_PARTS = 1


@require_http_methods(FORM)
def finish(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The last look: exactly what will be kept."""
    desk = desk_of(request, public_id)
    own, minutes = desk.own, desk.minutes
    if request.method == "POST":
        try:
            finish_minutes(minutes=minutes, actor=own.user, at=own.at)
        except DomainError as refusal:
            messages.error(request, str(refusal))
            return redirect("minutes:edit", public_id)
        messages.success(request, _("The minutes are final. Choose when they are published."))
        return redirect("minutes:publish", public_id)
    context = {
        "missing": missing_to_finish(minutes) if desk.is_being_written else [],
        "reading": draft_reading(minutes, own.reader, own.at),
        "changed": changed_after_chair(minutes, last_chair_check(minutes)),
    }
    return page(desk, "finish", context)


@require_http_methods(FORM)
def publish(request: HttpRequest, public_id: UUID) -> HttpResponse:
    desk = desk_of(request, public_id)
    own, minutes = desk.own, desk.minutes
    form = PublishForm(request.POST or None, now=own.at)
    when = form.fields["when"]
    when.choices = [(PublishForm.NOW, _("At once")), (PublishForm.AT, _("At a day and time"))]  # type: ignore[attr-defined] # a ChoiceField
    if request.method == "POST" and form.is_valid():
        moment = form.moment or own.at
        try:
            publish_minutes(minutes=minutes, publish_at=moment, actor=own.user, at=own.at)
        except FieldsRefusedError as refusal:
            refuse(form, refusal)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            said = _("The minutes are published.")
            later = _("The minutes will be published by themselves at that time.")
            messages.success(request, said if moment <= own.at else later)
            return redirect("minutes:edit", public_id)
    return page(desk, "publish", {"form": form, "out": is_out(minutes, own.at)})


@require_http_methods(FORM)
def correct(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """All parts of the newest edition, to be written anew under the next number."""
    desk = desk_of(request, public_id)
    last = latest_edition(desk.minutes)
    if last is None:
        raise Http404
    posted = request.POST if request.method == "POST" else None
    form = CorrectForm(posted, initial={"number": last.number})
    sections = _as_forms(last) if posted is None else sent_sections(posted)
    context: dict[str, Any] = {"form": form, "sections": sections, "edition": last}
    if posted is not None:
        valid = all([one.is_valid() for one in (form, *sections)])  # noqa: C419 -- each says what is wrong
        if valid and _corrected(desk, form, sections, last):
            messages.success(request, _("The correction was kept under the next number."))
            return redirect("minutes:edit", public_id)
        stale = form.cleaned_data.get("number") != last.number
        context |= {"faulty": [form, *sections], "theirs": last if stale else None}
    return page(desk, "correct", context)


def _as_forms(edition: MinutesEdition) -> list[SectionForm]:
    rows = [Wording(**row) for row in edition.content["sections"]]
    rows += [Wording()] * EMPTY_PARTS
    return [section_form(key, row, 0) for key, row in enumerate(rows)]


def _corrected(
    desk: Desk, form: CorrectForm, sections: list[SectionForm], last: MinutesEdition
) -> bool:
    values = form.cleaned_data
    try:
        correct_minutes(
            minutes=desk.minutes, sections=[one.wording for one in sections],
            reason=values["reason"], seen=values["number"], actor=desk.own.user, at=desk.own.at,
        )  # fmt: skip
    except FieldsRefusedError as refusal:
        refuse(form, refusal)
    except TooLateError as refusal:
        form.add_error(None, str(refusal))
        form.has_seen(last.number)
    except DomainError as refusal:
        form.add_error(None, str(refusal))
    else:
        return True
    return False


@require_safe
def edition(request: HttpRequest, public_id: UUID, number: int) -> HttpResponse:
    """One edition with everything in it, withheld parts too: for those who run the body."""
    desk = desk_of(request, public_id)
    found = desk.minutes.editions.select_related("made_by").filter(number=number).first()
    if found is None:
        raise Http404
    context = {
        "edition": found,
        "head": head_rows(found.content["head"], sees_people=True),
        "sections": found.content["sections"],
        "last": latest_edition(desk.minutes),
    }
    return page(desk, "edition", context)
