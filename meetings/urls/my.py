from django.urls import path

from meetings.views import calendars, mine, viewing

app_name = "papers"
urlpatterns = [
    path("papers/", mine.papers, name="papers"),
    path("viewing/end/", viewing.end, name="viewing_end"),
    path("calendar/", calendars.my_calendar, name="calendar"),
]
