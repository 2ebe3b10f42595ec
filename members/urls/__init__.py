"""`/members/`: the public pages. What lies under `/my/` is in `my`."""

from django.urls import path

from members.views import apply, apply_check, confirm, directory

app_name = "members"
urlpatterns = [
    path("", directory.directory, name="directory"),
    path("export.csv", directory.export, name="export"),
    path("apply/", apply.start, name="apply"),
    path("apply/sent/", apply.sent, name="apply_sent"),
    path("apply/<slug:key>/", apply.application, name="application"),
    path("apply/<slug:key>/check/", apply_check.check, name="application_check"),
    path("apply/<slug:key>/retract/", apply.retract, name="application_retract"),
    path("apply/<slug:key>/<slug:step>/", apply.step, name="application_step"),
    path("confirm/<slug:key>/", confirm.confirm, name="confirm"),
    path("confirm/<slug:key>/change/", confirm.change, name="confirm_change"),
    path("<slug:slug>/", directory.profile, name="profile"),
]
