"""Tables and acts by the names that people know."""

from functools import cache
from importlib import import_module
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.module_loading import module_has_submodule


@cache
def _models() -> dict[str, type[models.Model]]:
    known = list(apps.get_models(include_auto_created=True))
    # A watched proxy has a name of its own in Japanese; the table that Django made for it has not.
    known.sort(key=lambda model: not model._meta.auto_created)
    return {str(model._meta.db_table): model for model in known}


def model_of(table: str) -> type[models.Model] | None:
    """The model behind a table; nothing when it has left the program."""
    return _models().get(table)


def table_words(table: str) -> str:
    model = model_of(table)
    return str(model._meta.verbose_name) if model else table


@cache
def _words(name: str) -> dict[str, Any]:
    """The dictionary `name` of every app's `act_words.py`, in one."""
    found: dict[str, Any] = {}
    for config in apps.get_app_configs():
        if config.module is not None and module_has_submodule(config.module, "act_words"):
            found |= getattr(import_module(f"{config.name}.act_words"), name, {})
    return found


def acts() -> dict[str, Any]:
    """Every act that an app knows, with its words."""
    return _words("ACTS")


def act_words(verb: str) -> str:
    """`newsletter.issue.approved` in words."""
    return str(acts().get(verb, verb))


def detail_words(key: str, value: Any) -> tuple[str, str]:
    """One line of an act's detail in words."""
    label = str(_words("DETAILS").get(key, key))
    if isinstance(value, dict):
        parts = (" ".join(detail_words(*pair)) for pair in value.items())
        return label, "、".join(parts)
    if isinstance(value, list):
        return label, "、".join(map(str, value))
    known = _words("VALUES")
    return label, str(known[value]) if isinstance(value, str) and value in known else str(value)
