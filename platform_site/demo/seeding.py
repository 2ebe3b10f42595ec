"""Fills an empty platform with the demo list, demo accounts and a magazine. Twice changes nothing.

All organisations, people and mailboxes are made up; the mailboxes end in `.example`, which no mail
server in the world delivers to.
"""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from accounts.choices import Role
from accounts.demo import create_demo_account, create_demo_staff
from accounts.models import User
from core.audit.acts import record
from core.audit.context import acting
from mailing.models import SenderIdentity
from members.choices import Duty
from members.demo import seed as seed_members
from members.models import Affiliation, Organization
from members.roster.apply import apply_roster
from members.roster.plan import plan_roster
from members.roster.reading import read_roster
from newsletter.demo import seed
from subcommittees.demo import seed as seed_subcommittees

ROSTER = Path(__file__).with_name("roster-2022-06-15.xlsx")
FOUNDED_ON = date(2022, 2, 25)


@dataclass(frozen=True)
class DemoContact:
    """An account for the main contact of a member, found by its membership number."""

    email: str
    number: str


# A lead organisation of subcommittee 1, a member of it, one of none, a municipality, a supporter.
CONTACTS = (
    DemoContact("lead@example.jp", "会0001"),
    DemoContact("member@example.jp", "会0010"),
    DemoContact("other@example.jp", "会0011"),
    DemoContact("municipality@example.jp", "協0001"),
    DemoContact("supporter@example.jp", "賛0001"),
)


def seed_demo(at: datetime) -> None:
    create_demo_staff(at)
    administrator = User.objects.filter(groups__name=Role.ADMINISTRATOR).order_by("pk")[0]
    with acting(administrator, why="試用環境の準備"):
        _introduce_secretariat()
        _import_list(administrator, at)
        for contact in CONTACTS:
            _open_account(contact, administrator, at)
        seed_members(administrator, at)
        seed_subcommittees(administrator, at)
        seed(administrator, at)


def _introduce_secretariat() -> None:
    if SenderIdentity.objects.exists():
        return
    SenderIdentity.objects.create(
        name="孤独・孤立対策官民連携プラットフォーム事務局(見本)",
        email="jimukyoku@platform.example",
        reply_to="jimukyoku@platform.example",
        postal_address="〒100-0000 東京都見本区霞が関0-0-0 見本合同庁舎",
        phone="03-0000-0000",
        fax="03-0000-0001",
        office_hours="平日9時30分から18時15分まで",
        valid_from=FOUNDED_ON,
    )


def _import_list(actor: User, at: datetime) -> None:
    if Organization.objects.exists():
        return
    data = ROSTER.read_bytes()
    digest = plan_roster(read_roster(data), actor=actor, at=at).digest()
    apply_roster(data, filename=ROSTER.name, digest=digest, actor=actor, at=at)


def _open_account(contact: DemoContact, actor: User, at: datetime) -> None:
    affiliation = (
        Affiliation.objects.filter(
            organization__memberships__number=contact.number, duty=Duty.PRIMARY
        )
        .select_related("person")
        .order_by("position")
        .first()
    )
    if affiliation is None or affiliation.person.user_id is not None:
        return
    person = affiliation.person
    person.user = create_demo_account(email=contact.email, name=person.name, at=at)
    person.save(update_fields=["user"])
    record(actor, "members.person.account_opened", person, at=at, email=contact.email)
