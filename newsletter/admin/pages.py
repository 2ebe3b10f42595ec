"""Pages of one issue beyond its form: proof with approval, HTML preview, delivery."""

from collections.abc import Callable
from typing import Any

from csp.decorators import csp_replace
from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.core.validators import validate_email
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin

from accounts.requests import user_of
from core.errors import DomainError
from core.shell.admin import ShellAdmin
from mailing.choices import EnvelopeStatus
from mailing.markers import UNSUBSCRIBE_URL, marker
from mailing.queries import progress, sender_identity_on
from newsletter.access import can_approve, can_stop
from newsletter.choices import IssueStatus
from newsletter.errors import IssueError
from newsletter.models import Approval, Issue
from newsletter.queries import (
    audience_on,
    latest_approval,
    proof,
    rendered,
    sending_day,
)
from newsletter.services import (
    approve_issue,
    cancel_issue,
    continue_issue,
    return_issue,
    schedule_issue,
    send_test,
    stop_issue,
    unschedule_issue,
)

_RECIPIENTS_PER_PAGE = 50
_MOST_TEST_MAILS = 10  # more would be an issue that nobody approved
_OF_EACH_READER = "(宛先ごとに違うアドレスが入ります)"


class TestMailForm(forms.Form):
    """Mailboxes for a trial, one per line."""

    to = forms.CharField(label="", max_length=2000)

    def clean_to(self) -> list[str]:
        found = self.cleaned_data["to"].replace(",", " ").split()
        if len(found) > _MOST_TEST_MAILS:
            raise forms.ValidationError(
                _("A test goes to %(n)d mailboxes at most.") % {"n": _MOST_TEST_MAILS}
            )
        for email in found:
            try:
                validate_email(email)
            except forms.ValidationError as error:
                raise forms.ValidationError(f"{email}: {error.messages[0]}") from error
        return found


class IssuePages(ShellAdmin):
    """Each page asks rights, calls one service and answers."""

    @staticmethod
    def page_name(page: str) -> str:
        return f"newsletter_issue_{page}"

    def page_url(self, page: str, obj: Issue) -> str:
        return reverse(f"admin:{self.page_name(page)}", args=[obj.pk])

    def get_urls(self) -> list[URLPattern]:
        pages = [
            path(f"<int:pk>/{page}/", self.admin_site.admin_view(view), name=self.page_name(page))
            for page, view in self.pages().items()
        ]
        return [*pages, *super().get_urls()]

    def pages(self) -> dict[str, Callable[..., HttpResponse]]:
        return {
            "proof": self.proof_view,
            "html": self.html_view,
            "test": self.test_view,
            "decide": self.decide_view,
            "progress": self.progress_view,
        }

    def counts_of_recent_issues(self) -> dict[int, int]:
        newest = Approval.objects.order_by("-id").values_list("issue_id", "recipient_count")[:200]
        return dict(reversed(newest))

    def _issue(self, request: HttpRequest, pk: int) -> Issue:
        issue = get_object_or_404(Issue.objects.select_related("author", "message"), pk=pk)
        if not self.has_view_permission(request, issue):
            raise PermissionDenied
        return issue

    def _context(self, request: HttpRequest, issue: Issue, title: str) -> dict[str, Any]:
        return {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": title,
            "issue": issue,
            "badge": self.status_badge(issue),
        }

    def proof_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Text, HTML, audience; the approver's decision below."""
        issue = self._issue(request, pk)
        at = timezone.now()
        now = proof(issue, at)
        day = sending_day(issue, at)
        approval = latest_approval(issue)
        context = self._context(request, issue, _("Preview and recipients")) | {
            "proof": now,
            "shown_text": now.rendered.text.replace(marker(UNSUBSCRIBE_URL), _OF_EACH_READER),
            "audience": audience_on(day),
            "sender": sender_identity_on(day),
            "approval": approval,
            # What is scheduled is frozen: a wish that changes later is no news about it.
            "approval_fits": issue.message_id or (approval and approval.digest == now.digest),
            "may_approve": can_approve(user_of(request), issue),
            "is_author": issue.author_id == user_of(request).pk,
            "at_once": issue.send_at is not None and issue.send_at <= at,
            "status": IssueStatus(issue.status).name,
        }
        return render(request, "admin/newsletter/issue/proof.html", context)

    @method_decorator(xframe_options_sameorigin)
    @method_decorator(
        csp_replace(
            {
                "default-src": ["'none'"],
                "style-src": ["'unsafe-inline'"],  # mail programs need inline styles
                "img-src": ["'self'"],
                "frame-ancestors": ["'self'"],
                "sandbox": [],
            }
        )
    )
    def html_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The HTML part alone, for the sandboxed frame."""
        issue = self._issue(request, pk)
        now, _number = rendered(issue, timezone.now())
        return HttpResponse(now.html)

    def test_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """POST: the issue as it is now, to oneself or to a few mailboxes."""
        issue = self._issue(request, pk)
        form = TestMailForm(request.POST)
        if request.method == "POST" and self.has_change_permission(request):
            if form.is_valid():
                count = send_test(
                    issue=issue,
                    to=form.cleaned_data["to"],
                    actor=user_of(request),
                    at=timezone.now(),
                )
                self.message_user(
                    request, _("Test mail to %(n)d mailboxes is on its way.") % {"n": count}
                )
            else:
                told = " ".join(str(error) for error in form.errors["to"])
                self.message_user(request, told, messages.ERROR)
        return HttpResponseRedirect(self.page_url("proof", issue))

    def decide_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """POST: one decision about the issue, by the name of the pressed button."""
        issue = self._issue(request, pk)
        acts = {
            "approve": self._approve,
            "return": self._return,
            "schedule": self._schedule,
            "unschedule": self._unschedule,
            "cancel": self._cancel,
            "stop": self._stop,
            "continue": self._continue,
        }
        wish = acts.get(request.POST.get("decision", ""))
        if request.method == "POST" and wish:
            try:
                wish(request, issue)
            except DomainError as refusal:
                self.message_user(request, str(refusal), messages.ERROR)
        return HttpResponseRedirect(self._after_decision(issue))

    def _after_decision(self, issue: Issue) -> str:
        """Where to look next: at the delivery once it is on its way, else at the proof."""
        issue.refresh_from_db()
        under_way = issue.message_id and issue.send_at and issue.send_at <= timezone.now()
        return self.page_url("progress" if under_way else "proof", issue)

    def _need(self, request: HttpRequest, permission: str) -> None:
        if not user_of(request).has_perm(permission):
            raise PermissionDenied

    def _approve(self, request: HttpRequest, issue: Issue) -> None:
        self._need(request, "newsletter.approve_issue")
        if "read" not in request.POST:
            raise IssueError(_("Tick that you have read the text to its end."))
        at = timezone.now()
        digest = request.POST.get("digest", "")
        approve_issue(issue=issue, digest=digest, actor=user_of(request), at=at)
        schedule_issue(issue=issue, actor=user_of(request), at=at)
        at_once = issue.send_at is not None and issue.send_at <= at
        done = _("Approved. It is being sent.") if at_once else _("Approved and scheduled.")
        self.message_user(request, done, messages.SUCCESS)

    def _return(self, request: HttpRequest, issue: Issue) -> None:
        self._need(request, "newsletter.change_issue")
        reason = request.POST.get("reason", "")[:500]
        return_issue(issue=issue, reason=reason, actor=user_of(request), at=timezone.now())
        self.message_user(request, _("Returned to the author."))

    def _schedule(self, request: HttpRequest, issue: Issue) -> None:
        self._need(request, "newsletter.schedule_issue")
        schedule_issue(issue=issue, actor=user_of(request), at=timezone.now())
        self.message_user(request, _("Scheduled."), messages.SUCCESS)

    def _unschedule(self, request: HttpRequest, issue: Issue) -> None:
        self._need(request, "newsletter.schedule_issue")
        unschedule_issue(issue=issue, actor=user_of(request), at=timezone.now())
        self.message_user(request, _("Taken back. Nobody has received it."))

    def _cancel(self, request: HttpRequest, issue: Issue) -> None:
        self._need(request, "newsletter.change_issue")
        cancel_issue(issue=issue, actor=user_of(request), at=timezone.now())
        self.message_user(request, _("Cancelled."))

    def _stop(self, request: HttpRequest, issue: Issue) -> None:
        stop_issue(issue=issue, actor=user_of(request), at=timezone.now())
        self.message_user(request, _("Stopped. What has not left stays here."), messages.WARNING)

    def _continue(self, request: HttpRequest, issue: Issue) -> None:
        continue_issue(issue=issue, actor=user_of(request), at=timezone.now())
        self.message_user(request, _("Going on."), messages.SUCCESS)

    def progress_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """How far the sending is, and what became of each envelope. `?part=1` is the live part."""
        issue = self._issue(request, pk)
        if issue.message is None:
            return HttpResponseRedirect(self.page_url("proof", issue))
        counts = progress(issue.message)
        envelopes = issue.message.envelopes.select_related("address").order_by("id")
        wanted = request.GET.get("status", "")
        if wanted in EnvelopeStatus.values:
            envelopes = envelopes.filter(status=wanted)
        total = sum(counts.values())
        settled = total - sum(counts.get(s, 0) for s in ("queued", "in_flight", "deferred"))
        context = self._context(request, issue, _("Delivery")) | {
            "rows": [(status, counts.get(status.value, 0)) for status in EnvelopeStatus],
            "total": total,
            "settled": settled,
            "percent": round(100 * settled / total, 1) if total else 0,
            "wanted": wanted,
            "page": Paginator(envelopes, _RECIPIENTS_PER_PAGE).get_page(request.GET.get("p")),
            "may_stop": can_stop(user_of(request)),
            "running": settled < total,
        }
        part = "admin/newsletter/issue/progress_part.html"
        whole = "admin/newsletter/issue/progress.html"
        return render(request, part if request.GET.get("part") else whole, context)
