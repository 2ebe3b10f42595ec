from django.urls import path

from meetings.views import materials, reading
from meetings.views.papers import adding, listing

app_name = "meetings"
urlpatterns = [
    path("<uuid:public_id>/", reading.meeting, name="meeting"),
    path("<uuid:public_id>/papers.zip", materials.open_all, name="zip"),
    path("<uuid:meeting>/papers/", listing.papers, name="papers"),
    path("<uuid:meeting>/papers/add/", adding.add, name="papers_add"),
]
