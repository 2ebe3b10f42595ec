from django.db import models
from django.utils.translation import gettext_lazy as _


class Category(models.TextChoices):
    """The three categories of the bylaws, in the order of every list."""

    REGULAR = "regular", _("regular member")
    SUPPORTING = "supporting", _("supporting member")
    COOPERATING = "cooperating", _("cooperating member")


NUMBER_PREFIX = {Category.REGULAR: "会", Category.SUPPORTING: "賛", Category.COOPERATING: "協"}


class OrganizationKind(models.TextChoices):
    """Legal form or nature, spelled as the secretariat's list spells it."""

    NPO = "npo", _("NPO corporation")
    CERTIFIED_NPO = "certified_npo", _("certified NPO corporation")
    SOCIAL_WELFARE = "social_welfare", _("social welfare corporation")
    GENERAL_ASSOCIATION = "general_association", _("general incorporated association")
    GENERAL_FOUNDATION = "general_foundation", _("general incorporated foundation")
    PUBLIC_ASSOCIATION = "public_association", _("public interest incorporated association")
    PUBLIC_FOUNDATION = "public_foundation", _("public interest incorporated foundation")
    COMPANY = "company", _("stock company")
    OTHER_COMPANY = "other_company", _("other company")
    COOPERATIVE = "cooperative", _("cooperative")
    EDUCATIONAL = "educational", _("educational corporation")
    MEDICAL = "medical", _("medical corporation")
    RELIGIOUS = "religious", _("religious corporation")
    VOLUNTARY = "voluntary", _("voluntary association")
    NATIONAL = "national", _("national government body")
    LOCAL = "local", _("local government")
    ECONOMIC = "economic", _("economic organization")
    ACADEMIC = "academic", _("academic organization")
    INDIVIDUAL = "individual", _("individual")
    OTHER = "other", _("other")


class EndReason(models.TextChoices):
    """Why a membership period ended."""

    WITHDRAWN = "withdrawn", _("withdrawal")
    EXPELLED = "expelled", _("expulsion")
    MERGED = "merged", _("merger")
    DISSOLVED = "dissolved", _("dissolution")
    CATEGORY_CHANGED = "category_changed", _("change of category")
    REVOKED = "revoked", _("admission revoked")


# Each has an act of its own: nobody ends a period for them by hand.
REASONS_OF_ACTS = (
    EndReason.CATEGORY_CHANGED,
    EndReason.REVOKED,
    EndReason.EXPELLED,
    EndReason.MERGED,
)


class LinkKind(models.TextChoices):
    MERGED_INTO = "merged_into", _("merged into")
    SPLIT_FROM = "split_from", _("split from")
    BRANCH_OF = "branch_of", _("branch of")
    RUN_BY = "run_by", _("run by")


# Entered by hand on the record; the others come about by an act that does more than link.
LINKS_BY_HAND = (LinkKind.BRANCH_OF, LinkKind.RUN_BY)


class Duty(models.TextChoices):
    """What a person does for an organisation."""

    REPRESENTATIVE = "representative", _("representative")
    PRIMARY = "primary", _("main contact")
    DEPUTY = "deputy", _("further contact")
    ACCOUNTS = "accounts", _("accounts contact")
    NEWSLETTER = "newsletter", _("mail magazine only")


# Who only reads the magazine or keeps the books does not speak for the organisation.
SPEAKING_DUTIES = (Duty.REPRESENTATIVE, Duty.PRIMARY, Duty.DEPUTY)


class Field(models.TextChoices):
    """The twenty fields of the NPO law (特定非営利活動促進法 別表), numbered as there."""

    F01 = "01", _("health, medical care and welfare")
    F02 = "02", _("social education")
    F03 = "03", _("community development")
    F04 = "04", _("tourism")
    F05 = "05", _("rural and hilly areas")
    F06 = "06", _("learning, culture, arts and sports")
    F07 = "07", _("environment")
    F08 = "08", _("disaster relief")
    F09 = "09", _("community safety")
    F10 = "10", _("human rights and peace")
    F11 = "11", _("international cooperation")
    F12 = "12", _("gender equality")
    F13 = "13", _("children and youth")
    F14 = "14", _("information society")
    F15 = "15", _("science and technology")
    F16 = "16", _("economic vitality")
    F17 = "17", _("vocational skills and employment")
    F18 = "18", _("consumer protection")
    F19 = "19", _("support of these activities")
    F20 = "20", _("activities set by ordinance")


class Target(models.TextChoices):
    """Whom an organisation stands by, in the words of loneliness and isolation."""

    CHILDREN = "children", _("children and young people")
    PARENTS = "parents", _("pregnancy, parents and single parents")
    ELDERLY = "elderly", _("older people")
    DISABILITY = "disability", _("people with disabilities or illness")
    CARERS = "carers", _("carers and young carers")
    POVERTY = "poverty", _("people in need")
    WITHDRAWN = "withdrawn", _("withdrawal from society")
    WORK = "work", _("people looking for work")
    VIOLENCE = "violence", _("victims of violence or crime")
    SUICIDE = "suicide", _("suicide prevention and the bereaved")
    FOREIGN = "foreign", _("foreign residents")
    MINORITY = "minority", _("sexual minorities")
    REENTRY = "reentry", _("return to society after prison")
    DISASTER = "disaster", _("victims of disasters")
    EVERYBODY = "everybody", _("everybody, wherever they belong")


class PublicField(models.TextChoices):
    """Fields an organisation may release one by one. The name of a member is always public."""

    URL = "url", _("web address")
    SUMMARY = "summary", _("summary of activities")
    FIELDS = "fields", _("fields of activity")
    ADDRESS = "address", _("address")
    PHONE = "phone", _("phone")
    REPRESENTATIVE = "representative", _("representative")


class Reception(models.TextChoices):
    """How something reached the secretariat."""

    WEB = "web", _("web form")
    EMAIL = "email", _("e-mail")
    FAX = "fax", _("fax")
    POST = "post", _("post")
    PHONE = "phone", _("phone")
    COUNTER = "counter", _("paper handed over")


class Agreement(models.TextChoices):
    """How somebody agreed to the pledge and to the handling of personal data."""

    ONLINE = "online", _("on the web form")
    WRITTEN = "written", _("in writing")
    ORAL = "oral", _("by word of mouth")


class ApplicationStatus(models.TextChoices):
    """From the form to the decision. A draft is the applicant's own and no business of ours."""

    DRAFT = "draft", _("being written")
    RECEIVED = "received", _("received")
    CHECKING = "checking", _("being checked")
    RETURNED = "returned", _("returned for correction")
    REPORTED = "reported", _("reported to the steering committee")
    APPROVED = "approved", _("approved")
    DECLINED = "declined", _("declined")
    RETRACTED = "retracted", _("retracted")


OPEN_APPLICATIONS = (
    ApplicationStatus.RECEIVED,
    ApplicationStatus.CHECKING,
    ApplicationStatus.RETURNED,
    ApplicationStatus.REPORTED,
)

# The way from one decision to the other goes by superseding the decision, never by an edit.
APPLICATION_MOVES: dict[ApplicationStatus, tuple[ApplicationStatus, ...]] = {
    ApplicationStatus.DRAFT: (ApplicationStatus.RECEIVED,),
    ApplicationStatus.RECEIVED: (ApplicationStatus.CHECKING, ApplicationStatus.RETRACTED),
    ApplicationStatus.CHECKING: (
        ApplicationStatus.RETURNED, ApplicationStatus.REPORTED, ApplicationStatus.RETRACTED,
    ),
    ApplicationStatus.RETURNED: (ApplicationStatus.CHECKING, ApplicationStatus.RETRACTED),
    ApplicationStatus.REPORTED: (
        ApplicationStatus.CHECKING, ApplicationStatus.APPROVED, ApplicationStatus.DECLINED,
        ApplicationStatus.RETRACTED,
    ),
    ApplicationStatus.APPROVED: (ApplicationStatus.DECLINED,),
    ApplicationStatus.DECLINED: (ApplicationStatus.APPROVED,),
    ApplicationStatus.RETRACTED: (),
}  # fmt: skip


class Verdict(models.TextChoices):
    APPROVED = "approved", _("approved")
    DECLINED = "declined", _("declined")


class RequestStatus(models.TextChoices):
    """What a member has asked for: a change of the registered facts, or to leave."""

    RECEIVED = "received", _("received")
    RETURNED = "returned", _("returned for correction")
    ACCEPTED = "accepted", _("accepted")
    REFUSED = "refused", _("refused")
    RETRACTED = "retracted", _("retracted")


OPEN_REQUESTS = (RequestStatus.RECEIVED, RequestStatus.RETURNED)

REQUEST_MOVES: dict[RequestStatus, tuple[RequestStatus, ...]] = {
    RequestStatus.RECEIVED: (
        RequestStatus.RETURNED, RequestStatus.ACCEPTED, RequestStatus.REFUSED,
        RequestStatus.RETRACTED,
    ),
    RequestStatus.RETURNED: (
        RequestStatus.RECEIVED, RequestStatus.REFUSED, RequestStatus.RETRACTED,
    ),
    RequestStatus.ACCEPTED: (),
    RequestStatus.REFUSED: (),
    RequestStatus.RETRACTED: (),
}  # fmt: skip


# Until the day comes, an accepted departure can still be taken back.
WITHDRAWAL_MOVES: dict[RequestStatus, tuple[RequestStatus, ...]] = {
    **REQUEST_MOVES,
    RequestStatus.ACCEPTED: (RequestStatus.RETRACTED,),
}


class LeavingKind(models.TextChoices):
    WITHDRAWAL = "withdrawal", _("withdrawal")
    EXPULSION = "expulsion", _("expulsion")


class ConfirmationStatus(models.TextChoices):
    """What a member answered in the yearly round."""

    WAITING = "waiting", _("no answer yet")
    UNCHANGED = "unchanged", _("nothing has changed")
    CHANGED = "changed", _("answered with changes")
