"""From the fields of a person, wherever they are typed in, to what the services take."""

from django import forms

from core.japan.contacts import normalize_email, normalize_phone
from core.japan.text import clean_line
from members.forms.cleaning import cleaned
from members.services import Contact


class PersonForm(forms.Form):
    """Base of forms that declare `name name_kana email department job_title phone`."""

    def clean_email(self) -> str:
        return cleaned(self.cleaned_data["email"], normalize_email)

    def clean_phone(self) -> str:
        return cleaned(self.cleaned_data["phone"], normalize_phone)

    def contact(self) -> Contact:
        value = self.cleaned_data
        return Contact(
            name=clean_line(value["name"]),
            name_kana=clean_line(value["name_kana"]),
            email=value["email"],
            department=clean_line(value["department"]),
            title=clean_line(value["job_title"]),
            phone=value["phone"],
        )
