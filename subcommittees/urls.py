from django.urls import URLPattern

app_name = "subcommittees"
urlpatterns: list[URLPattern] = []
