"""Taking back what is booked, and saying in words what is."""

from datetime import date, datetime
from typing import Any, ClassVar

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.japan.calendar import era_date
from members.choices import Category
from members.forms.preview import Preview, PreviewedForm, ReasonField
from members.models import Membership, Organization
from members.queries.booked import Booked, BookedKind, booked_act
from members.services.booking import (
    cancel_booked_change,
    cancel_booked_end,
    cancel_booked_entry,
)


def booked_words(booked: Booked) -> str:
    """令和9年4月1日から協力会員→会員(予約)."""
    known = {"day": era_date(booked.day), "last": era_date(booked.day - date.resolution)}
    if booked.before and booked.after:
        known |= {"before": _label(booked.before), "after": _label(booked.after)}
        return _("From %(day)s %(before)s → %(after)s (booked)") % known
    if booked.after:
        return _("From %(day)s %(after)s (booked)") % (known | {"after": _label(booked.after)})
    reason = booked.before.get_end_reason_display() if booked.before else ""
    return _("Member until %(last)s, %(reason)s (booked)") % (known | {"reason": reason or "—"})


def _label(period: Membership) -> str:
    return str(Category(period.category).label)


class CancelBookedForm(PreviewedForm):
    """Base: shows what is booked before it goes."""

    permission = "members.change_membership"
    preview_first = True
    kind: ClassVar[BookedKind]
    service: ClassVar[Any]

    reason = ReasonField()

    def preview(self, *, at: datetime) -> Preview:
        booked = booked_act(self.record, self.kind, timezone.localdate(at))
        if booked is None:
            return Preview(
                title=_("What is booked"), lines=[_("Nothing of this kind is booked any more.")]
            )
        lines = [booked_words(booked)]
        if booked.after:
            words = _("The number %(number)s that was given for it is never given again.")
            lines.append(words % {"number": booked.after.number})
        return Preview(title=_("What is booked"), lines=lines)

    def perform(self, organization: Organization, *, actor: User, at: datetime) -> str:
        booked = booked_act(organization, self.kind, timezone.localdate(at))
        reason = self.cleaned_data["reason"]
        type(self).service(organization=organization, reason=reason, actor=actor, at=at)
        return _("Taken back: %(booked)s") % {"booked": booked_words(booked) if booked else ""}


class CancelChangeForm(CancelBookedForm):
    title = gettext_lazy("Take the booked change back")
    effect = gettext_lazy("The present category goes on, under the present number.")
    kind, service = BookedKind.CHANGE, staticmethod(cancel_booked_change)


class CancelEndForm(CancelBookedForm):
    title = gettext_lazy("Take the booked end back")
    effect = gettext_lazy("The membership goes on. A notice behind it counts as taken back.")
    permission = "members.decide_withdrawal"
    kind, service = BookedKind.END, staticmethod(cancel_booked_end)


class CancelEntryForm(CancelBookedForm):
    title = gettext_lazy("Take the booked entry back")
    effect = gettext_lazy("The organization does not become a member on that day.")
    kind, service = BookedKind.ENTRY, staticmethod(cancel_booked_entry)
