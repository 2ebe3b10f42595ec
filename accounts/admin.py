"""Accounts for the secretariat: provide, give roles, close. Nobody deletes one."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.adapter import send_invitation
from accounts.choices import Role
from accounts.models import User
from accounts.queries import with_mfa
from accounts.requests import user_of
from accounts.services import (
    change_email,
    deactivate_user,
    provision_user,
    reactivate_user,
    set_roles,
)
from core.errors import DomainError
from core.japan.codes import normalize_email
from core.shell.admin import NextStep, SavedView, ShellAdmin


class UserForm(forms.ModelForm):
    # Not an EmailField: it would refuse full-width letters before they can be narrowed.
    email = forms.CharField(label=_("e-mail address"), max_length=254)
    roles = forms.MultipleChoiceField(
        label=_("roles"),
        choices=Role.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Whoever holds a role is staff and logs in with a second factor."),
    )

    class Meta:
        model = User
        fields = ("email", "name", "valid_until")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "roles" in self.fields:
            self.fields["roles"].initial = _role_names(self.instance)

    def clean_email(self) -> str:
        try:
            return normalize_email(self.cleaned_data["email"])
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error


@admin.register(User)
class UserAdmin(ShellAdmin):
    form = UserForm
    list_display = ("shown", "email", "roles", "second_factor", "valid_until", "last_login", "open")
    list_display_links = ("shown",)
    list_filter = ("is_active", "is_staff", "groups")
    search_fields = ("email", "name")
    ordering = ("-is_staff", "email")
    fields = ("email", "name", "roles", "valid_until", "last_login", "date_joined")
    readonly_fields = ("last_login", "date_joined")
    actions = ("deactivate",)
    action_effects = {
        "deactivate": _("The accounts can no longer log in and their sessions end at once.")
    }
    saved_views = (
        SavedView(_("All")),
        SavedView(_("Staff"), "is_staff__exact=1&is_active__exact=1"),
        SavedView(_("Closed"), "is_active__exact=0"),
    )

    # --- what may be done --------------------------------------------------------------------

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        # `?password__startswith=` would tell a hash letter by letter.
        return not lookup.startswith("password") and super().lookup_allowed(lookup, value, request)  # type: ignore[arg-type]

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        fields = tuple(super().get_readonly_fields(request, obj))
        if obj is None:
            return fields
        if self.has_change_permission(request, obj):
            return fields
        # Without the right to change, the roles are words, not boxes.
        return (*fields, "email", "name", "valid_until", "role_names")

    def get_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        if obj is not None and not self.has_change_permission(request, obj):
            return ("email", "name", "role_names", "valid_until", "last_login", "date_joined")
        return self.fields if obj else ("email", "name", "roles", "valid_until")

    # --- list --------------------------------------------------------------------------------

    def get_queryset(self, request: HttpRequest) -> Any:
        return with_mfa(super().get_queryset(request)).prefetch_related("groups")

    @admin.display(description=_("full name"), ordering="name")
    def shown(self, user: User) -> str:
        return user.get_full_name()

    @admin.display(description=_("roles"))
    def roles(self, user: User) -> str:
        return "、".join(str(Role(name).label) for name in _role_names(user)) or "―"

    role_names = roles

    @admin.display(description=_("second factor"), boolean=True)
    def second_factor(self, user: User) -> bool:
        return bool(user.has_second_factor)  # type: ignore[attr-defined] # annotated by with_mfa

    @admin.display(description=_("active"), boolean=True, ordering="is_active")
    def open(self, user: User) -> bool:
        return user.is_valid_on(timezone.localdate())

    @admin.action(description=_("Close the selected accounts"), permissions=["change"])
    def deactivate(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        closed = 0
        for user in queryset:
            try:
                deactivate_user(user=user, actor=user_of(request), at=timezone.now())
                closed += 1
            except DomainError as error:
                self.message_user(request, f"{user}: {error}", messages.ERROR)
        self.message_user(request, gettext("Closed accounts: %(n)s") % {"n": closed})

    # --- form --------------------------------------------------------------------------------

    def status_badge(self, obj: User) -> tuple[Any, str] | None:
        return None if obj.is_valid_on(timezone.localdate()) else (_("Closed"), "neutral")

    def next_step(self, request: HttpRequest, obj: User) -> NextStep | None:
        if not self.has_change_permission(request, obj):
            return None
        if obj.is_active:
            hint = _("Sessions end at once. The account stays in the records.")
            return NextStep("deactivate", _("Close this account"), hint, danger=True)
        return NextStep("reactivate", _("Open this account again"))

    def do_step(self, request: HttpRequest, obj: User, key: str) -> HttpResponse | None:
        step = deactivate_user if key == "deactivate" else reactivate_user
        step(user=obj, actor=user_of(request), at=timezone.now())
        self.message_user(request, gettext("Done."), messages.SUCCESS)
        return None

    def save_model(self, request: HttpRequest, obj: User, form: UserForm, change: bool) -> None:  # noqa: FBT001 -- Django's signature
        actor, at, data = user_of(request), timezone.now(), form.cleaned_data
        if change:
            obj.email = form.initial["email"]
            super().save_model(request, obj, form, change)
            change_email(user=obj, email=data["email"], actor=actor, at=at)
            obj.refresh_from_db()
        else:
            made = provision_user(email=data["email"], name=data["name"], actor=actor, at=at)
            made.valid_until = data["valid_until"]
            made.save(update_fields=["valid_until"])
            obj.__dict__.update(made.__dict__)
        set_roles(user=obj, roles={Role(name) for name in data["roles"]}, actor=actor, at=at)
        if not change:
            obj.refresh_from_db()  # a role changes what the link is signed with
            send_invitation(obj)
            told = gettext("The letter about logging in goes to %(email)s.") % {"email": obj.email}
            self.message_user(request, told)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().changeform_view(request, *args, **kwargs)
        except DomainError as error:
            self.message_user(request, str(error), messages.ERROR)
            return HttpResponseRedirect(request.path)


def _role_names(user: User) -> list[str]:
    return [group.name for group in user.groups.all() if group.name in Role.values]
