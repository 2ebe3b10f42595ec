"""What the forms of the workrooms need beyond the components. No query."""

from collections.abc import Iterable

from django import forms, template

from core.templatetags.look import first_control_id

register = template.Library()


@register.simple_tag
def complaints(faulty: Iterable[forms.BaseForm]) -> list[tuple[str, str]]:
    """All that is wrong in several forms: where to (an id, or nothing) and the sentence.

    A form with a `number` is one of several alike, which the sentence names.
    """
    told: list[tuple[str, str]] = []
    for form in faulty:
        if not form.errors:
            continue
        whose = f"{number}件目:" if (number := getattr(form, "number", None)) else ""
        told += [("", f"{whose}{error}") for error in form.non_field_errors()]
        for field in form:
            anchor = "" if field.is_hidden else first_control_id(field)
            told += [(anchor, f"{whose}{error}") for error in field.errors]
    return told
