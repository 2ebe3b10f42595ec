from django.urls import path

from meetings.views import viewing

app_name = "papers"
urlpatterns = [
    path("viewing/end/", viewing.end, name="viewing_end"),
]
