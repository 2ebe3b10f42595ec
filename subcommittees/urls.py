from django.urls import path

from subcommittees import views

app_name = "subcommittees"
urlpatterns = [
    path("", views.subcommittees, name="list"),
    path("<int:number>/", views.subcommittee, name="subcommittee"),
    path("<int:number>/meetings/", views.meetings, name="meetings"),
    path("<int:number>/members/", views.members, name="members"),
    path("<slug:slug>/", views.of_body, name="of_body"),
]
