from django.db import models
from django.utils.translation import gettext_lazy as _


class BodyKind(models.TextChoices):
    """What meets. To a reader they are the same thing: seats, meetings, papers."""

    ASSEMBLY = "assembly", _("general assembly")
    STEERING = "steering", _("steering committee")
    SUBCOMMITTEE = "subcommittee", _("subcommittee")
    WORKING_GROUP = "working_group", _("working group")


class Numbering(models.TextChoices):
    """How meetings are counted: 第2回 of all, or 第2回 of its fiscal year."""

    RUNNING = "running", _("running number")
    FISCAL_YEAR = "fiscal_year", _("starts anew each fiscal year")


class SeatRole(models.TextChoices):
    """What the organisation is in the body. 担当幹事 and members vote, observers listen."""

    LEAD = "lead", _("lead organization")
    MEMBER = "member", _("member of the body")
    OBSERVER = "observer", _("observer")


class Office(models.TextChoices):
    """What its person does there besides."""

    CHAIR = "chair", _("chair")
    VICE_CHAIR = "vice_chair", _("vice chair")


class Audience(models.TextChoices):
    """Who may know of a thing and open it, from the widest to the narrowest."""

    PUBLIC = "public", _("open to the public")
    MEMBERS = "members", _("members only")
    BODY = "body", _("this body only")
    STEERING = "steering", _("steering committee only")
    SECRETARIAT = "secretariat", _("secretariat only")


class MeetingStatus(models.TextChoices):
    DRAFT = "draft", _("in preparation")
    ANNOUNCED = "announced", _("announced")
    HELD = "held", _("held")
    CANCELLED = "cancelled", _("cancelled")


MEETING_MOVES: dict[str, tuple[str, ...]] = {
    MeetingStatus.DRAFT: (MeetingStatus.ANNOUNCED,),
    MeetingStatus.ANNOUNCED: (MeetingStatus.HELD, MeetingStatus.CANCELLED),
    MeetingStatus.HELD: (),
    MeetingStatus.CANCELLED: (),
}


class MeetingMode(models.TextChoices):
    ONSITE = "onsite", _("on site")
    ONLINE = "online", _("online")
    HYBRID = "hybrid", _("on site and online")
    WRITTEN = "written", _("in writing")


class Openness(models.TextChoices):
    """Whether outsiders may listen. What is closed says why."""

    OPEN = "open", _("open to listeners")
    PARTLY = "partly", _("partly closed")
    CLOSED = "closed", _("closed")


class Reply(models.TextChoices):
    """What an organisation answers to an invitation; the same words say who was there."""

    ATTEND = "attend", _("attends")
    ONLINE = "online", _("attends online")
    SUBSTITUTE = "substitute", _("sends a substitute")
    ABSENT = "absent", _("is absent")


PRESENT = (Reply.ATTEND, Reply.ONLINE, Reply.SUBSTITUTE)


class MaterialKind(models.TextChoices):
    PAPER = "paper", _("meeting paper")
    OUTPUT = "output", _("output of the body")


class Searchable(models.TextChoices):
    """How far the text of a file has been read for the search."""

    WAITING = "waiting", _("waiting to be read")
    DONE = "done", _("searchable")
    EMPTY = "empty", _("no text in it")
    LOCKED = "locked", _("not searchable: locked with a password")
    FAILED = "failed", _("not searchable: could not be read")


class OpeningWay(models.TextChoices):
    FILE = "file", _("file")
    ZIP = "zip", _("all papers as one file")
    OLD_VERSION = "old_version", _("earlier version")


class MinutesForm(models.TextChoices):
    FULL = "full", _("minutes")
    SUMMARY = "summary", _("summary of the minutes")


class MinutesStatus(models.TextChoices):
    """下書き → 発言者確認中 → 座長確認中 → 確定 → 公開."""

    DRAFT = "draft", _("draft")
    SPEAKERS = "speakers", _("being checked by the speakers")
    CHAIR = "chair", _("being checked by the chair")
    FINAL = "final", _("final")
    PUBLISHED = "published", _("published")


MINUTES_MOVES: dict[str, tuple[str, ...]] = {
    MinutesStatus.DRAFT: (MinutesStatus.SPEAKERS, MinutesStatus.CHAIR),
    MinutesStatus.SPEAKERS: (MinutesStatus.DRAFT, MinutesStatus.CHAIR),
    MinutesStatus.CHAIR: (MinutesStatus.DRAFT, MinutesStatus.FINAL),
    MinutesStatus.FINAL: (MinutesStatus.PUBLISHED,),
    MinutesStatus.PUBLISHED: (),
}


class CheckRole(models.TextChoices):
    SPEAKER = "speaker", _("speaker")
    CHAIR = "chair", _("chair")


class CheckStatus(models.TextChoices):
    WAITING = "waiting", _("not answered yet")
    AGREED = "agreed", _("nothing to correct")
    CORRECTION = "correction", _("asks for a correction")
