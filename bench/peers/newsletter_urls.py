"""The addresses that django-newsletter's letters link to."""

from django.urls import include, path

urlpatterns = [path("newsletter/", include("newsletter.urls"))]
