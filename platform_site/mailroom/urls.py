"""Included at `dev/mails/` when MAILBOX_DIR is set."""

from django.urls import path

from platform_site.mailroom import views

app_name = "mailroom"
urlpatterns = [
    path("", views.mail_list, name="list"),
    path("<slug:key>/", views.mail_detail, name="detail"),
    path("<slug:key>/html/", views.mail_html, name="html"),
    path("<slug:key>/source/", views.mail_source, name="source"),
]
