from django.urls import path

from newsletter import views

app_name = "newsletter"
urlpatterns = [
    path("", views.archive, name="archive"),
    path("<int:number>/", views.issue_detail, name="issue"),
]
