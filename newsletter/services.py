"""What the secretariat does with an issue, one verb per act."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core.audit.acts import record
from core.japan.calendar import era_datetime
from mailing.choices import MessageKind
from mailing.models import Address
from mailing.outbox import Recipient, post
from mailing.queries import is_finished
from mailing.services import cancel_message, pause_message, resume_message
from newsletter.access import can_approve, can_schedule, can_stop
from newsletter.calendar import draft_is_due, monday_of, proposed_send_at
from newsletter.choices import LAWFUL_MOVES, IssueStatus
from newsletter.errors import IssueError
from newsletter.models import Approval, Issue, IssueItem
from newsletter.queries import latest_approval, proof, rendered


def _locked(issue: Issue) -> Issue:
    return Issue.objects.select_for_update(no_key=True, of=("self",)).get(pk=issue.pk)


def _move(issue: Issue, to: IssueStatus) -> None:
    now = IssueStatus(issue.status)
    if to not in LAWFUL_MOVES[now]:
        raise IssueError(
            _("This issue is “%(now)s”; it cannot become “%(to)s”.")
            % {"now": now.label, "to": to.label}
        )
    issue.status = to


def _refuse_past_day(issue: Issue, at: datetime) -> None:
    """The text prints its day, so the day must not have passed; a passed hour means “at once”."""
    if issue.send_at is None:
        raise IssueError(_("Enter when the issue is to be sent."))
    if timezone.localdate(issue.send_at) < timezone.localdate(at):
        raise IssueError(
            _("The day of sending, %(hour)s, has passed. Enter a new one.")
            % {"hour": era_datetime(issue.send_at)}
        )


@transaction.atomic
def prepare_weekly_issue(*, day: date, at: datetime) -> Issue | None:
    """Make the draft of the week of `day` unless it exists. Returns it only when it is new."""
    week_of = monday_of(day)
    issue, created = Issue.objects.get_or_create(
        week_of=week_of,
        defaults={
            "title": _("News of this week"),
            "send_at": proposed_send_at(week_of),
            "created_at": at,
        },
    )
    if not created:
        return None
    record(None, "newsletter.issue.prepared", issue, at=at)
    return issue


@transaction.atomic
def record_back_number(
    *, number: int, title: str, lead: str, sent_at: datetime, items: Iterable[IssueItem],
    actor: User, at: datetime,
) -> Issue:  # fmt: skip
    """Take an issue that was sent before this system into the archive. `items` are unsaved.

    Raises IssueError when the number is taken.
    """
    if Issue.objects.filter(number=number).exists():
        raise IssueError(_("Number %(number)d is in the archive already.") % {"number": number})
    issue = Issue.objects.create(
        number=number, title=title, lead=lead, status=IssueStatus.SENT, send_at=sent_at,
        sent_at=sent_at, created_at=at,
    )  # fmt: skip
    for position, item in enumerate(items, start=1):
        item.issue, item.position = issue, position
        item.save()
    record(actor, "newsletter.issue.recorded", issue, at=at)
    return issue


@transaction.atomic
def submit_issue(*, issue: Issue, actor: User, at: datetime) -> Issue:
    """Hand a draft to a second person. From here its text is closed.

    Raises IssueError when it is empty, has no hour of sending, or the day has passed.
    """
    issue = _locked(issue)
    if not issue.items.exists():
        raise IssueError(_("The issue has no item yet. Add at least one."))
    _refuse_past_day(issue, at)
    _move(issue, IssueStatus.SUBMITTED)
    issue.author = actor
    issue.save(update_fields=["status", "author"])
    record(actor, "newsletter.issue.submitted", issue, at=at)
    return issue


@transaction.atomic
def return_issue(*, issue: Issue, reason: str, actor: User, at: datetime) -> Issue:
    """Give a submitted or approved issue back to its author; an approval is void with it."""
    issue = _locked(issue)
    _move(issue, IssueStatus.DRAFT)
    issue.number = None
    issue.save(update_fields=["status", "number"])
    record(actor, "newsletter.issue.returned", issue, at=at, reason=reason)
    return issue


@transaction.atomic
def approve_issue(*, issue: Issue, digest: str, actor: User, at: datetime) -> Approval:
    """A second person's yes to exactly the text and mailboxes behind `digest`.

    Raises IssueError for the author, for a text or audience that changed since it was shown, and
    for a day of sending that has passed. When only the hour has passed, it goes out at once.
    """
    issue = _locked(issue)
    if issue.status != IssueStatus.SUBMITTED:
        raise IssueError(_("This issue is not waiting for approval."))
    if not can_approve(actor, issue):
        raise IssueError(_("The author of an issue cannot approve it. Ask a second person."))
    _refuse_past_day(issue, at)
    now = proof(issue, at)
    if now.digest != digest:
        raise IssueError(
            _("The text or the recipients changed while you were reading. Read them once more.")
        )
    if now.recipient_count == 0:
        raise IssueError(_("Nobody would receive this issue."))
    _move(issue, IssueStatus.APPROVED)
    issue.number = now.number
    issue.save(update_fields=["status", "number"])
    approval = Approval.objects.create(
        issue=issue, approver=actor, at=at, digest=digest, recipient_count=now.recipient_count
    )
    record(
        actor, "newsletter.issue.approved", issue, at=at,
        digest=digest, recipients=now.recipient_count, author=str(issue.author),
    )  # fmt: skip
    return approval


@transaction.atomic
def schedule_issue(*, issue: Issue, actor: User, at: datetime) -> Issue:
    """Freeze the approved text and its recipients; the worker sends them when the hour comes.

    Who withdraws consent between now and then is left out at the last moment by `mailing`. Raises
    IssueError when text or audience are not the approved ones.
    """
    issue = _locked(issue)
    if not can_schedule(actor):
        raise IssueError(_("You may not schedule issues."))
    now = proof(issue, at)
    approval = latest_approval(issue)
    if approval is None or approval.digest != now.digest:
        raise IssueError(_("This text is not the approved one. It has to be approved again."))
    _move(issue, IssueStatus.SCHEDULED)
    addresses = Address.objects.filter(pk__in=now.address_ids)
    issue.message = post(
        kind=MessageKind.NEWSLETTER,
        subject=now.rendered.subject,
        text=now.rendered.text,
        html=now.rendered.html,
        recipients=_recipients(addresses),
        at=max(issue.send_at or at, at),
        reference=f"newsletter.issue:{issue.pk}",
    )
    issue.save(update_fields=["status", "message"])
    record(
        actor, "newsletter.issue.scheduled", issue, at=at, recipients=now.recipient_count,
        send_at=(issue.send_at or at).isoformat(),
    )  # fmt: skip
    return issue


def _recipients(addresses: Iterable[Address]) -> list[Recipient]:
    return [Recipient(address=address) for address in addresses]


@transaction.atomic
def unschedule_issue(*, issue: Issue, actor: User, at: datetime) -> Issue:
    """Take a scheduled issue back before its hour; its envelopes are cancelled, nobody got it."""
    issue = _locked(issue)
    if issue.send_at is not None and issue.send_at <= at:
        raise IssueError(_("It is being sent already. Use “Stop sending”."))
    _move(issue, IssueStatus.APPROVED)
    if issue.message is not None:
        cancel_message(message=issue.message, actor=actor, at=at)
    issue.message = None
    issue.save(update_fields=["status", "message"])
    record(actor, "newsletter.issue.unscheduled", issue, at=at)
    return issue


@transaction.atomic
def cancel_issue(*, issue: Issue, actor: User, at: datetime) -> Issue:
    """Drop a draft or a scheduled issue. A draft has taken no number."""
    issue = _locked(issue)
    _move(issue, IssueStatus.CANCELLED)
    if issue.message is not None:
        cancel_message(message=issue.message, actor=actor, at=at)
    issue.save(update_fields=["status"])
    record(actor, "newsletter.issue.cancelled", issue, at=at)
    return issue


@transaction.atomic
def stop_issue(*, issue: Issue, actor: User, at: datetime) -> None:
    """Hold back every mail of the issue that has not left yet."""
    issue = _locked(issue)
    if not can_stop(actor) or issue.message is None:
        raise IssueError(_("This issue is not being sent."))
    pause_message(message=issue.message, actor=actor, at=at)
    record(actor, "newsletter.issue.stopped", issue, at=at)


@transaction.atomic
def continue_issue(*, issue: Issue, actor: User, at: datetime) -> None:
    """Let the rest of a stopped issue go out."""
    issue = _locked(issue)
    if not can_stop(actor) or issue.message is None:
        raise IssueError(_("This issue is not being sent."))
    resume_message(message=issue.message, actor=actor, at=at)
    record(actor, "newsletter.issue.continued", issue, at=at)


def send_test(*, issue: Issue, to: Iterable[str], actor: User, at: datetime) -> int:
    """Send the issue as it is now to the given mailboxes, marked as a test. Returns how many."""
    text, _number = rendered(issue, at)
    recipients = [Recipient(email=email) for email in to]
    with transaction.atomic():
        post(
            kind=MessageKind.SYSTEM,
            subject=f"【試し送り】{text.subject}",
            text=text.text,
            html=text.html,
            recipients=recipients,
            at=at,
            reference=f"newsletter.test:{issue.pk}",
        )
        record(actor, "newsletter.issue.tested", issue, at=at, mailboxes=len(recipients))
    return len(recipients)


def advance_issues(*, at: datetime) -> list[Issue]:
    """What the clock does: scheduled issues whose hour has come are “being sent”, and those
    without an open envelope are “sent”. Safe to run twice and at the same time."""
    moved = []
    for issue in Issue.objects.due(at):
        moved += _advance(issue, IssueStatus.SCHEDULED, IssueStatus.SENDING, at)
    for issue in Issue.objects.filter(status=IssueStatus.SENDING).select_related("message"):
        if issue.message and is_finished(issue.message):
            moved += _advance(issue, IssueStatus.SENDING, IssueStatus.SENT, at)
    return moved


@transaction.atomic
def _advance(issue: Issue, was: IssueStatus, becomes: IssueStatus, at: datetime) -> list[Issue]:
    values = {"status": becomes} | ({"sent_at": at} if becomes == IssueStatus.SENT else {})
    # Compare and set: the second of two clocks finds nothing to change.
    if not Issue.objects.filter(pk=issue.pk, status=was).update(**values):
        return []
    issue.status = becomes
    record(None, f"newsletter.issue.{becomes.value}", issue, at=at)
    return [issue]


def weekly_round(*, at: datetime) -> None:
    """The magazine's minute: the draft of the week when due, the states of issues on their way."""
    day = timezone.localdate(at)
    if draft_is_due(day):
        prepare_weekly_issue(day=day, at=at)
    advance_issues(at=at)
