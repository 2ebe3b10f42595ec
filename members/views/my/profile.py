"""What changes at once."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.errors import DomainError
from core.japan.calendar import era_datetime
from members.forms.my import ProfileForm
from members.queries.history import last_changes
from members.queries.profile import profile_of
from members.services.editing import EditConflictError
from members.services.profile import update_profile
from members.views.my.acting import Acting, acting, page

COLUMNS = {"mailbox": "mailbox_id"}  # what the trail calls a field, where it differs


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    own = acting(request, slug)
    form = ProfileForm(request.POST or None, organization=own.organization)
    if request.method == "POST" and form.is_valid():
        answer = _save(request, own, form)
        if answer is not None:
            return answer
    return page(request, own, "edit", {"form": form})


def _save(request: HttpRequest, own: Acting, form: ProfileForm) -> HttpResponse | None:
    """None when the form has to come back."""
    try:
        changed = update_profile(
            organization=own.organization, values=form.values(), seen=form.seen_then(),
            actor=own.user, at=own.at,
        )  # fmt: skip
    except EditConflictError as clash:
        form.add_error(None, str(clash))
        _explain(own, form, clash)
        return None
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return None
    if changed:
        messages.success(request, _("The registered items were changed."))
    else:
        messages.info(request, _("Nothing was different, so nothing was changed."))
    return redirect("organizations:home", slug=own.organization.slug)


def _explain(own: Acting, form: ProfileForm, clash: EditConflictError) -> None:
    """Field by field: who wrote what meanwhile."""
    fresh = type(own.organization).objects.acted_for_by(own.user, own.day)
    organization = fresh.select_related("mailbox").get(pk=own.organization.pk)
    standing = profile_of(organization)
    known = last_changes(organization, [COLUMNS.get(name, name) for name in clash.fields])
    told = {}
    for name in clash.fields:
        who, when = known.get(COLUMNS.get(name, name), ("", own.at))
        told[name] = _(
            "%(who)s changed this to “%(value)s” (%(when)s). Save again to replace it by yours."
        ) % {
            "who": who or _("The secretariat"),
            "value": form.shown(name, standing[name]) or _("empty"),
            "when": era_datetime(when),
        }
    form.meet(standing, told)
