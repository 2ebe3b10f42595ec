"""Whose eyes may rest on which table of the trail."""

from django.apps import apps
from django.contrib.auth import get_permission_codename
from django.db import models
from django.http import HttpRequest


def may_see(request: HttpRequest, model: type[models.Model]) -> bool:
    """Apps that grant rights by role show the trail of a table to whoever may view the table."""
    if not hasattr(apps.get_app_config(model._meta.app_label), "role_grants"):
        return True
    codename = get_permission_codename("view", model._meta)
    return request.user.has_perm(f"{model._meta.app_label}.{codename}")


def hidden_tables(request: HttpRequest) -> list[str]:
    """A table is seen through any of its models, e.g. a watched proxy that has a permission."""
    models_ = apps.get_models(include_auto_created=True)
    seen = {model._meta.db_table for model in models_ if may_see(request, model)}
    return sorted({model._meta.db_table for model in models_} - seen)
