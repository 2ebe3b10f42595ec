"""Minutes begun, and written: by hand or saved by the page itself, by several people at once."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.errors import DomainError
from meetings.choices import MinutesForm
from meetings.errors import FieldsRefusedError, TooLateError
from meetings.forms.minutes import (
    SectionForm,
    SettingsForm,
    clash_form,
    refuse,
    section_form,
    sent_sections,
)
from meetings.models import Minutes, MinutesSection
from meetings.queries.minutes import (
    changed_after_chair,
    checks_of,
    draft_content,
    head_rows,
    is_out,
)
from meetings.services.minutes import set_minutes_up, start_minutes, usual_due_on
from meetings.services.minutes_checks import settle_check
from meetings.services.minutes_final import last_chair_check, missing_to_finish
from meetings.services.minutes_text import (
    Clash,
    Saved,
    add_section,
    move_section,
    remove_section,
    save_sections,
    wording_of,
)
from meetings.views.minutes.desk import Desk, desk_of, offered, page
from meetings.views.workroom.running import page as workroom_page
from meetings.views.workroom.running import running_meeting

FORM = ["GET", "HEAD", "POST"]
_BY = {"up": -1, "down": 1}


@require_http_methods(FORM)
def start(request: HttpRequest, meeting: UUID) -> HttpResponse:
    """Begin the minutes of a meeting; where they stand already, go on writing."""
    own = running_meeting(request, meeting)
    found = Minutes.objects.run_by(own.reader).filter(meeting=own.its_meeting).first()
    if found is not None:
        return redirect("minutes:edit", found.public_id)
    initial = {
        "form": MinutesForm.SUMMARY, "audience": own.its_meeting.audience,
        "due_on": usual_due_on(own.its_meeting),
    }  # fmt: skip
    form = SettingsForm(request.POST or None, offered=offered(own), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = start_minutes(
                meeting=own.its_meeting, **form.cleaned_data, actor=own.user, at=own.at
            )
        except FieldsRefusedError as refusal:
            refuse(form, refusal)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("minutes:edit", made.public_id)
    begun = own.its_meeting.starts_at <= own.at
    return workroom_page(own, "minutes/start", {"form": form, "begun": begun})


@require_http_methods(FORM)
def settings(request: HttpRequest, public_id: UUID) -> HttpResponse:
    desk = desk_of(request, public_id)
    minutes, own = desk.minutes, desk.own
    standing = {name: getattr(minutes, name) for name in ("form", "audience", "due_on")}
    form = SettingsForm(
        request.POST or None, offered=offered(own, minutes.audience), is_final=desk.is_final,
        initial=standing,
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        values = {**standing, **form.cleaned_data}
        try:
            changed = set_minutes_up(minutes=minutes, **values, actor=own.user, at=own.at)
        except FieldsRefusedError as refusal:
            refuse(form, refusal)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            words = _("The settings were changed.")
            unchanged = _("Nothing was different, so nothing was changed.")
            messages.success(request, words if changed else unchanged)
            return redirect("minutes:edit", public_id)
    return page(desk, "settings", {"form": form, "out": is_out(minutes, own.at)})


@require_http_methods(FORM)
def edit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The draft with everything about it; once final, what can still be done."""
    desk = desk_of(request, public_id)
    if request.method == "POST":
        return _posted(desk)
    return _desk_page(desk, [])


def _posted(desk: Desk) -> HttpResponse:
    forms = sent_sections(desk.own.request.POST)
    by_page = _is_by_page(desk.own.request)
    valid = all([form.is_valid() for form in forms])  # noqa: C419 -- each says what is wrong
    if not valid:
        return _refused(forms) if by_page else _desk_page(desk, forms)
    try:
        saved = _saved(desk, forms)
    except DomainError as refusal:
        return _not_saved(desk, forms, refusal)
    if by_page:
        return _answer(desk, saved)
    if saved.clashes:
        return _clash_page(desk, saved)
    return _acted(desk, saved)


def _saved(desk: Desk, forms: list[SectionForm]) -> Saved:
    drafts = [form.draft for form in forms]
    saved = save_sections(
        minutes=desk.minutes, drafts=drafts, actor=desk.own.user, at=desk.own.at
    )  # fmt: skip
    seen = desk.own.request.POST.get("from") == "clash"
    return _put_back(desk, saved) if seen else saved


def _not_saved(desk: Desk, forms: list[SectionForm], refusal: DomainError) -> HttpResponse:
    """Nothing was written, and every word is still on the page."""
    request = desk.own.request
    if _is_by_page(request):
        return JsonResponse({"errors": [str(refusal)]}, status=409)
    messages.error(request, str(refusal))
    if isinstance(refusal, TooLateError):
        return page(desk, "too_late", {"forms": forms}, status=409)
    return _desk_page(desk, forms)


def _is_by_page(request: HttpRequest) -> bool:
    """The script of the page saves, not a person with a button."""
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def _answer(desk: Desk, saved: Saved) -> JsonResponse:
    sections = {
        f"s{row.pk}": {"edition": row.edition, "seen": wording_of(row).fingerprint}
        for row in saved.standing
    }
    clashing = [f"s{clash.mine.section}" for clash in saved.clashes]
    saved_at = timezone.localtime(desk.own.at)
    return JsonResponse(
        {
            "sections": {key: row for key, row in sections.items() if key not in clashing},
            "clashes": clashing,
            "savedAt": f"{saved_at.hour}:{saved_at.minute:02}",
        }
    )


def _refused(forms: list[SectionForm]) -> JsonResponse:
    errors = [str(error) for form in forms for told in form.errors.values() for error in told]
    return JsonResponse({"errors": errors}, status=422)


def _put_back(desk: Desk, saved: Saved) -> Saved:
    """Whoever has seen that a section was removed and keeps their words gets it back."""
    kept = []
    for clash in saved.clashes:
        if clash.theirs is None:
            add_section(
                minutes=desk.minutes, wording=clash.mine.wording, actor=desk.own.user,
                at=desk.own.at,
            )  # fmt: skip
        else:
            kept.append(clash)
    return Saved(saved.standing, tuple(kept), saved.written)


def _acted(desk: Desk, saved: Saved) -> HttpResponse:
    """What the button besides saving asked for: a section added, moved, removed, an answer done."""
    what, _colon, key = desk.own.request.POST.get("act", "").partition(":")
    anchor = ""
    try:
        anchor = _act(desk, saved, what, int(key) if key.isdigit() and len(key) < 19 else 0)
    except DomainError as refusal:
        messages.error(desk.own.request, str(refusal))
    else:
        if not what:
            messages.success(desk.own.request, _("The minutes were saved."))
    return redirect(f"{reverse('minutes:edit', args=[desk.minutes.public_id])}{anchor}")


def _act(desk: Desk, saved: Saved, what: str, key: int) -> str:
    """The place on the page to come back to."""
    minutes, actor, at = desk.minutes, desk.own.user, desk.own.at
    if what == "add":
        made = add_section(minutes=minutes, actor=actor, at=at)
        return f"#section-{made.pk}"
    if what in _BY:
        move_section(minutes=minutes, section=key, by=_BY[what], at=at)
        return f"#section-{key}"
    if what == "remove":
        rows = {row.pk: row.edition for row in saved.standing}
        remove_section(
            minutes=minutes, section=key, edition=rows.get(key, 0), actor=actor, at=at
        )  # fmt: skip
        return "#sections"
    if what == "settle":
        settle_check(minutes=minutes, check=key, actor=actor, at=at)
        return "#checks"
    return ""


def _clash_page(desk: Desk, saved: Saved) -> HttpResponse:
    """Both wordings, side by side; the others are saved."""
    pairs = [(_clash_form(clash), clash.theirs) for clash in saved.clashes]
    return page(desk, "clash", {"pairs": pairs, "written": saved.written}, status=409)


def _clash_form(clash: Clash) -> SectionForm:
    if clash.theirs is None:
        return clash_form(clash.mine, None, 0)
    return clash_form(clash.mine, wording_of(clash.theirs), clash.theirs.edition)


def _desk_page(desk: Desk, faulty: list[SectionForm]) -> HttpResponse:
    minutes = desk.minutes
    checks = checks_of(minutes)
    chair = last_chair_check(minutes)
    context: dict[str, Any] = {
        "checks": checks,
        "rows": _rows(desk, faulty),
        "faulty": faulty,
        "head": head_rows(draft_content(minutes)["head"], sees_people=True),
        "missing": missing_to_finish(minutes),
        "chair": chair,
        "changed": changed_after_chair(minutes, chair),
        "out": is_out(minutes, desk.own.at),
        "editions": list(minutes.editions.select_related("made_by").defer("content")),
    }
    return page(desk, "edit" if desk.is_being_written else "done", context)


def _rows(desk: Desk, sent: list[SectionForm]) -> list[tuple[MinutesSection | None, SectionForm]]:
    """Each section as it stands; while something is wrong, as it was sent."""
    if not desk.is_being_written:
        return []
    own = {form.section: form for form in sent}
    rows: list[tuple[MinutesSection | None, SectionForm]] = [
        (row, own.pop(row.pk, section_form(row.pk, wording_of(row), row.edition)))
        for row in desk.minutes.sections.select_related("edited_by")
    ]
    return [*rows, *((None, form) for form in own.values())]
