"""What the trail calls the acts of this app."""

from django.utils.translation import gettext_lazy as _

from members.choices import Category, Duty, EndReason

ACTS = {
    "members.organization.registered": _("registered a member"),
    "members.organization.renamed": _("recorded a new name"),
    "members.organization.rejoined": _("recorded a new membership"),
    "members.organization.category_changed": _("changed the category"),
    "members.organization.membership_ended": _("recorded the end of the membership"),
    "members.organization.periods_corrected": _("corrected the membership periods"),
    "members.contact.added": _("added a contact"),
    "members.contact.ended": _("ended a contact"),
    "members.contact.handed_over": _("handed a contact over"),
    "members.person.account_opened": _("opened an account for a contact"),
    "members.roster.imported": _("imported the member list"),
    "members.roster.import_cancelled": _("stopped an import of the member list"),
    "members.roster.exported": _("exported the member list"),
}
DETAILS = {
    "category": _("category"),
    "number": _("member number"),
    "valid_from": _("from"),
    "until": _("until"),
    "reason": _("reason"),
    "person": _("person"),
    "duty": _("duty"),
    "before": _("before"),
    "after": _("after"),
    "effective_on": _("effective on"),
    "filename": _("file"),
    "sha256": _("check sum"),
    "counts": _("rows"),
    "created": _("created"),
    "format": _("format"),
    "as_of": _("as of"),
    "rows": _("rows"),
    "lossy": _("characters that could not be carried"),
}
VALUES = {**dict(Category.choices), **dict(Duty.choices), **dict(EndReason.choices)}
