"""Addresses beside those of the login library, under the same `/accounts/`."""

from django.urls import path

from accounts import views

# Named as the library names its own: staff without a second factor may come here too.
urlpatterns = [path("welcome/<str:token>/", views.welcome, name="account_welcome")]
