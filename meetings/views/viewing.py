"""The end of looking with a member's eyes."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.requests import user_of
from meetings.requests import leave_viewing
from meetings.services.viewing import end_viewing


@require_POST
def end(request: HttpRequest) -> HttpResponse:
    person = leave_viewing(request)
    if person is None:
        return redirect("portal:my")
    end_viewing(person_key=person, actor=user_of(request), at=timezone.now())
    messages.success(request, _("Looking with the member's eyes is over. You see your own pages."))
    if request.user.has_perm("members.view_person"):
        return redirect("admin:members_person_papers", person)
    return redirect("portal:my")
