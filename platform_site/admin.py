"""The secretariat's admin site and its sidebar, declared by job."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from accounts.choices import Role
from accounts.models import User
from core.shell.admin import ShellAdmin
from core.shell.nav import Group, Item, build
from platform_site.search import everything
from platform_site.today import today_page

NAV = (
    Group("today", _("Today"), "today", (Item(_("Today"), "admin:index"),)),
    Group(
        "members",
        _("Members"),
        "members",
        (
            Item(_("Applications"), "members.membershipapplication"),
            Item(_("Rounds of decisions"), "members.decisionbatch"),
            Item(_("Member organizations"), "members.organization"),
            Item(_("Number of members over time"), "admin:members_organization_statistics"),
            Item(_("Change requests"), "members.changerequest"),
            Item(_("Notices of withdrawal"), "members.withdrawal"),
            Item(_("Confirmation of what is registered"), "members.confirmationround"),
            Item(_("Membership periods"), "members.membership"),
            Item(_("People"), "members.person"),
            Item(_("Affiliations"), "members.affiliation"),
        ),
        daily=True,
    ),
    Group(
        "bodies",
        _("Bodies and papers"),
        "bodies",
        (
            Item(_("Meetings"), "meetings.meeting"),
            Item(_("Papers"), "meetings.material"),
            Item(_("Minutes"), "meetings.minutes"),
            Item(_("Subcommittees"), "subcommittees.subcommittee"),
            Item(_("Requests to take part"), "subcommittees.participationrequest"),
            Item(_("Bodies"), "meetings.body"),
            Item(_("Seats and terms"), "meetings.seat"),
        ),
        daily=True,
    ),
    Group(
        "newsletter",
        _("Mail magazine"),
        "mail",
        (
            Item(_("Issues"), "newsletter.issue"),
            Item(_("State of delivery"), "mailing.message"),
            Item(_("Delivery by recipient"), "mailing.envelope"),
            Item(_("Mailboxes"), "mailing.address"),
            Item(_("Consents"), "mailing.consent"),
        ),
        daily=True,
    ),
    Group(
        "records",
        _("Settings and records"),
        "settings",
        (
            Item(_("Accounts"), "accounts.user"),
            Item(_("Name and sender of the secretariat"), "mailing.senderidentity"),
            Item(_("Change sets"), "core.changeset"),
            Item(_("Record of changes"), "core.change"),
            Item(_("Record of acts"), "core.act"),
        ),
    ),
)


class SecretariatSite(admin.AdminSite):
    """Stock admin site with our sidebar, Today, one search, and the login of the whole site."""

    site_title = _("Secretariat")
    site_header = _("Public-private platform secretariat")
    enable_nav_sidebar = False
    empty_value_display = "—"

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Admins that libraries bring along stay outside: they know nothing of our roles."""
        if admin_class is not None and issubclass(admin_class, ShellAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def get_urls(self) -> list[URLResolver | URLPattern]:
        own = [path("search/", self.admin_view(self.search), name="search")]
        return [*own, *super().get_urls()]

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        context = super().each_context(request)
        user = request.user
        if not context["has_permission"] or not user.is_authenticated:
            return context
        trial = {"label": _("Trial environment"), "tone": "warning"} if settings.LOCAL else None
        return context | {
            "nav": build(NAV, request),
            "environment": trial,
            "today": timezone.localdate(),
            "user_label": user.get_full_name(),
            "role_label": _roles(user),
        }

    # --- login belongs to allauth --------------------------------------------------------------

    @method_decorator(never_cache)
    @method_decorator(login_not_required)
    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.GET.get("next") or reverse("admin:index"))
        if not self.has_permission(request):
            raise PermissionDenied
        # Never the stock form: it would take a password alone.
        return redirect("admin:index")

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return redirect("account_logout")

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        return redirect("account_change_password")

    def password_change_done(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        return redirect("account_change_password")

    # --- pages of the whole site ---------------------------------------------------------------

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        context = {**self.each_context(request), "title": _("Today")}
        if request.user.is_authenticated:
            context |= today_page(request.user, timezone.now(), request.GET.get("kind", ""))
        request.current_app = self.name
        return TemplateResponse(request, "admin/index.html", context | (extra_context or {}))

    def app_index(
        self, request: HttpRequest, app_label: str, extra_context: dict[str, Any] | None = None
    ) -> Any:
        """Work is ordered by job in the sidebar, not by program: no page per app."""
        return HttpResponseRedirect(reverse("admin:index", current_app=self.name))

    def search(self, request: HttpRequest) -> TemplateResponse:
        query = request.GET.get("q", "").strip()
        found = everything(self, request, query)
        context = {
            **self.each_context(request),
            "title": _("Search"),
            "search_query": query,
            "found": found,
            "found_total": sum(group["n"] for group in found),
        }
        request.current_app = self.name
        return TemplateResponse(request, "admin/search.html", context)


def _roles(user: User) -> str:
    """The roles of this account in words: `administrator` is a msgid like any other."""
    held = set(user.groups.values_list("name", flat=True))
    labels = [str(role.label) for role in Role if role.value in held]
    if user.is_superuser:
        labels.append(gettext("All rights"))
    return "、".join(labels)
