from django.urls import path

from subcommittees.views import joining, pages, requests

app_name = "subcommittees"
urlpatterns = [
    path("", pages.subcommittees, name="list"),
    path("<int:number>/", pages.subcommittee, name="subcommittee"),
    path("<int:number>/meetings/", pages.meetings, name="meetings"),
    path("<int:number>/members/", pages.members, name="members"),
    path("<int:number>/join/", joining.join, name="join"),
    path("<int:number>/leave/", joining.leave, name="leave"),
    path("<int:number>/requests/", requests.requests, name="requests"),
    path("<int:number>/requests/<uuid:public_id>/", requests.participation, name="request"),
    path("<int:number>/requests/<uuid:public_id>/retract/", joining.retract, name="retract"),
    path("<slug:slug>/", pages.of_body, name="of_body"),
]
