"""`/my/organizations/`: what a contact does for the organisation named in the address."""

from django.urls import path

from members.views.my import handover, home, people, profile, requests

app_name = "organizations"
urlpatterns = [
    path("<slug:slug>/", home.home, name="home"),
    path("<slug:slug>/history/", home.history, name="history"),
    path("<slug:slug>/magazine/", home.magazine, name="magazine"),
    path("<slug:slug>/edit/", profile.edit, name="edit"),
    path("<slug:slug>/people/add/", people.add, name="add"),
    path("<slug:slug>/people/<uuid:person>/", people.correct, name="correct"),
    path("<slug:slug>/people/<uuid:person>/end/", people.end, name="end"),
    path("<slug:slug>/handover/", handover.book, name="handover"),
    path("<slug:slug>/handover/<uuid:person>/cancel/", handover.cancel, name="handover_cancel"),
    path("<slug:slug>/changes/add/", requests.change, name="change"),
    path("<slug:slug>/changes/<uuid:public_id>/", requests.change_request, name="request"),
    path(
        "<slug:slug>/changes/<uuid:public_id>/answer/", requests.answer_change,
        name="request_answer",
    ),
    path(
        "<slug:slug>/changes/<uuid:public_id>/retract/", requests.take_back_change,
        name="request_retract",
    ),
    path("<slug:slug>/withdrawal/", requests.withdraw, name="withdraw"),
    path(
        "<slug:slug>/withdrawal/retract/", requests.take_back_withdrawal, name="withdraw_retract"
    ),
]  # fmt: skip
