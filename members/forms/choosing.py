"""An organisation, chosen with suggestions."""

from typing import Any

from django import forms
from django.contrib.admin import site
from django.db.models import Field
from django.utils.translation import gettext_lazy

from core.shell.choosing import RecordSelect
from members.models import Organization


class OrganizationField(forms.ModelChoiceField):
    """`reference`: the column for which the suggestions are made; its admin says who may ask."""

    def __init__(self, reference: "Field[Any, Any]", **kwargs: Any) -> None:
        given = {
            "queryset": Organization.objects.all(),
            "help_text": gettext_lazy("Search by name, former name or member number."),
        }
        super().__init__(**{**given, **kwargs}, widget=RecordSelect(reference, site))
