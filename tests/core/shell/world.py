"""One record of every kind that the admin shows, made by the trail's own actor."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from django.db import models
from django.utils import timezone

from accounts.models import User
from core.audit.acts import record
from core.audit.changesets import change_set
from core.audit.context import acting
from core.audit.models import Act, Change, ChangeSet
from mailing.choices import EnvelopeStatus, MessageKind
from mailing.models import Envelope, Message, SenderIdentity
from meetings.choices import MinutesStatus
from members.models import OrganizationName
from tests.factories.mailing import ConsentFactory
from tests.factories.meetings import (
    InvitationFactory,
    MinutesSectionFactory,
    SeatFactory,
    make_material,
)
from tests.factories.members import (
    AffiliationFactory,
    ApplicationFactory,
    BatchFactory,
    ChangeRequestFactory,
    OrganizationFactory,
    RoundFactory,
    WithdrawalFactory,
)
from tests.factories.newsletter import ItemFactory
from tests.factories.subcommittees import ParticipationFactory, SubcommitteeFactory

AT = datetime(2022, 6, 15, 3, 0, tzinfo=UTC)


def _change(officer: User) -> Change:
    with acting(officer, why="届出による"):
        affiliation = AffiliationFactory()
        affiliation.title = "事務局長"
        affiliation.save()
    return Change.objects.filter(table="members_affiliation", operation="U").latest("id")


def _change_set(officer: User) -> ChangeSet:
    with change_set(
        kind="members.roster.imported", title="名簿の取込", reason="届出", actor=officer, at=AT
    ) as made:
        OrganizationFactory()
    return made


def _act(officer: User) -> Act:
    contact = AffiliationFactory()
    detail = {"person": contact.person.name, "until": "2022-06-15"}
    return record(
        officer, "members.contact.ended", contact.organization, at=timezone.now(), **detail
    )


def _organization(officer: User) -> models.Model:
    affiliation = AffiliationFactory(organization__name="特定非営利活動法人見本のひろば")
    organization: Any = affiliation.organization
    OrganizationName.objects.create(
        organization=organization, name="見本の旧い名前", valid_until=date(2022, 4, 1)
    )
    return organization


def _envelope(officer: User) -> Envelope:
    return Envelope.objects.create(
        message=_message(officer),
        address=ConsentFactory().address,
        recipient_name="見本 太郎",
        status=EnvelopeStatus.UNCERTAIN,
        due_at=AT,
    )


def _message(officer: User) -> Message:
    return Message.objects.create(
        kind=MessageKind.NEWSLETTER,
        subject="第1号 見本のお知らせ",
        text="本文",
        sender_name="事務局",
        sender_email="jimukyoku@platform.example",
    )


def _sender(officer: User) -> SenderIdentity:
    return SenderIdentity.objects.create(
        name="事務局", email="jimukyoku@platform.example", valid_from=date(2022, 2, 25)
    )


MAKERS: dict[str, Callable[[User], Any]] = {
    "accounts.User": lambda officer: officer,
    "core.Act": _act,
    "core.Change": _change,
    "core.ChangeSet": _change_set,
    "mailing.Address": lambda officer: ConsentFactory().address,
    "mailing.Consent": lambda officer: ConsentFactory(),
    "mailing.Envelope": _envelope,
    "mailing.Message": _message,
    "mailing.SenderIdentity": _sender,
    "meetings.Body": lambda officer: SeatFactory().body,
    "meetings.Material": lambda officer: make_material(),
    "meetings.Meeting": lambda officer: InvitationFactory().meeting,
    "meetings.Minutes": lambda officer: (
        MinutesSectionFactory(
            minutes__status=MinutesStatus.PUBLISHED, minutes__publish_at=AT
        ).minutes
    ),
    "meetings.Seat": lambda officer: SeatFactory(),
    "members.Affiliation": lambda officer: AffiliationFactory(),
    "members.ChangeRequest": lambda officer: ChangeRequestFactory(),
    "members.ConfirmationRound": lambda officer: RoundFactory(),
    "members.DecisionBatch": lambda officer: BatchFactory(),
    "members.Withdrawal": lambda officer: WithdrawalFactory(),
    "members.Membership": lambda officer: AffiliationFactory().organization.memberships.get(),
    "members.MembershipApplication": lambda officer: ApplicationFactory(),
    "members.Organization": _organization,
    "members.Person": lambda officer: AffiliationFactory().person,
    "newsletter.Issue": lambda officer: ItemFactory().issue,
    "subcommittees.ParticipationRequest": lambda officer: ParticipationFactory(),
    "subcommittees.Subcommittee": lambda officer: SubcommitteeFactory(),
}


def make(model: type[models.Model], officer: User) -> Any:
    """A record of this kind. A new admin needs a line above."""
    with acting(officer):
        return MAKERS[model._meta.label](officer)
