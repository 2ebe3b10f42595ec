"""Who is told of a decision, and how far the letters have come."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from mailing.choices import OPEN_STATUSES, EnvelopeStatus
from mailing.models import Envelope
from members.choices import SPEAKING_DUTIES, Verdict
from members.models import Affiliation, Decision, MembershipApplication, Person


def reference_of(decision: Decision) -> str:
    """What its letters are about, as the mail office keeps it."""
    return f"decision:{decision.pk}"


def applicant_mailboxes(application: MembershipApplication) -> list[str]:
    """Where the applicant reads: the mailbox it named, else those of its people.

    Empty for a paper application without any: it is told by post or fax.
    """
    people = [contact.email for contact in application.contacts.all()]
    found = [application.email] if application.email else [*people, application.organization_email]
    return list(dict.fromkeys(email for email in found if email))


@dataclass
class Reader:
    """One mailbox and the people who read it, in their order."""

    email: str
    people: list[Person] = field(default_factory=list)
    speaking: list[Person] = field(default_factory=list)

    @property
    def login(self) -> Person | None:
        """Whose login this mailbox is."""
        return next(
            (one for one in self.speaking if one.user and one.user.email == self.email), None
        )

    @property
    def without_login(self) -> list[Person]:
        """Those who speak, but read a mailbox that is somebody else's login."""
        return [one for one in self.speaking if one.user is None]


def readers_of(decision: Decision, contacts: Iterable[Affiliation]) -> list[Reader]:
    """Every mailbox that gets the letter of an approval, once. `contacts` are those who came."""
    found: dict[str, Reader] = {}
    for row in contacts:
        if row.address is None:
            continue
        reader = found.setdefault(row.address.email, Reader(row.address.email))
        reader.people.append(row.person)
        if row.duty in SPEAKING_DUTIES:
            reader.speaking.append(row.person)
    for email in applicant_mailboxes(decision.application):
        found.setdefault(email.lower(), Reader(email.lower()))
    return list(found.values())


@dataclass(frozen=True)
class LetterState:
    email: str
    status: EnvelopeStatus

    @property
    def tone(self) -> str:
        if self.status in OPEN_STATUSES:
            return "info"
        return "success" if self.status == EnvelopeStatus.SENT else "danger"


def letter_states(decisions: Iterable[Decision]) -> dict[int, list[LetterState]]:
    """How far the letters of each decision have come, in one query."""
    keys = {reference_of(decision): decision.pk for decision in decisions}
    found: dict[int, list[LetterState]] = defaultdict(list)
    envelopes = Envelope.objects.filter(message__reference__in=keys).order_by("pk")
    for reference, email, status in envelopes.values_list(
        "message__reference", "address__email", "status"
    ):
        found[keys[reference]].append(LetterState(email, EnvelopeStatus(status)))
    return dict(found)


def without_login(decisions: Iterable[Decision]) -> dict[int, list[str]]:
    """Of new members: who speaks for them and reads mail, but cannot log in, in one query."""
    days = {
        (decision.application.organization_id, decision.member_from): decision.pk
        for decision in decisions
        if decision.verdict == Verdict.APPROVED
    }
    found: dict[int, list[str]] = defaultdict(list)
    rows = Affiliation.objects.filter(
        organization__in={organization for organization, _day in days},
        duty__in=SPEAKING_DUTIES, address__isnull=False, person__user=None,
    ).order_by("position", "pk")  # fmt: skip
    for organization, day, name in rows.values_list(
        "organization_id", "valid_from", "person__name"
    ):
        if (organization, day) in days:
            found[days[organization, day]].append(name)
    return dict(found)
