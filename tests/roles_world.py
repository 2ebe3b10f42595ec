"""One of everything and one person of every role, for the role table."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

from django.contrib.admin import site
from django.core.files.base import ContentFile
from django.db.models import Model
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse
from django.utils import timezone

from accounts.choices import Role
from accounts.invitations import invitation_path
from accounts.models import User
from accounts.services import provision_user
from core.audit.acts import record
from core.audit.changesets import change_set
from core.audit.models import Act, Change
from mailing.models import SenderIdentity
from mailing.unsubscribe import token_for
from meetings.models import CalendarFeed
from members.choices import ApplicationStatus, RequestStatus, Verdict
from members.models import Decision
from members.roster.models import RosterImport
from members.services.scans import attach_scan
from newsletter.choices import IssueStatus
from tests.factories.accounts import make_staff, make_user
from tests.factories.applying import make_draft
from tests.factories.files import pdf
from tests.factories.mailing import ConsentFactory, EnvelopeFactory
from tests.factories.meetings import (
    InvitationFactory,
    MeetingFactory,
    MinutesFactory,
    SeatFactory,
    make_material,
)
from tests.factories.members import (
    AffiliationFactory,
    ApplicationFactory,
    BatchFactory,
    ChangeRequestFactory,
    ConfirmationFactory,
    MemberFactory,
    WithdrawalFactory,
)
from tests.factories.newsletter import IssueFactory, ItemFactory
from tests.factories.subcommittees import ParticipationFactory, SubcommitteeFactory
from tests.roles_papers import Papers


class World:
    """`kwargs_of` says with which object an address is asked."""

    def __init__(self) -> None:
        self.member = self._contact(valid_until=None)
        self.lapsed = self._contact(valid_until=date(2022, 6, 1))
        self.coming = self._coming(self.member)
        self.asked = ChangeRequestFactory(
            organization=self.member.organization, status=RequestStatus.RETURNED
        )
        self.notice = WithdrawalFactory()
        self.confirmation = ConfirmationFactory(
            organization=self.member.organization, round__sent_at=timezone.now()
        )
        self.item = ItemFactory()
        self.sent = IssueFactory(number=7, status=IssueStatus.SENT, sent_at=timezone.now())
        self.act = record(None, "newsletter.issue.sent", self.sent, at=timezone.now())
        with change_set(
            kind="members.roster.imported", title="名簿.xlsx", reason="", actor=None,
            at=timezone.now(),
        ):  # fmt: skip
            self.envelope = EnvelopeFactory()
        self.guest = provision_user(
            email="guest@example.jp", name="見本 次郎", actor=None, at=timezone.now()
        )
        self.consent = ConsentFactory()
        self.batch = BatchFactory()
        self.reported = ApplicationFactory(status=ApplicationStatus.REPORTED, batch=self.batch)
        self.received = ApplicationFactory()
        self.scan = attach_scan(
            paper=self.reported,
            upload=ContentFile(pdf(), "申込書.pdf"),
            actor=None,
            at=timezone.now(),
        )
        self.decided = BatchFactory(decided_at=timezone.now())
        self.decision = Decision.objects.create(
            application=ApplicationFactory(status=ApplicationStatus.DECLINED, batch=self.decided),
            batch=self.decided, verdict=Verdict.DECLINED, decided_at=timezone.now(),
        )  # fmt: skip
        SenderIdentity.objects.get_or_create(
            valid_from=date(2022, 2, 1),
            defaults={"name": "事務局", "email": "jimukyoku@platform.example"},
        )
        self.upload = RosterImport.objects.create(
            filename="名簿.xlsx", size=1, sha256="0" * 64, created_by=make_user()
        )
        self.draft = make_draft(complete=False)
        self.papers = Papers(self.member.organization, self.lapsed.organization)
        self._bodies()
        self.people: dict[str, User | None] = {
            "anonymous": None,
            "member": self.member.person.user,
            "lapsed": self.lapsed.person.user,
            "coming": self.coming.person.user,
            "officer": make_staff(Role.OFFICER),
            "contractor": make_staff(Role.CONTRACTOR),
            "auditor": make_staff(Role.AUDITOR),
            "administrator": make_staff(Role.ADMINISTRATOR),
            "unprotected": make_staff(Role.ADMINISTRATOR, mfa=False),
        }
        self._sessions = {role: Client() for role in self.people}
        for role, user in self.people.items():
            if user is not None:
                self._sessions[role].force_login(user)
                # A session's clocks are set by its first request: here, where it is kept.
                self._sessions[role].get(reverse("portal:my"))

    def _bodies(self) -> None:
        """A subcommittee in which the member sits without leading it, with one of everything."""
        self.subcommittee = SubcommitteeFactory(number=1)
        self.body = self.subcommittee.body
        self.seat = SeatFactory(body=self.body, organization=self.member.organization)
        self.meeting = MeetingFactory(body=self.body, number=1)
        self.invitation = InvitationFactory(meeting=self.meeting, seat=self.seat)
        self.feed = CalendarFeed.objects.create(user=self.member.person.user)
        self.material = make_material(body=self.body, meeting=self.meeting)
        self.minutes = MinutesFactory(meeting=self.meeting)
        self.participation = ParticipationFactory(subcommittee=self.subcommittee)

    def _of_bodies(self, name: str, parameters: frozenset[str]) -> dict[str, object] | None:
        """For addresses of bodies, meetings, papers, minutes and subcommittees."""
        space, _colon, _page = name.partition(":")
        things = {
            "bodies": self.body, "meetings": self.meeting, "materials": self.material,
            "subcommittees": self.participation,
        }  # fmt: skip
        if space not in things:
            return None
        mine = {
            "public_id": things[space].public_id if space != "bodies" else "",
            "slug": self.body.slug, "body": self.body.slug, "meeting": self.meeting.public_id,
            "seat": self.seat.public_id, "key": self.invitation.link_key, "number": 1,
        }  # fmt: skip
        return {key: mine[key] for key in parameters}

    @staticmethod
    def _contact(*, valid_until: date | None) -> AffiliationFactory:
        organization = MemberFactory(membership__valid_until=valid_until)
        contact = AffiliationFactory(organization=organization)
        contact.person.user = make_user()
        contact.person.save(update_fields=["user"])
        return contact

    @staticmethod
    def _coming(before: AffiliationFactory) -> AffiliationFactory:
        """Who takes over from a contact, years from now."""
        day = date(2099, 4, 1)
        coming = AffiliationFactory(
            organization=before.organization, valid_from=day, predecessor=before
        )
        before.valid_until = day
        before.save(update_fields=["valid_until"])
        coming.person.user = make_user()
        coming.person.save(update_fields=["user"])
        return coming

    def client(self, role: str) -> Client:
        """A browser with the session of that role, as fresh as the first time."""
        client = Client(raise_request_exception=False)
        client.cookies.update(self._sessions[role].cookies)
        return client

    def kwargs_of(self, name: str, parameters: frozenset[str]) -> dict[str, object]:
        """Add a line to `known` for an address with a parameter that no line here fits."""
        known = {
            "members:profile": {"slug": self.member.organization.slug},
            "members:application": {"key": self.draft.link_key},
            "members:application_step": {"key": self.draft.link_key, "step": "organization"},
            "members:application_check": {"key": self.draft.link_key},
            "members:application_retract": {"key": self.draft.link_key},
            "members:confirm": {"key": self.confirmation.link_key},
            "members:confirm_change": {"key": self.confirmation.link_key},
            "admin:members_confirmationround_call": {
                "object_id": self.confirmation.round_id,
                "pk": self.confirmation.pk,
            },
            "calendar:feed": {"key": self.feed.link_key},
            "newsletter:issue": {"number": 7},
            "mailing:unsubscribe": {"token": token_for(self.consent.address)},
            "account_reset_password_from_key": {"uidb36": "1", "key": "set-password"},
            "account_welcome": {"token": invitation_path(self.guest).split("/")[3]},
            "account_confirm_email": {"key": "no-such-key"},
            **{
                f"admin:members_decisionbatch_{page}": {
                    "pk": self.decided.pk,
                    "decision_id": self.decision.pk,
                }
                for page in ("letter", "supersede")
            },
            "admin:members_decisionbatch_unreport": {
                "pk": self.batch.pk,
                "application_id": self.reported.pk,
            },
            "admin:members_membershipapplication_correct": {"object_id": self.received.pk},
            "admin:members_membershipapplication_scan": {
                "object_id": self.reported.pk,
                "scan": self.scan.pk,
            },
            "admin:members_changerequest_scan": {"object_id": self.asked.pk, "scan": 0},
            "admin:members_withdrawal_scan": {"object_id": self.notice.pk, "scan": 0},
            "admin:app_list": {"app_label": "accounts"},
            "admin:members_organization_statistics_download": {"key": "category", "kind": "csv"},
            "admin:view_on_site": {"content_type_id": "1", "object_id": "1"},
            "admin:<path:object_id>/": {"object_id": self.sent.pk},
            "admin:(?P<url>.*)$": {"url": "no-such-page"},
        }
        if name in known or not parameters:
            return known.get(name, {})
        of_bodies = self._of_bodies(name, parameters)
        if of_bodies is not None:
            return of_bodies
        of_papers = self.papers.kwargs_of(name, parameters)
        if of_papers is not None:
            return of_papers
        if name.startswith("organizations:"):
            leaves = name in {"organizations:correct", "organizations:end"}
            person = self.member.person if leaves else self.coming.person
            mine = {"slug": self.member.organization.slug, "person": person.public_id,
                    "public_id": self.asked.public_id}  # fmt: skip
            return {key: mine[key] for key in parameters}
        if parameters == {"public_id"}:
            return {"public_id": self.upload.public_id}
        for model in site._registry:
            if name.startswith(f"admin:{model._meta.app_label}_{model._meta.model_name}_"):
                key = self.one_of(model).pk
                return {name: key for name in parameters if name in {"pk", "object_id"}}
        return dict.fromkeys(parameters, 1)

    def one_of(self, model: type[Model]) -> Model:
        if model is type(self.sent):
            return self.item.issue
        if model is Change:  # of a table that every role may read
            return Change.objects.filter(table="members_organization").latest("id")
        if model is Act:
            return self.act
        found = model._default_manager.order_by("pk").first()
        assert found, f"tests/roles_world.py: make a {model._meta.label} in World.__init__."
        return found


@dataclass(frozen=True)
class Address:
    """An address of the site: its pattern from the root, and what it wants to know."""

    route: str
    parameters: frozenset[str]
    fixed: tuple[tuple[str, str], ...] = ()


@cache
def addresses() -> dict[str, Address]:
    """Every address by name or, where it has none, by its pattern.

    An admin's acts share one address; each is an entry of its own: `admin:…_act[suspend]`.
    """
    return dict(_walk(get_resolver(), "", Address("", frozenset())))


def _acts_of(name: str) -> list[str]:
    for model, model_admin in site._registry.items():
        if name == f"{model._meta.app_label}_{model._meta.model_name}_act":
            return list(model_admin.acts)
    return []


def _walk(resolver: URLResolver, space: str, above: Address) -> Iterator[tuple[str, Address]]:
    for entry in resolver.url_patterns:
        asked = set(entry.pattern.converters) | set(entry.pattern.regex.groupindex)
        here = Address(f"{above.route}{entry.pattern}", above.parameters | asked)
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from _walk(entry, inner, here)
        else:
            name = entry.name or str(entry.pattern)
            acts = _acts_of(name)
            for act in acts:
                (parameter,) = here.parameters - {"pk", "object_id"}
                fixed = ((parameter, act),)
                yield f"{space}{name}[{act}]", Address(here.route, here.parameters, fixed)
            if not acts:
                yield f"{space}{name}", here
