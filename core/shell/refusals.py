"""What a service refuses while a record is saved is said above the form; what was typed stays."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest

from core.errors import DomainError
from core.shell.admin import ShellAdmin


class SaysRefusals(ShellAdmin):
    """A DomainError out of `save_model` or `save_related` becomes an error of the whole form.

    So it is when somebody else was quicker between the check and the write: nothing has been
    written, and the page comes back as after any other mistake.
    """

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except DomainError as refusal:
            request.refusal = str(refusal)  # type: ignore[attr-defined] # read by get_form
            return super().changeform_view(request, object_id, form_url, extra_context)

    def get_form(
        self,
        request: HttpRequest,
        obj: Any = None,
        change: bool = False,  # noqa: FBT001, FBT002 -- Django's signature
        **kwargs: Any,
    ) -> Any:
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        words = getattr(request, "refusal", "")
        return _refused(form, words) if words else form


def _refused(form: Any, words: str) -> Any:
    class Refused(form):
        def clean(self) -> Any:
            super().clean()
            raise ValidationError(words)

    return Refused
