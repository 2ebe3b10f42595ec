from django.urls import path

from portal import health, views

app_name = "portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("about/", views.text_page, {"page": "about"}, name="about"),
    path("privacy/", views.text_page, {"page": "privacy"}, name="privacy"),
    path("accessibility/", views.text_page, {"page": "accessibility"}, name="accessibility"),
    path("sitemap/", views.text_page, {"page": "sitemap"}, name="sitemap"),
    path("my/", views.my, name="my"),
    path("my/magazine/", views.my_magazine, name="my_magazine"),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
]
