"""What the trail calls the acts of this app."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from meetings.choices import CheckStatus, Reply

ACTS: Mapping[str, str | Promise] = {
    "meetings.body.set_up": _("set up a body"),
    "meetings.body.dissolved": _("recorded the end of a body"),
    "meetings.seat.given": _("gave a seat"),
    "meetings.seat.ended": _("set the end of a seat"),
    "meetings.seat.taken_back": _("took a booked seat back"),
    "meetings.seat.named": _("changed the named person of a seat"),
    "meetings.seat.office_given": _("changed the office of a seat"),
    "meetings.seat.role_changed": _("changed the role of a seat"),
    "meetings.seat.replaced": _("recorded who serves the remainder of a term"),
    "meetings.seat.transferred": _("moved a seat to the organization that is left"),
    "meetings.viewing.started": _("began to look with the eyes of a member"),
    "meetings.viewing.ended": _("stopped looking with the eyes of a member"),
    "meetings.material.added": _("put a paper up"),
    "meetings.material.replaced": _("replaced the file of a paper"),
    "meetings.material.edited": _("changed what is said of a paper"),
    "meetings.material.withdrawn": _("withdrew a paper"),
    "meetings.material.restored": _("put a withdrawn paper up again"),
    "meetings.material.reordered": _("changed the order of papers"),
    "meetings.meeting.prepared": _("prepared a meeting"),
    "meetings.meeting.edited": _("changed a meeting"),
    "meetings.meeting.moved": _("moved a meeting"),
    "meetings.meeting.announced": _("announced a meeting"),
    "meetings.meeting.invited_late": _("invited who came after the announcement"),
    "meetings.meeting.cancelled": _("cancelled a meeting"),
    "meetings.meeting.discarded": _("threw the draft of a meeting away"),
    "meetings.meeting.held": _("recorded that a meeting was held"),
    "meetings.meeting.attendance_recorded": _("recorded who was there"),
    "meetings.invitation.replied": _("answered an invitation"),
    "meetings.invitation.resent": _("sent an invitation once more"),
    "meetings.minutes.started": _("began minutes"),
    "meetings.minutes.set_up": _("changed the settings of minutes"),
    "meetings.minutes.section_removed": _("removed an empty section of minutes"),
    "meetings.minutes.speakers_asked": _("asked speakers to check minutes"),
    "meetings.minutes.chair_asked": _("asked the chair to check minutes"),
    "meetings.minutes.returned": _("returned minutes to the draft"),
    "meetings.minutes.check_settled": _("dealt with an answer about minutes"),
    "meetings.minutes.finished": _("made minutes final"),
    "meetings.minutes.published": _("set the time at which minutes are published"),
    "meetings.minutes.corrected": _("corrected minutes"),
    "meetings.minutes_check.answered": _("answered a check of minutes"),
    "meetings.calendar.opened": _("opened a calendar address"),
    "meetings.calendar.renewed": _("changed a calendar address"),
    "meetings.calendar.closed": _("took a calendar address back"),
}
DETAILS: Mapping[str, str | Promise] = {
    "body": _("body"),
    "office": _("office"),
    "role": _("role"),
    "basis": _("legal basis"),
    "kind": _("kind"),
    "audience": _("who may open it"),
    "was": _("before"),
    "version": _("version"),
    "meeting": _("meeting"),
    "seats": _("seats"),
    "reply": _("reply"),
    "present": _("present"),
    "starts_at": _("begins at"),
    "heading": _("heading"),
    "due_on": _("answer by"),
    "publish_at": _("published from"),
}
VALUES: Mapping[str, str | Promise] = {
    **dict(Reply.choices),
    **dict(CheckStatus.choices),
    "link": _("by the link of the letter"),
}
