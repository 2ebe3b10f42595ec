from django.urls import path

from members import views

app_name = "members"
urlpatterns = [
    path("", views.directory, name="directory"),
    path("export.csv", views.export, name="export"),
    path("<slug:slug>/", views.profile, name="profile"),
]
