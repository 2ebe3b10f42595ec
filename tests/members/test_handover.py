"""A leaves, B comes on 1 April: two dates, and nothing that has to run."""

from datetime import UTC, date, datetime, timedelta
from threading import Event, Thread

import pytest
from django.db import connection, transaction

from accounts.models import User
from core.models import Act
from mailing.choices import Channel
from mailing.models import Address, Consent, Envelope, Message
from members.choices import Duty
from members.errors import ImpossibleDateError, MembersError, NothingChangesError
from members.models import Affiliation, Organization, Person
from members.queries.colleagues import booked_handovers
from members.services import Contact, cancel_handover, hand_over_person
from members.services.colleagues import (
    LastContactError,
    add_colleague,
    correct_contact,
    end_colleague,
)
from members.services.known import MistakenIdentityError
from tests.factories.accounts import make_staff, make_user
from tests.factories.mailing import SenderIdentityFactory
from tests.factories.members import AffiliationFactory, MemberFactory, PersonFactory

pytestmark = pytest.mark.django_db
AT = datetime(2027, 3, 10, 3, 0, tzinfo=UTC)
APRIL = date(2027, 4, 1)
MARCH = APRIL - timedelta(days=1)
NEXT = Contact(name="後任 花子", name_kana="こうにん はなこ", email="next@member.example")


@pytest.fixture(autouse=True)
def secretariat():
    return SenderIdentityFactory()


@pytest.fixture
def leaving():
    """A main contact with an account."""
    person = PersonFactory(name="前任 太郎", user=make_user("before@member.example"))
    return AffiliationFactory(
        person=person, address__email="before@member.example", department="総務課", position=2
    )


def hand_over(*rows, successor=NEXT, effective_on=APRIL, newsletter=False, actor=None):
    return hand_over_person(
        leaving=rows, successor=successor, effective_on=effective_on, newsletter=newsletter,
        actor=actor, at=AT,
    )  # fmt: skip


def acts_for(user, day):
    return list(Organization.objects.acted_for_by(user, day))


def told():
    return set(Envelope.objects.values_list("message__subject", "address__email"))


class TestHandingOver:
    def test_before_the_day_one_acts_and_from_the_day_the_other(self, leaving):
        (new,) = hand_over(leaving)
        before, after = leaving.person.user, new.person.user
        organization = leaving.organization
        assert acts_for(before, MARCH) == [organization]
        assert acts_for(after, MARCH) == []
        assert acts_for(before, APRIL) == []
        assert acts_for(after, APRIL) == [organization]

    def test_all_duties_pass_with_their_places(self, leaving):
        books = AffiliationFactory(
            person=leaving.person, organization=leaving.organization, duty=Duty.ACCOUNTS, position=5
        )
        opened = hand_over(leaving, books)
        assert [(row.duty, row.position) for row in opened] == [
            (Duty.PRIMARY, 2), (Duty.ACCOUNTS, 5),
        ]  # fmt: skip
        assert len({row.person_id for row in opened}) == 1
        assert opened[0].department == "総務課"
        assert [row.predecessor for row in opened] == [leaving, books]

    def test_the_past_still_names_who_was_there(self, leaving):
        (new,) = hand_over(leaving)
        assert Affiliation.objects.active_on(MARCH).get().person.name == "前任 太郎"
        assert Affiliation.objects.active_on(APRIL).get() == new
        act = Act.objects.get(verb="members.contact.handed_over")
        assert (act.detail["before"], act.detail["after"]) == ("前任 太郎", "後任 花子")
        assert act.detail["effective_on"] == "2027-04-01"

    def test_letters_reach_both_and_the_other_contacts(self, leaving):
        organization = leaving.organization
        organization.mailbox = Address.objects.create(email="section@member.example")
        organization.save()
        colleague = AffiliationFactory(organization=organization, duty=Duty.DEPUTY)
        reader = AffiliationFactory(organization=organization, duty=Duty.NEWSLETTER)
        hand_over(leaving)
        change = "【孤独・孤立PF】担当者の交代のお知らせ"
        login = "【孤独・孤立PF】会員ページへのログインのご案内"
        assert told() == {
            (change, "before@member.example"),
            (change, colleague.address.email),
            (change, "section@member.example"),
            (login, "next@member.example"),
        }
        assert reader.address.email not in {email for _subject, email in told()}
        text = Message.objects.get(subject=change).text
        for word in ("令和9年4月1日(木)", "前任 太郎 様", "後任 花子 様", "主担当"):
            assert word in text

    def test_somebody_known_at_the_mailbox_stays_one_person_with_one_login(self, leaving):
        other = AffiliationFactory(
            person=PersonFactory(name="後任　花子", user=make_user("next@member.example"))
        )
        (new,) = hand_over(leaving)
        assert new.person == other.person
        assert User.objects.filter(email="next@member.example").count() == 1
        assert set(acts_for(other.person.user, APRIL)) == {
            leaving.organization, other.organization,
        }  # fmt: skip

    def test_a_colleague_may_be_the_successor(self, leaving):
        colleague = AffiliationFactory(organization=leaving.organization, duty=Duty.DEPUTY)
        contact = Contact(person=colleague.person, email=colleague.address.email)
        (new,) = hand_over(leaving, successor=contact)
        assert new.person == colleague.person
        assert Person.objects.count() == 2

    def test_a_mailbox_that_is_somebody_elses_login_is_refused_and_nobody_is_named(self, leaving):
        PersonFactory(name="別人 一郎", user=make_user("next@member.example", "別人 一郎"))
        with pytest.raises(MistakenIdentityError) as refused:
            hand_over(leaving)
        assert "別人" not in str(refused.value)
        leaving.refresh_from_db()
        assert leaving.valid_until is None
        assert not Message.objects.exists()

    def test_the_login_of_the_secretariat_is_nobodys(self, leaving):
        make_staff(email="next@member.example")
        with pytest.raises(MistakenIdentityError):
            hand_over(leaving)

    def test_who_only_reads_mail_gets_no_login(self):
        reader = AffiliationFactory(duty=Duty.NEWSLETTER)
        (new,) = hand_over(reader)
        assert new.person.user is None
        assert not User.objects.exists()
        assert ("【孤独・孤立PF】連絡先の登録のお知らせ", "next@member.example") in told()

    @pytest.mark.parametrize(("ticked", "wishes"), [(True, 1), (False, 0)])
    def test_the_wish_for_the_magazine_is_recorded_when_it_is_said(self, leaving, ticked, wishes):
        hand_over(leaving, newsletter=ticked)
        found = Consent.objects.filter(address__email="next@member.example", channel=Channel.WEB)
        assert found.count() == wishes

    def test_a_duty_with_an_end_passes_on_with_its_end(self, leaving):
        leaving.valid_until = date(2028, 4, 1)
        leaving.save()
        (new,) = hand_over(leaving)
        assert (new.valid_from, new.valid_until) == (APRIL, date(2028, 4, 1))

    def test_without_a_mailbox_nobody_gets_a_login_and_nobody_is_written_to(self):
        old = AffiliationFactory(address=None)
        (new,) = hand_over(old, successor=Contact(name="後任"))
        assert new.address is None
        assert not Message.objects.exists()

    def test_a_second_successor_is_refused(self, leaving):
        hand_over(leaving)
        with pytest.raises(NothingChangesError):
            hand_over(leaving, successor=Contact(name="三人目", email="third@member.example"))
        assert Affiliation.objects.count() == 2

    @pytest.mark.parametrize(
        ("fields", "error"),
        [
            ({"valid_until": date(2027, 3, 1)}, NothingChangesError),
            ({"valid_from": APRIL}, ImpossibleDateError),
        ],
    )
    def test_only_a_duty_that_holds_can_pass(self, leaving, fields, error):
        for name, value in fields.items():
            setattr(leaving, name, value)
        leaving.save()
        with pytest.raises(error):
            hand_over(leaving)
        assert Affiliation.objects.count() == 1

    def test_nobody_succeeds_themselves(self, leaving):
        with pytest.raises(NothingChangesError):
            hand_over(leaving, successor=Contact(name="前任 太郎", email="before@member.example"))

    def test_duties_of_two_people_are_a_mistake_of_ours(self, leaving):
        other = AffiliationFactory(organization=leaving.organization)
        with pytest.raises(ValueError, match="one person"):
            hand_over(leaving, other)

    @pytest.mark.parametrize("email", ["@", "a b@c", "x" * 300 + "@a.jp"])
    def test_a_mailbox_that_is_none_is_refused_whole(self, leaving, email):
        with pytest.raises(MembersError):
            hand_over(leaving, successor=Contact(name="後任", email=email))
        assert Person.objects.count() == 1

    @pytest.mark.parametrize("number", [1, 3])
    def test_what_is_booked_is_one_question(self, django_assert_num_queries, number):
        rows = [AffiliationFactory() for _n in range(number)]
        for n, row in enumerate(rows):
            hand_over(row, successor=Contact(name=f"後任{n}", email=f"next{n}@member.example"))
        organizations = [row.organization for row in rows]
        with django_assert_num_queries(1):
            found = booked_handovers(organizations, MARCH)
            assert len([(one.before.name, one.after.name, one.duties) for one in found]) == number
        assert booked_handovers(organizations, APRIL) == []


class TestTakingItBack:
    def test_everything_is_as_if_nothing_had_been_booked(self, leaving):
        opened = hand_over(leaving)
        successor = opened[0].person.user
        cancel_handover(coming=opened, actor=None, at=AT)
        leaving.refresh_from_db()
        assert leaving.valid_until is None
        assert acts_for(leaving.person.user, APRIL) == [leaving.organization]
        assert acts_for(successor, APRIL) == []
        subject = "【孤独・孤立PF】担当者の交代の取りやめのお知らせ"
        assert {email for title, email in told() if title == subject} == {
            "before@member.example", "next@member.example",
        }  # fmt: skip

    def test_the_end_there_was_comes_back(self, leaving):
        leaving.valid_until = date(2028, 4, 1)
        leaving.save()
        cancel_handover(coming=hand_over(leaving), actor=None, at=AT)
        leaving.refresh_from_db()
        assert leaving.valid_until == date(2028, 4, 1)

    def test_from_the_day_on_it_stands(self, leaving):
        opened = hand_over(leaving)
        with pytest.raises(ImpossibleDateError):
            cancel_handover(coming=opened, actor=None, at=datetime(2027, 3, 31, 15, 0, tzinfo=UTC))
        assert Affiliation.objects.active_on(APRIL).get() == opened[0]

    def test_twice_is_refused(self, leaving):
        opened = hand_over(leaving)
        copies = list(Affiliation.objects.filter(pk=opened[0].pk))
        cancel_handover(coming=opened, actor=None, at=AT)
        with pytest.raises(NothingChangesError):
            cancel_handover(coming=copies, actor=None, at=AT)


class TestColleagues:
    def add(self, organization, contact=NEXT, duty=Duty.DEPUTY, valid_from=APRIL):
        return add_colleague(
            organization=organization, contact=contact, duty=duty, valid_from=valid_from,
            actor=None, at=AT,
        )  # fmt: skip

    def test_a_deputy_gets_a_login_and_the_others_a_word(self, leaving):
        added = self.add(leaving.organization)
        assert acts_for(added.person.user, MARCH) == []
        assert acts_for(added.person.user, APRIL) == [leaving.organization]
        assert ("【孤独・孤立PF】担当者の追加のお知らせ", "before@member.example") in told()

    def test_a_reader_gets_a_word_and_no_login(self, leaving):
        added = self.add(leaving.organization, duty=Duty.NEWSLETTER)
        assert added.person.user is None
        assert ("【孤独・孤立PF】連絡先の登録のお知らせ", "next@member.example") in told()

    def test_the_same_duty_twice_is_refused(self, leaving):
        self.add(leaving.organization)
        with pytest.raises(NothingChangesError):
            self.add(leaving.organization)
        assert Affiliation.objects.count() == 2

    def end(self, row, until=APRIL):
        end_colleague(
            organization=row.organization, person=row.person, until=until, actor=None, at=AT
        )

    def test_the_last_one_who_may_act_cannot_just_leave(self, leaving):
        AffiliationFactory(organization=leaving.organization, duty=Duty.NEWSLETTER)
        AffiliationFactory(
            organization=leaving.organization, duty=Duty.REPRESENTATIVE, address=None
        )
        with pytest.raises(LastContactError):
            self.end(leaving)
        leaving.refresh_from_db()
        assert leaving.valid_until is None

    def test_who_has_a_colleague_may_leave(self, leaving):
        AffiliationFactory(organization=leaving.organization, duty=Duty.DEPUTY)
        self.end(leaving)
        assert acts_for(leaving.person.user, MARCH) == [leaving.organization]
        assert acts_for(leaving.person.user, APRIL) == []
        with pytest.raises(NothingChangesError):
            self.end(leaving)

    def test_who_would_begin_later_never_does(self, leaving):
        coming = self.add(leaving.organization, valid_from=date(2027, 5, 1))
        self.end(coming)
        assert not Affiliation.objects.filter(pk=coming.pk).exists()

    def test_the_representative_changes_by_a_change_request(self, leaving):
        row = AffiliationFactory(organization=leaving.organization, duty=Duty.REPRESENTATIVE)
        with pytest.raises(MembersError):
            self.end(row)
        row.refresh_from_db()
        assert row.valid_until is None

    def correct(self, row, **values):
        return correct_contact(
            organization=row.organization, person=row.person, day=MARCH, values=values,
            actor=None, at=AT,
        )  # fmt: skip

    def test_a_new_mailbox_is_told_to_both_and_the_login_stays(self, leaving):
        assert self.correct(leaving, email="new@member.example") == ["email"]
        leaving.refresh_from_db()
        leaving.person.user.refresh_from_db()
        assert leaving.address.email == "new@member.example"
        assert leaving.person.user.email == "before@member.example"
        assert {email for _subject, email in told()} == {
            "before@member.example", "new@member.example",
        }  # fmt: skip

    def test_nothing_different_leaves_no_trace(self, leaving):
        before = Act.objects.count()
        assert self.correct(leaving, department="総務課") == []
        assert Act.objects.count() == before

    def test_the_title_of_the_representative_is_part_of_the_entry(self, leaving):
        row = AffiliationFactory(
            organization=leaving.organization, person=leaving.person, duty=Duty.REPRESENTATIVE,
            title="理事長", position=9,
        )  # fmt: skip
        self.correct(leaving, title="課長")
        row.refresh_from_db()
        leaving.refresh_from_db()
        assert (row.title, leaving.title) == ("理事長", "課長")

    def test_who_has_left_cannot_be_corrected(self, leaving):
        leaving.valid_until = date(2027, 3, 1)
        leaving.save()
        with pytest.raises(NothingChangesError):
            self.correct(leaving, department="新しい課")


@pytest.mark.django_db(transaction=True)
class TestTwoAtOnce:
    def race(self, row):
        """One books and waits before the commit; the other comes in between."""
        booked, go_on = Event(), Event()
        refused = []

        def first():
            with transaction.atomic():
                hand_over(row)
                booked.set()
                go_on.wait(10)
            connection.close()

        def second():
            try:
                hand_over(row, successor=Contact(name="三人目", email="third@member.example"))
            except Exception as error:
                refused.append(error)
            connection.close()

        threads = [Thread(target=first), Thread(target=second)]
        threads[0].start()
        assert booked.wait(10)
        threads[1].start()
        threads[1].join(0.5)
        assert threads[1].is_alive(), "the second must wait for the first"
        go_on.set()
        for thread in threads:
            thread.join(10)
        return refused

    def test_of_two_handovers_one_is_refused_with_a_sentence(self, leaving):
        (error,) = self.race(leaving)
        assert isinstance(error, NothingChangesError)
        assert Affiliation.objects.count() == 2
        assert not Person.objects.filter(name="三人目").exists()

    def test_without_the_lock_only_the_database_would_notice(self, leaving, monkeypatch):
        """The negative control: the race is real, and the constraint is the last line."""
        unlocked = lambda organization: Organization.objects.get(pk=organization.pk)  # noqa: E731
        monkeypatch.setattr("members.services.handover.locked", unlocked)
        monkeypatch.setattr(
            "members.services.handover._to_leave",
            lambda organization, leaving, effective_on: list(
                Affiliation.objects.filter(pk__in=[row.pk for row in leaving]).select_related(
                    "person", "organization", "address"
                )
            ),
        )
        (error,) = self.race(leaving)
        assert not isinstance(error, NothingChangesError)
        assert Affiliation.objects.count() == 2


def test_a_member_without_any_contact_still_hears_at_its_own_mailbox():
    organization = MemberFactory(mailbox=Address.objects.create(email="section@member.example"))
    assert organization in Organization.objects.active_on(MARCH).unreachable_on(MARCH)
