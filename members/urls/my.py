"""`/my/organizations/`: what a contact does for the organisation named in the address."""

from django.urls import URLPattern

app_name = "organizations"
urlpatterns: list[URLPattern] = []
