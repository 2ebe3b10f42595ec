"""The site's addresses with the page of kept mails, as `make run` mounts it."""

from django.urls import include, path

from platform_site import urls

urlpatterns = [
    *urls.urlpatterns,
    path("dev/mails/", include("platform_site.mailroom.urls")),
]
