"""What the pages of an application print: each block of answers, and what is still missing."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from members.choices import Duty
from members.forms.application import STEPS, AnswersForm, Step, step_of
from members.forms.application_contacts import ContactForm
from members.models import MembershipApplication
from members.queries.applications import (
    label_of,
    missing_answers,
    snapshot_of,
    words_of,
)

_BOXES = {"category", "fields", "targets", "regions", "public_fields"}


@dataclass(frozen=True)
class Gap:
    """What is still to be filled in, and where."""

    label: str
    url: str


@dataclass(frozen=True)
class Block:
    """One page of the form, answered."""

    step: Step
    number: int
    url: str
    rows: list[tuple[str, str]]
    people: list[list[tuple[str, str]]]
    gaps: list[Gap]


def steps_of(application: MembershipApplication) -> list[Block]:
    """Every page with its answers in words. One query: the contacts."""
    snapshot = snapshot_of(application)
    labels = _labels(application)
    missing = missing_answers(snapshot)
    return [
        Block(
            step=step,
            number=number,
            url=_url(application, step),
            rows=[(labels[name], words_of(name, snapshot[name])) for name in step.fields],
            people=_people(snapshot) if step.name == "contacts" else [],
            gaps=[_gap(application, name, labels) for name in missing if step_of(name) == step],
        )
        for number, step in enumerate(STEPS, start=1)
    ]


def _labels(application: MembershipApplication) -> dict[str, str]:
    """The words of the form, which the applicant has just read, not those of the register."""
    names = [name for step in STEPS for name in step.fields]
    form = AnswersForm(application=application, only=names)
    return {name: str(form[name].label) for name in names}


def _people(snapshot: dict[str, Any]) -> list[list[tuple[str, str]]]:
    return [
        [
            (str(ContactForm.base_fields[name].label), words)
            for name in ("name", "name_kana", "department", "title", "phone", "email", "duty",
                         "newsletter")
            if (words := _said(name, person[name]))
        ]
        for person in snapshot["contacts"]
    ]  # fmt: skip


def _said(name: str, value: Any) -> str:
    if name == "duty" and value == Duty.PRIMARY:
        return ""  # the heading says so
    return words_of(f"contacts.1.{name}", value)


def _url(application: MembershipApplication, step: Step) -> str:
    return reverse("members:application_step", args=[application.link_key, step.name])


def _gap(application: MembershipApplication, name: str, labels: dict[str, str]) -> Gap:
    place, _dot, rest = name.partition(".")
    anchor = f"id_{name}_0" if name in _BOXES else f"id_{name}"
    label = labels.get(name) or label_of(name)
    if place == "contacts":
        number, _dot, column = rest.partition(".")
        anchor = f"id_contact-{number}-{column}"
        label = f"{label_of(f'contacts.{number}')} {ContactForm.base_fields[column].label}"
    url = _url(application, step_of(name))
    return Gap(label=label, url=f"{url}#{anchor}")
