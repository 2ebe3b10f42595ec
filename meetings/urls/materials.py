from django.urls import path

from meetings.views import materials, rights, search
from meetings.views.papers import editing, listing

app_name = "materials"
urlpatterns = [
    path("search/", search.search_papers, name="search"),
    path("<uuid:public_id>/readers/", rights.material_readers, name="readers"),
    path("<uuid:public_id>/", materials.open_material, name="open"),
    path("<uuid:public_id>/versions/<int:number>/", materials.open_version, name="version"),
    path("<uuid:public_id>/edit/", editing.edit, name="edit"),
    path("<uuid:public_id>/replace/", editing.replace, name="replace"),
    path("<uuid:public_id>/withdraw/", editing.withdraw, name="withdraw"),
    path("<uuid:public_id>/restore/", listing.restore, name="restore"),
    path("<uuid:public_id>/move/", listing.move, name="move"),
]
