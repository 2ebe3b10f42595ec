from django.urls import path

from mailing import views

app_name = "mailing"
urlpatterns = [
    path("<str:token>/", views.unsubscribe, name="unsubscribe"),
]
