from django.urls import path

from meetings.views import calendars, materials, reading, replies
from meetings.views.papers import adding, listing
from meetings.views.workroom import attendance
from meetings.views.workroom import meeting as workroom

app_name = "meetings"
urlpatterns = [
    path("<uuid:public_id>/", reading.meeting, name="meeting"),
    path("<uuid:public_id>/papers.zip", materials.open_all, name="zip"),
    path("<uuid:public_id>/papers/", listing.papers, name="papers"),
    path("<uuid:public_id>/papers/add/", adding.add, name="papers_add"),
    path("<uuid:public_id>/run/", workroom.hub, name="run"),
    path("<uuid:public_id>/edit/", workroom.edit, name="edit"),
    path("<uuid:public_id>/announce/", workroom.announce, name="announce"),
    path("<uuid:public_id>/cancel/", workroom.cancel, name="cancel"),
    path("<uuid:public_id>/discard/", workroom.discard, name="discard"),
    path("<uuid:public_id>/invite/", workroom.invite, name="invite"),
    path("<uuid:public_id>/invite/<uuid:seat>/", workroom.resend, name="resend"),
    path("<uuid:public_id>/replies/<uuid:seat>/", attendance.take_reply, name="take_reply"),
    path("<uuid:public_id>/attendance/", attendance.attendance, name="attendance"),
    path("<uuid:public_id>/meeting.ics", calendars.meeting_ics, name="ics"),
    path("reply/<slug:key>/", replies.reply, name="reply"),
    path("reply/<slug:key>/meeting.ics", replies.calendar, name="reply_ics"),
]
