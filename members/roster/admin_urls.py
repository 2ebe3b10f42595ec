"""Addresses of the list's pages, to stand under the list of organisations in the admin."""

from django.contrib import admin
from django.urls import URLPattern, path

from members.roster import admin_views


def roster_urls() -> list[URLPattern]:
    """For `OrganizationAdmin.get_urls`, before the stock ones."""
    wrap = admin.site.admin_view
    name = "members_organization"
    return [
        path("import/", wrap(admin_views.upload), name=f"{name}_import"),
        path("import/<uuid:public_id>/", wrap(admin_views.detail), name=f"{name}_import_detail"),
        path(
            "import/<uuid:public_id>/confirm/",
            wrap(admin_views.confirm),
            name=f"{name}_import_confirm",
        ),
        path(
            "import/<uuid:public_id>/cancel/",
            wrap(admin_views.cancel),
            name=f"{name}_import_cancel",
        ),
        path(
            "import/<uuid:public_id>/choose/",
            wrap(admin_views.choose_rows),
            name=f"{name}_import_choose",
        ),
        path(
            "import/<uuid:public_id>/refused.xlsx",
            wrap(admin_views.refused_rows),
            name=f"{name}_import_refused",
        ),
        path("export/", wrap(admin_views.export), name=f"{name}_export"),
    ]
