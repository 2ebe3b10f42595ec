"""Rounds of decisions: all or nothing, written once, with the letters that follow."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.choices import Role
from accounts.invitations import invited
from accounts.models import User
from accounts.services import deactivate_user
from core.models import Act
from mailing.choices import Channel, ConsentAction
from mailing.models import Address, Consent, Envelope, Message
from mailing.services import give_consent, withdraw_consent
from members.choices import (
    Agreement,
    ApplicationStatus,
    Category,
    Duty,
    EndReason,
    Verdict,
)
from members.errors import (
    AlreadyMemberError,
    MembersError,
    NothingChangesError,
    NumberTakenError,
    TooLateError,
)
from members.models import (
    Affiliation,
    Decision,
    GivenNumber,
    Membership,
    MembershipApplication,
    Organization,
    Person,
)
from members.services import deciding
from members.services.deciding import (
    Ruling,
    change_batch,
    decide_batch,
    next_round_day,
    open_batch,
    report_applications,
    supersede_decision,
    unreport_application,
)
from tests.factories.accounts import PASSWORD, make_staff, make_user
from tests.factories.members import (
    AffiliationFactory,
    ApplicationContactFactory,
    ApplicationFactory,
    BatchFactory,
    MemberFactory,
    MembershipFactory,
    OrganizationFactory,
    PersonFactory,
)

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
FIRST = date(2026, 12, 1)
YES = Ruling(verdict=Verdict.APPROVED, category=Category.REGULAR, member_from=FIRST)
NO = Ruling(
    verdict=Verdict.DECLINED, reason="活動の実態が確かめられない", text="実績をお積みください。"
)
LATER = Ruling(verdict=None)


def told(verb: str) -> int:
    return Act.objects.filter(verb=f"members.{verb}").count()


def reported(batch=None, contacts: int = 1, **fields):
    application = ApplicationFactory(
        status=ApplicationStatus.REPORTED, batch=batch or BatchFactory(), **fields
    )
    for position in range(contacts):
        ApplicationContactFactory(application=application, position=position)
    return application


def decided(application, ruling=YES, **fields):
    (decision,) = decide_batch(
        batch=application.batch, verdicts={application.pk: ruling}, reference="第9回",
        **({"actor": None, "at": AT} | fields),
    )  # fmt: skip
    return decision


class TestTheRound:
    @pytest.mark.parametrize(
        ("today", "proposed"),
        [
            (date(2026, 11, 20), date(2026, 12, 1)),
            (date(2026, 12, 1), date(2026, 12, 1)),
            (date(2026, 12, 2), date(2026, 12, 15)),
            (date(2026, 12, 16), date(2027, 1, 4)),  # offices are shut until 3 January
            (date(2027, 1, 2), date(2027, 1, 4)),
            (date(2026, 7, 31), date(2026, 8, 3)),  # a Saturday
            (date(2026, 8, 3), date(2026, 8, 3)),
            (date(2026, 8, 4), date(2026, 8, 17)),
        ],
    )
    def test_the_next_first_or_fifteenth_that_offices_work(self, today, proposed):
        assert next_round_day(today) == proposed

    def test_a_round_names_itself_and_moves_with_its_day(self):
        batch = open_batch(actor=None, at=AT)
        assert (batch.title, batch.held_on) == ("令和8年12月1日の審査", FIRST)
        assert batch.member_from == FIRST
        moved = change_batch(
            batch=batch, title=batch.title, held_on=date(2026, 12, 15), member_from=FIRST,
            reference="持ち回り", actor=None, at=AT,
        )  # fmt: skip
        assert moved.title == "令和8年12月15日の審査"
        assert told("batch.opened") == told("batch.changed") == 1

    def test_what_is_being_checked_goes_on_the_list_and_off_again(self):
        batch = BatchFactory()
        application = ApplicationFactory(status=ApplicationStatus.CHECKING)
        assert report_applications(batch=batch, applications=[application], actor=None, at=AT) == 1
        application.refresh_from_db()
        assert (application.status, application.batch) == (ApplicationStatus.REPORTED, batch)
        unreport_application(application=application, actor=None, at=AT)
        application.refresh_from_db()
        assert (application.status, application.batch) == (ApplicationStatus.CHECKING, None)

    def test_one_that_is_elsewhere_keeps_all_off(self):
        good = ApplicationFactory(status=ApplicationStatus.CHECKING)
        bad = ApplicationFactory(status=ApplicationStatus.RETURNED)
        with pytest.raises(TooLateError, match=bad.name):
            report_applications(
                batch=BatchFactory(), applications=[good, bad], actor=None, at=AT
            )  # fmt: skip
        good.refresh_from_db()
        assert good.status == ApplicationStatus.CHECKING

    def test_a_paper_without_the_least_facts_is_not_reported(self):
        paper = ApplicationFactory(status=ApplicationStatus.CHECKING, kind="", category="")
        with pytest.raises(MembersError, match="法人格"):
            report_applications(batch=BatchFactory(), applications=[paper], actor=None, at=AT)

    def test_a_decided_round_takes_nothing_in_and_lets_nothing_out(self):
        application = reported()
        decided(application)
        late = ApplicationFactory(status=ApplicationStatus.CHECKING)
        with pytest.raises(TooLateError):
            report_applications(batch=application.batch, applications=[late], actor=None, at=AT)
        with pytest.raises(TooLateError):
            unreport_application(application=application, actor=None, at=AT)
        with pytest.raises(TooLateError):
            change_batch(
                batch=application.batch, title="x", held_on=FIRST, member_from=FIRST,
                reference="", actor=None, at=AT,
            )  # fmt: skip


class TestAnApproval:
    def test_makes_a_member_with_everything_the_application_said(self):
        application = reported(
            name="特定非営利活動法人見本の会", corporate_number="7000012050002",
            organization_email="INFO@Mihon.example", representative_title="理事長",
            summary="居場所づくり", fields=["01"], targets=["elderly"], regions=["13", "14"],
            public_fields=["url"], phone="03-0000-1111", founded="2015-04",
        )  # fmt: skip
        officer = make_staff(Role.OFFICER)
        decision = decided(application, actor=officer)
        application.refresh_from_db()
        member = application.organization
        assert member.name == "特定非営利活動法人見本の会"
        assert (member.summary, member.fields, member.targets) == (
            "居場所づくり",
            ["01"],
            ["elderly"],
        )
        assert (member.regions, member.public_fields) == (["13", "14"], ["url"])
        assert member.mailbox.email == "info@mihon.example"
        assert member.confirmed_on == application.received_on
        assert "見本の会" in member.search_text
        period = member.memberships.get()
        assert (period.category, period.valid_from) == (Category.REGULAR, FIRST)
        assert (decision.number, decision.member_from) == (period.number, FIRST)
        assert period.number in member.search_text
        assert application.status == ApplicationStatus.APPROVED
        assert (application.decided_by, application.decided_at) == (officer, AT)
        head, contact = member.affiliations.order_by("position")
        assert (head.duty, head.title, head.address) == (Duty.REPRESENTATIVE, "理事長", None)
        assert head.person.name == "見本 花子"
        assert contact.address.email == application.contacts.get().email
        assert told("application.approved") == told("batch.decided") == 1

    def test_active_everywhere_is_every_prefecture_and_one_word(self, client):
        decided(reported(nationwide=True, public_fields=["fields"]))
        organization = Organization.objects.get()
        assert len(organization.regions) == 47
        with time_machine.travel("2026-12-02 10:00 +0900"):
            assert "全国" in client.get(f"/members/{organization.slug}/").text

    def test_numbers_are_never_given_twice(self):
        first = decided(reported())
        supersede_decision(
            decision=first, ruling=NO, reference="第10回", effective_on=FIRST, actor=None, at=AT
        )
        assert not Membership.objects.exists()
        second = decided(reported())
        assert second.number != first.number
        assert GivenNumber.objects.filter(number__in=[first.number, second.number]).count() == 2

    def test_each_contact_gets_a_letter_with_a_login_of_its_own(self):
        application = reported(contacts=2)
        decision = decided(application)
        users = User.objects.filter(email__startswith="contact")
        assert users.count() == 2
        for user in users:
            envelope = Envelope.objects.get(address__email=user.email)
            link = envelope.merge["first_login_url"]
            assert invited(link.rsplit("/", 2)[1]) == user
            assert envelope.message.reference == f"decision:{decision.pk}"
            for text in (envelope.message.text, envelope.message.html):
                assert decision.number in text
                assert "令和8年12月1日" in text
                # the key stands in the reader's envelope, not in what the office can read
                assert link not in text
                assert "⟦first_login_url⟧" in text
        applicant = Envelope.objects.get(address__email=application.email)
        assert "パスワード" not in applicant.message.text

    def test_who_has_a_login_keeps_it_and_acts_for_both(self, client):
        contact = ApplicationContactFactory(application=reported(contacts=0), name="山田　花子")
        user = make_user(contact.email, "山田 花子")
        known = PersonFactory(name="山田 花子", user=user)
        AffiliationFactory(person=known)
        decided(contact.application)
        affiliation = Affiliation.objects.get(organization__applications=contact.application,
                                              duty=Duty.PRIMARY)  # fmt: skip
        assert affiliation.person == known
        letter = Message.objects.get(envelopes__address__email=contact.email)
        assert "これまでお使いの" in letter.text
        assert not Envelope.objects.get(message=letter).merge
        user.refresh_from_db()
        assert user.check_password(PASSWORD)
        assert Organization.objects.acted_for_by(user, FIRST).count() == 2

    def test_the_same_name_alone_is_another_person(self):
        PersonFactory(name="見本 次郎")
        contact = ApplicationContactFactory(application=reported(contacts=0), name="見本 次郎")
        decided(contact.application)
        assert Person.objects.filter(name="見本 次郎").count() == 2

    def test_of_two_at_one_mailbox_the_first_gets_the_login_and_the_letter_says_so(self):
        application = reported(contacts=0, email="shared@example.jp")
        for place, name in enumerate(["見本 一郎", "見本 二郎"]):
            ApplicationContactFactory(
                application=application, position=place, name=name, email="shared@example.jp"
            )
        decided(application)
        assert User.objects.get().person.name == "見本 一郎"
        letter = Message.objects.get()
        assert "見本 二郎 様は、ほかの方のログインと同じメールアドレス" in letter.text.replace(
            "\n", ""
        )
        assert Envelope.objects.count() == 1

    def test_a_closed_account_is_not_opened_by_the_back_door(self):
        contact = ApplicationContactFactory(application=reported(contacts=0))
        user = make_user(contact.email, contact.name)
        deactivate_user(user=user, actor=None, at=AT)
        decided(contact.application)
        assert Person.objects.filter(user=user).count() == 0
        envelope = Envelope.objects.get(address__email=contact.email)
        assert not envelope.merge

    def test_without_any_mailbox_no_letter_leaves(self):
        application = reported(contacts=0, email="")
        ApplicationContactFactory(application=application, email="")
        decided(application)
        assert Message.objects.count() == 0
        assert Affiliation.objects.filter(duty=Duty.PRIMARY).count() == 1

    def test_consents_are_kept_with_road_and_wording(self):
        application = reported(contacts=0, agreement=Agreement.WRITTEN, privacy_version="2026-04")
        wants = ApplicationContactFactory(application=application, newsletter=True)
        ApplicationContactFactory(application=application, newsletter=False)
        decided(application)
        consent = Consent.objects.get()
        assert consent.address.email == wants.email
        assert (consent.action, consent.channel) == (ConsentAction.GIVEN, Channel.PAPER)
        assert application.receipt_number in consent.wording
        assert "2026-04" in consent.wording

    def test_a_later_refusal_of_the_magazine_stands(self):
        application = reported(contacts=0, agreed_at=AT - timedelta(days=9))
        contact = ApplicationContactFactory(application=application, newsletter=True)
        address = Address.objects.create(email=contact.email)
        give_consent(address=address, actor=None, at=AT - timedelta(days=8), channel=Channel.WEB)
        withdraw_consent(address=address, actor=None, at=AT - timedelta(days=7),
                         channel=Channel.ONE_CLICK)  # fmt: skip
        decided(application)
        assert Consent.objects.order_by("-pk").first().action == ConsentAction.WITHDRAWN

    def test_a_former_member_comes_back_to_its_own_record(self):
        former = OrganizationFactory(name="見本の会", phone="03-9", note="覚え書き")
        MembershipFactory(organization=former, valid_until=date(2024, 4, 1), number="会0007")
        gone = AffiliationFactory(organization=former)
        application = reported(name="新見本の会", organization=former, phone="03-1")
        decided(application)
        former.refresh_from_db()
        assert (former.name, former.phone, former.note) == ("新見本の会", "03-1", "覚え書き")
        assert former.former_names.get().name == "見本の会"
        assert former.memberships.count() == 2
        assert former.memberships.get(valid_until=None).number != "会0007"
        gone.refresh_from_db()
        assert gone.valid_until == FIRST  # who was not named again does not come back in silence

    def test_a_current_member_is_not_admitted_again(self):
        member = MemberFactory()
        application = reported(organization=member)
        with pytest.raises(MembersError) as refused:
            decided(application)
        assert isinstance(refused.value.__cause__, AlreadyMemberError)
        assert application.name in str(refused.value)
        assert not Decision.objects.exists()

    def test_a_number_that_another_has_stops_the_whole_round(self):
        OrganizationFactory(corporate_number="7000012050002")
        batch = BatchFactory()
        good = reported(batch)
        bad = reported(batch, corporate_number="7000012050002", received_on=date(2026, 11, 3))
        with pytest.raises(MembersError, match=bad.name) as refused:
            decide_batch(batch=batch, verdicts={good.pk: YES, bad.pk: YES}, reference="",
                         actor=None, at=AT)  # fmt: skip
        assert isinstance(refused.value.__cause__, NumberTakenError)
        batch.refresh_from_db()
        good.refresh_from_db()
        assert (batch.decided_at, good.status) == (None, ApplicationStatus.REPORTED)
        assert (Decision.objects.count(), User.objects.count(), Message.objects.count()) == (
            0,
            0,
            0,
        )


class TestARefusal:
    def test_sends_the_text_and_never_the_reason(self):
        application = reported(contacts=1)
        decision = decided(application, NO)
        application.refresh_from_db()
        assert application.status == ApplicationStatus.DECLINED
        letter = Message.objects.get(reference=f"decision:{decision.pk}")
        assert NO.text in letter.text
        assert not Message.objects.filter(text__contains="実態").exists()
        assert [e.address.email for e in letter.envelopes.all()] == [application.email]
        assert not Organization.objects.exists()

    @pytest.mark.parametrize("lacking", ["reason", "text"])
    def test_needs_a_reason_and_a_text(self, lacking):
        ruling = Ruling(
            **({"verdict": Verdict.DECLINED, "reason": "x", "text": "y"} | {lacking: " "})
        )
        with pytest.raises(MembersError, match="理由"):
            decided(reported(), ruling)


class TestTheWholeRound:
    def test_approved_declined_and_put_off_in_one_act(self):
        batch = BatchFactory()
        first, second, third = (reported(batch) for _n in range(3))
        decisions = decide_batch(
            batch=batch, verdicts={first.pk: YES, second.pk: NO, third.pk: LATER},
            reference="第9回幹事会", actor=None, at=AT,
        )  # fmt: skip
        assert [one.verdict for one in decisions] == [Verdict.APPROVED, Verdict.DECLINED]
        assert {one.reference for one in decisions} == {"第9回幹事会"}
        third.refresh_from_db()
        assert (third.status, third.batch) == (ApplicationStatus.CHECKING, None)
        assert not Envelope.objects.filter(address__email=third.email).exists()

    def test_the_list_that_was_looked_at_is_the_list_that_is_decided(self):
        batch = BatchFactory()
        seen, joined = reported(batch), reported(batch)
        with pytest.raises(TooLateError):
            decide_batch(batch=batch, verdicts={seen.pk: YES}, reference="", actor=None, at=AT)
        joined.status = ApplicationStatus.RETRACTED
        joined.save()
        with pytest.raises(TooLateError):
            decide_batch(batch=batch, verdicts={seen.pk: YES, joined.pk: YES}, reference="",
                         actor=None, at=AT)  # fmt: skip
        decide_batch(batch=batch, verdicts={seen.pk: YES}, reference="", actor=None, at=AT)

    def test_the_second_to_decide_gets_a_sentence(self):
        application = reported()
        decided(application, actor=make_staff(Role.OFFICER))
        with pytest.raises(TooLateError, match="事務局 officer"):
            decided(application)
        assert Decision.objects.count() == 1

    def test_forty_cost_as_much_each_as_four(self):
        def per_application(number: int) -> float:
            batch = BatchFactory()
            found = [reported(batch, contacts=2) for _n in range(number)]
            with CaptureQueriesContext(
                connection,
            ) as queries:
                decide_batch(batch=batch, verdicts={a.pk: YES for a in found}, reference="",
                             actor=None, at=AT)  # fmt: skip
            return len(queries) / number

        few, many = per_application(4), per_application(40)
        assert many <= few
        assert many < 140


@pytest.mark.django_db(transaction=True)
class TestTwoOfficersAtOnce:
    def race(self, application) -> list[str]:
        start, outcomes = threading.Barrier(2), []

        def decide() -> None:
            start.wait()
            try:
                decided(application)
                outcomes.append("decided")
            except MembersError as refusal:
                outcomes.append(type(refusal).__name__)
            except DatabaseError as error:
                outcomes.append(f"broken: {error}")
            finally:
                connection.close()

        threads = [threading.Thread(target=decide) for _n in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return sorted(outcomes)

    def test_one_decides_and_the_other_is_told(self):
        assert self.race(reported()) == ["TooLateError", "decided"]
        assert Decision.objects.count() == Membership.objects.count() == 1

    def test_without_the_locks_only_the_database_stops_the_second(self, monkeypatch):
        """The negative control: what the test above sees is the work of the locks."""
        both = threading.Barrier(2)

        def unlocked(batch, verdicts):
            found = list(MembershipApplication.objects.filter(batch=batch))
            both.wait(timeout=20)
            return found

        monkeypatch.setattr(deciding, "open_one", lambda batch: batch)
        monkeypatch.setattr(deciding, "_waiting", unlocked)
        broken, won = self.race(reported())
        assert broken.startswith("broken: ")
        assert "one_first_decision" in broken
        assert won == "decided"


class TestSuperseding:
    def test_taking_an_approval_back_before_it_begins_leaves_no_period(self):
        application = reported()
        old = decided(application)
        user = User.objects.get(email=application.contacts.get().email)
        assert Organization.objects.acted_for_by(user, FIRST).exists()
        new = supersede_decision(decision=old, ruling=NO, reference="第10回", effective_on=FIRST,
                                 actor=None, at=AT)  # fmt: skip
        application.refresh_from_db()
        assert application.status == ApplicationStatus.DECLINED
        assert not application.organization.memberships.exists()
        assert GivenNumber.objects.filter(number=old.number).exists()
        assert not Organization.objects.acted_for_by(user, FIRST).exists()
        assert (new.supersedes, new.verdict) == (old, Verdict.DECLINED)
        old.refresh_from_db()
        assert old.verdict == Verdict.APPROVED
        letter = Message.objects.get(reference=f"decision:{new.pk}")
        assert "取り消しました" in letter.text
        assert NO.text in letter.text
        assert NO.reason not in letter.text
        assert {e.address.email for e in letter.envelopes.all()} == {application.email, user.email}

    def test_taking_it_back_later_ends_the_period_on_that_day(self):
        old = decided(reported())
        supersede_decision(decision=old, ruling=NO, reference="", effective_on=date(2027, 2, 1),
                           actor=None, at=AT)  # fmt: skip
        period = Membership.objects.get()
        assert (period.valid_until, period.end_reason) == (date(2027, 2, 1), EndReason.REVOKED)

    def test_a_refusal_becomes_an_approval(self):
        application = reported()
        old = decided(application, NO)
        new = supersede_decision(decision=old, ruling=YES, reference="", effective_on=FIRST,
                                 actor=None, at=AT)  # fmt: skip
        application.refresh_from_db()
        assert application.status == ApplicationStatus.APPROVED
        assert application.organization.memberships.get().number == new.number
        assert Message.objects.filter(text__contains="結果をあらため").exists()

    def test_and_back_again(self):
        application = reported()
        first = decided(application)
        given = {"reference": "", "effective_on": FIRST, "actor": None, "at": AT}
        second = supersede_decision(decision=first, ruling=NO, **given)
        third = supersede_decision(decision=second, ruling=YES, **given)
        assert third.number != first.number
        assert Organization.objects.count() == 1
        assert Affiliation.objects.filter(duty=Duty.PRIMARY).count() == 1
        with pytest.raises(TooLateError):
            supersede_decision(decision=first, ruling=NO, **given)

    @pytest.mark.parametrize("ruling", [YES, LATER])
    def test_the_same_again_is_refused(self, ruling):
        old = decided(reported())
        with pytest.raises(NothingChangesError):
            supersede_decision(decision=old, ruling=ruling, reference="", effective_on=FIRST,
                               actor=None, at=AT)  # fmt: skip

    @pytest.mark.parametrize(
        "statement",
        ["UPDATE members_decision SET verdict = 'declined'", "DELETE FROM members_decision",
         "UPDATE members_decision SET text = ''"],
    )  # fmt: skip
    def test_the_database_refuses_to_edit_a_decision(self, statement):
        decided(reported())
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
        assert Decision.objects.get().verdict == Verdict.APPROVED

    def test_two_first_decisions_are_refused_by_the_database(self):
        decision = decided(reported())
        with pytest.raises(DatabaseError, match="one_first_decision"), transaction.atomic():
            Decision.objects.create(application=decision.application, verdict=Verdict.DECLINED,
                                    decided_at=AT)  # fmt: skip
