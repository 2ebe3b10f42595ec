"""The organisation at a glance, and what happened to it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.japan.codes import prefecture_name
from mailing.choices import Channel
from mailing.services import give_consent, withdraw_consent
from members.choices import Category, Duty, Field, PublicField, Target
from members.queries.colleagues import Colleague, colleagues_of
from members.queries.history import history_of
from members.queries.standing import mailboxes_in
from members.queries.waiting import waiting_for
from members.views.my.acting import Acting, acting, page

WORDING = "マイページ: メールマガジン"


@require_safe
def home(request: HttpRequest, slug: str) -> HttpResponse:
    own = acting(request, slug)
    people = colleagues_of(own.organization, own.day)
    rows = [row for colleague in people for row in colleague.rows]
    context = {
        "waiting": waiting_for([own.organization], own.at, own.day),
        "facts": _facts(own, people),
        "people": people,
        "mailboxes": mailboxes_in(own.organization, rows, own.user),
    }
    return page(request, own, "home", context)


@require_safe
def history(request: HttpRequest, slug: str) -> HttpResponse:
    own = acting(request, slug)
    return page(request, own, "history", {"lines": history_of(own.organization)})


@require_POST
def magazine(request: HttpRequest, slug: str) -> HttpResponse:
    """The wish of one's own mailbox here, or of the organisation's."""
    own = acting(request, slug)
    email = request.POST.get("mailbox", "")
    rows = own.organization.affiliations.active_on(own.day).filter(person__user=own.user)
    known = mailboxes_in(own.organization, rows.select_related("address", "person"), own.user)
    box = next((box for box in known if box.own and box.address.email == email), None)
    if box is None:
        raise Http404
    wants = request.POST.get("wish") == "given"
    act = give_consent if wants else withdraw_consent
    act(address=box.address, actor=own.user, at=own.at, channel=Channel.WEB, wording=WORDING)
    told = _("The mail magazine will come.") if wants else _("The mail magazine is stopped.")
    messages.success(request, told)
    return redirect("organizations:home", slug=slug)


def _facts(own: Acting, people: list[Colleague]) -> list[tuple[str, str, str]]:
    """Label, value and whether the public sees it, in the order of the profile."""
    organization = own.organization
    shown = set(organization.public_fields)
    postal = f"〒{organization.postal_code}\n" if organization.postal_code else ""

    def released(field: PublicField) -> str:
        return "public" if field in shown else "hidden"

    category = getattr(organization, "category", "")
    return [
        (_("Official name"), organization.name, "public"),
        (_("Reading"), organization.name_kana, "public"),
        (_("Legal form"), str(organization.get_kind_display()), "public"),
        (_("Category"), str(Category(category).label), "public"),
        (_("Corporate number"), organization.corporate_number, "hidden"),
        (_("Representative"), _representative(own, people), released(PublicField.REPRESENTATIVE)),
        (_("Address"), f"{postal}{organization.address}", released(PublicField.ADDRESS)),
        (_("Phone"), organization.phone, released(PublicField.PHONE)),
        (_("Fax"), organization.fax, "hidden"),
        (_("Mailbox of the organization"), str(organization.mailbox or ""), "hidden"),
        (_("Web address"), organization.url, released(PublicField.URL)),
        (_("Summary of activities"), organization.summary, released(PublicField.SUMMARY)),
        (_("Fields of activity"), _labels(Field, organization.fields),
         released(PublicField.FIELDS)),
        (_("Whom it stands by"), _labels(Target, organization.targets),
         released(PublicField.FIELDS)),
        (_("Regions of activity"), "・".join(map(prefecture_name, organization.regions)),
         released(PublicField.FIELDS)),
    ]  # fmt: skip


def _labels(choices: type[Field] | type[Target], codes: list[str]) -> str:
    return "、".join(str(choices(code).label) for code in codes)


def _representative(own: Acting, people: list[Colleague]) -> str:
    """From the rows that are read already."""
    for colleague in people:
        for row in colleague.rows:
            if row.duty == Duty.REPRESENTATIVE and row.valid_from <= own.day:
                return f"{row.title} {row.person.name}".strip()
    return ""
