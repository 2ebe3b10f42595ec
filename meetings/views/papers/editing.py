"""One paper: other words or readers, another file, gone, back again."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.files.base import File
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.errors import DomainError
from core.files import keep_for_later, kept_file, kept_name
from core.japan.calendar import era_datetime
from meetings.choices import Audience
from meetings.errors import FieldsRefusedError
from meetings.forms.papers import (
    KINDS_TAKEN,
    MEGABYTES,
    EditPaperForm,
    PublishForm,
    ReplaceForm,
    WithdrawForm,
)
from meetings.labels import audience_label
from meetings.models import Material
from meetings.queries.rights import is_out
from meetings.services.materials import edit_material, replace_material, withdraw_material
from meetings.views.papers.listing import anchor
from meetings.views.papers.shelf import Shelf, page, paper_of, posted
from members.services.editing import EditConflictError

FORM = ["GET", "HEAD", "POST"]


@require_http_methods(FORM)
def edit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    shelf, material = paper_of(request, public_id)
    data = posted(request)
    form = EditPaperForm(data, material=material, offered=shelf.offered(material.audience))
    publish = _publish_form(data, shelf, material)
    forms = [form, publish] if publish else [form]
    context = {"material": material, "form": form, "publish": publish, "faulty": forms}
    valid = all([one.is_valid() for one in forms])  # noqa: C419 -- each says what is wrong
    if not valid or "again" in request.POST:
        return page(request, shelf, "edit", context)
    if form.cleaned_data["audience"] != material.audience and "sure" not in request.POST:
        return page(request, shelf, "edit_check", {**context, **_difference(shelf, material, form)})
    if _saved(request, shelf, material, form, publish):
        return redirect(f"{shelf.list_url}#{anchor(material)}")
    return page(request, shelf, "edit", context)


def _publish_form(data: Any, shelf: Shelf, material: Material) -> PublishForm | None:
    """What is out has its time already: it can only be withdrawn."""
    if material.withdrawn_at is not None or is_out(material, shelf.at):
        return None
    moment = material.publish_at
    kept = _("As it is: in preparation")
    if moment is not None:
        kept = _("As it is: from %(moment)s") % {"moment": era_datetime(moment)}
    return PublishForm(data, now=shelf.at, kept=kept, prefix="all")


def _difference(shelf: Shelf, material: Material, form: EditPaperForm) -> dict[str, Any]:
    """Who can open it now, and who could then."""
    before, after = Audience(material.audience), Audience(form.cleaned_data["audience"])
    return {
        "before": shelf.audience_words(before),
        "after": shelf.audience_words(after),
        "difference": shelf.sizes[after].compared_with(shelf.sizes[before]),
        "label_after": audience_label(after, shelf.body.kind),
    }


def _saved(
    request: HttpRequest, shelf: Shelf, material: Material, form: EditPaperForm,
    publish: PublishForm | None,
) -> bool:  # fmt: skip
    values = form.values()
    if publish is not None and publish.cleaned_data["when"] != PublishForm.KEEP:
        values["publish_at"] = publish.moment
    try:
        edit_material(
            material=material, values=values, seen=form.seen_then(), actor=shelf.user, at=shelf.at
        )
    except EditConflictError as clash:
        form.add_error(None, str(clash))
        _shelf, standing = paper_of(request, material.public_id)
        words = _("Somebody changed this to “%(value)s”. Save again to replace it by yours.")
        told = {name: words % {"value": shown(standing, name)} for name in clash.fields}
        form.meet(standing, told)
    except FieldsRefusedError as refusal:
        for name, sentence in refusal.by_field.items():
            form.add_error(name if name in form.fields else None, sentence)
    except DomainError as refusal:
        form.add_error(None, str(refusal))
    else:
        messages.success(request, _("“%(name)s” was changed.") % {"name": values["title"]})
        return True
    return False


def shown(material: Material, name: str) -> str:
    """A value of the record as people read it."""
    value = getattr(material, name)
    if name == "audience":
        return audience_label(value, material.body.kind)
    if name == "publish_at":
        return era_datetime(value) if value else _("in preparation")
    return "、".join(value) if isinstance(value, list) else str(value) or _("empty")


@require_http_methods(FORM)
def replace(request: HttpRequest, public_id: UUID) -> HttpResponse:
    shelf, material = paper_of(request, public_id)
    seen = material.current.number if material.current else None
    data = posted(request)
    sent = None if data is None else request.FILES  # empty files would bind the form
    form = ReplaceForm(data, sent, initial={"version": seen})
    context = {
        "material": material, "form": form, "megabytes": MEGABYTES, "kinds": KINDS_TAKEN,
        "versions": material.versions.select_related("uploaded_by"),
        "reach": shelf.audience_words(material.audience),
    }  # fmt: skip
    if request.method == "POST":
        ticket = _waiting(shelf, form, request.POST.get("ticket", ""))
        if not ticket and "uploads" not in form.errors:
            form.add_error("uploads", _("Choose the new file."))
        if ticket and form.is_valid() and _replaced(request, shelf, material, form, ticket):
            return redirect(f"{shelf.list_url}#{anchor(material)}")
        context |= {"ticket": ticket, "kept": kept_name(ticket, owner=shelf.owner)}
    return page(request, shelf, "replace", context)


def _waiting(shelf: Shelf, form: ReplaceForm, ticket: str) -> str:
    """The ticket of the file that came now, else of the one that came before; "" for none."""
    form.is_valid()
    if form.good:
        return keep_for_later(form.good[0], owner=shelf.owner)
    return ticket if kept_name(ticket, owner=shelf.owner) is not None else ""


def _replaced(
    request: HttpRequest, shelf: Shelf, material: Material, form: ReplaceForm, ticket: str
) -> bool:
    file: File[Any] | None = kept_file(ticket, owner=shelf.owner)
    if file is None:
        return False
    try:
        with file:
            version = replace_material(
                material=material, file=file, reason=form.cleaned_data["reason"],
                seen=form.cleaned_data["version"], actor=shelf.user, at=shelf.at,
            )  # fmt: skip
    except FieldsRefusedError as refusal:
        for name, sentence in refusal.by_field.items():
            form.add_error("uploads" if name == "file" else name, sentence)
        return False
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        form.has_seen(_newest(request, material))
        return False
    messages.success(
        request,
        _("“%(name)s” was replaced. Its link stays; this is version %(n)s.")
        % {"name": material, "n": version.number},
    )
    return True


def _newest(request: HttpRequest, material: Material) -> int | None:
    """The version that the page shows now."""
    _shelf, fresh = paper_of(request, material.public_id)
    return fresh.current.number if fresh.current else None


@require_http_methods(FORM)
def withdraw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    shelf, material = paper_of(request, public_id)
    form = WithdrawForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            withdraw_material(
                material=material, reason=form.cleaned_data["reason"], actor=shelf.user, at=shelf.at
            )
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("“%(name)s” was withdrawn.") % {"name": material})
            return redirect(shelf.list_url)
    reach = shelf.audience_words(material.audience)
    context = {
        "material": material,
        "form": form,
        "reach": reach,
        "out": is_out(material, shelf.at),
    }
    return page(request, shelf, "withdraw", context)
