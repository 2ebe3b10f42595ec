from django.contrib import admin
from django.urls import include, path

from meetings.urls import bodies, calendar, materials, meetings, minutes
from meetings.urls import my as papers
from members.urls import my

handler500 = "portal.errors.server_error"

urlpatterns = [
    path("", include("portal.urls")),
    path("admin/", admin.site.urls),
    path("accounts/", include("accounts.urls")),
    path("accounts/", include("allauth.urls")),
    path("members/", include("members.urls")),
    path("my/organizations/", include(my)),
    path("subcommittees/", include("subcommittees.urls")),
    path("bodies/", include(bodies)),
    path("meetings/", include(meetings)),
    path("materials/", include(materials)),
    path("minutes/", include(minutes)),
    path("my/", include(papers)),
    path("calendar/", include(calendar)),
    path("newsletter/unsubscribe/", include("mailing.urls")),
    path("newsletter/", include("newsletter.urls")),
    path("dev/mails/", include("platform_site.mailroom.urls")),  # 404 outside `make run`
]
