"""`/calendar/<key>.ics`: what calendar programs fetch, without a login."""

from django.urls import path

from meetings.views import calendars

app_name = "calendar"
urlpatterns = [
    path("<slug:key>.ics", calendars.feed, name="feed"),
]
