from django.urls import path

from meetings.views.minutes import by_link, checking, final, reading, writing

app_name = "minutes"
urlpatterns = [
    path("of/<uuid:meeting>/", writing.start, name="start"),
    path("check/<slug:key>/", by_link.check, name="check"),
    path("<uuid:public_id>/", reading.minutes, name="minutes"),
    path("<uuid:public_id>/minutes.pdf", reading.pdf, name="pdf"),
    path("<uuid:public_id>/edit/", writing.edit, name="edit"),
    path("<uuid:public_id>/settings/", writing.settings, name="settings"),
    path("<uuid:public_id>/speakers/", checking.speakers, name="speakers"),
    path("<uuid:public_id>/chair/", checking.chair, name="chair"),
    path("<uuid:public_id>/answers/<int:check>/", checking.take_answer, name="take_answer"),
    path("<uuid:public_id>/back/", checking.back, name="back"),
    path("<uuid:public_id>/finish/", final.finish, name="finish"),
    path("<uuid:public_id>/publish/", final.publish, name="publish"),
    path("<uuid:public_id>/correct/", final.correct, name="correct"),
    path("<uuid:public_id>/editions/<int:number>/", final.edition, name="edition"),
]
