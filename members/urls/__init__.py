"""`/members/`: the public pages. What lies under `/my/` is in `my`."""

from django.urls import path

from members.views import directory

app_name = "members"
urlpatterns = [
    path("", directory.directory, name="directory"),
    path("export.csv", directory.export, name="export"),
    path("<slug:slug>/", directory.profile, name="profile"),
]
