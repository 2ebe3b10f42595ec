"""Pages that an app puts under the records of an app below it, which cannot know it.

An app answers in its module `record_pages.py`: `PAGES`, one RecordPage each. The modules are asked
as those of `today.py` are, by looking at the apps.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

from django.apps import apps
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.module_loading import module_has_submodule

from core.shell.pieces import Words

View = Callable[[HttpRequest, Any, dict[str, Any]], HttpResponseBase]


@dataclass(frozen=True)
class RecordPage:
    """`model` as `members.person`; `part` ends the address and the name `admin:app_model_part`.

    `view(request, record, context)` is called for those who hold `permission` and may see the
    record. Without `label` nothing links to it.
    """

    model: str
    part: str
    permission: str
    view: View
    label: Words = ""


@cache
def _all() -> tuple[RecordPage, ...]:
    return tuple(
        page
        for config in apps.get_app_configs()
        if config.module is not None and module_has_submodule(config.module, "record_pages")
        for page in import_module(f"{config.name}.record_pages").PAGES
    )


def pages_of(model: str) -> list[RecordPage]:
    return [page for page in _all() if page.model == model]
