from django.urls import path

from meetings.views import reading
from meetings.views.papers import adding, listing
from meetings.views.workroom import home
from meetings.views.workroom import meeting as workroom

app_name = "bodies"
urlpatterns = [
    path("<slug:slug>/", reading.body, name="body"),
    path("<slug:slug>/meetings/", reading.body_meetings, name="meetings"),
    path("<slug:slug>/members/", reading.body_members, name="members"),
    path("<slug:slug>/papers/", listing.papers, name="papers"),
    path("<slug:slug>/papers/add/", adding.add, name="papers_add"),
    path("<slug:slug>/run/", home.home, name="run"),
    path("<slug:slug>/run/add/", workroom.add, name="meeting_add"),
]
