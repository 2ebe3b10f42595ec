"""The applicant's acts as services: what is refused, what happens once, what is forgotten."""

import hashlib
import threading
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import close_old_connections, connection
from django.template.loader import get_template
from django.utils import timezone

from accounts.choices import Role
from core.audit.models import Act
from mailing.models import Message
from members.choices import ApplicationStatus, Category
from members.errors import IncompleteError, MembersError, TooLateError
from members.models import ApplicationContact, Correction, MembershipApplication
from members.queries.applications import (
    ANSWER_FIELDS,
    CONTACT_FIELDS,
    differences,
    label_of,
    missing_answers,
    snapshot_of,
    words_of,
)
from members.queries.progress import moments_of
from members.services import applying
from members.services.applying import (
    DRAFTS_KEPT,
    answer_correction,
    forget_old_drafts,
    refresh_application_keys,
    retract_application,
    save_answers,
    start_application,
    submit_application,
)
from members.wordings import PLEDGES, PRIVACY_TEXTS, pledge_template, privacy_template
from platform_site.tasks import DUTIES
from tests.factories.accounts import make_staff
from tests.factories.applying import make_draft
from tests.factories.members import ApplicationContactFactory, ApplicationFactory

AT = datetime(2026, 11, 16, 3, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def returned(before=None, **fields):
    application = ApplicationFactory(status=ApplicationStatus.RETURNED, **fields)
    ApplicationContactFactory(application=application)
    Correction.objects.create(
        application=application,
        message="ご確認ください。",
        asked_at=AT,
        before=snapshot_of(application) if before is None else before,
    )
    return application


class TestStarting:
    def test_two_applicants_may_share_a_mailbox(self):
        drafts = {
            start_application(email="box@example.jp", category=Category.REGULAR, at=AT).link_key
            for _n in range(2)
        }
        assert len(drafts) == 2

    def test_the_main_contact_is_prefilled_with_the_mailbox(self):
        draft = start_application(email="box@example.jp", category=Category.REGULAR, at=AT)
        assert [contact.email for contact in draft.contacts.all()] == ["box@example.jp"]

    @pytest.mark.parametrize(("email", "category"), [("no-address", "regular"), ("a@b.jp", "x")])
    def test_what_is_no_address_or_category_is_refused_as_a_whole(self, email, category):
        with pytest.raises(MembersError):
            start_application(email=email, category=category, at=AT)
        assert not MembershipApplication.objects.exists()
        assert not Message.objects.exists()


class TestSaving:
    def test_what_is_not_named_stays(self):
        draft = make_draft()
        name = draft.name
        save_answers(application=draft, answers={"phone": "03-9999-0000"}, contacts=None, at=AT)
        draft = MembershipApplication.objects.get()
        assert (draft.name, draft.phone) == (name, "03-9999-0000")
        assert draft.contacts.count() == 1

    def test_state_and_numbers_are_no_answers(self):
        draft = make_draft()
        save_answers(application=draft, answers={"status": "approved"}, contacts=None, at=AT)
        assert MembershipApplication.objects.get().status == ApplicationStatus.DRAFT

    def test_an_impossible_value_saves_nothing(self):
        draft = make_draft()
        answers = {"phone": "03-9999-0000", "corporate_number": "1234567890123"}
        with pytest.raises(MembersError):
            save_answers(application=draft, answers=answers, contacts=None, at=AT)
        assert MembershipApplication.objects.get().phone == "03-0000-1111"

    def test_six_contacts_are_too_many_and_nothing_is_written(self):
        draft = make_draft()
        people = [{"name": f"見本 {number}"} for number in range(6)]
        with pytest.raises(MembersError):
            save_answers(application=draft, answers={"phone": ""}, contacts=people, at=AT)
        assert draft.contacts.get().name == "髙橋 次郎"

    def test_a_row_that_stays_keeps_its_key(self):
        draft = make_draft()
        key = draft.contacts.get().pk
        people = [{"name": "見本 一郎"}, {"name": "見本 二郎"}]
        save_answers(application=draft, answers={}, contacts=people, at=AT)
        assert draft.contacts.first().pk == key
        save_answers(application=draft, answers={}, contacts=people[:1], at=AT)
        assert draft.contacts.get().pk == key

    @pytest.mark.parametrize(
        "status",
        sorted(set(ApplicationStatus) - {ApplicationStatus.DRAFT, ApplicationStatus.RETURNED}),
    )
    def test_what_is_with_the_office_is_not_changed_by_the_link(self, status):
        application = ApplicationFactory(status=status)
        with pytest.raises(TooLateError):
            save_answers(application=application, answers={"phone": ""}, contacts=None, at=AT)

    def test_it_is_found_by_its_folded_words(self):
        save_answers(
            application=make_draft(),
            answers={"name": "㈱見本あかり", "name_kana": "ﾐﾎﾝｱｶﾘ"},
            contacts=[{"name": "髙橋 次郎", "email": "jiro@akari.example"}],
            at=AT,
        )
        for query in ("株式会社見本", "みほんあかり", "高橋", "jiro@akari.example"):
            assert MembershipApplication.objects.search(query).count() == 1, query
        twin = ApplicationFactory.build(name="見本あかり株式会社")
        refresh_application_keys(twin)
        assert MembershipApplication.objects.filter(duplicate_key=twin.duplicate_key).count() == 1


class TestSubmitting:
    def test_the_day_is_the_offices_and_the_number_of_its_year(self):
        draft = make_draft()
        new_year = datetime(2027, 3, 31, 15, 30, tzinfo=UTC)  # 1 April, half past midnight
        application = submit_application(application=draft, at=new_year)
        assert application.received_on == date(2027, 4, 1)
        assert application.receipt_number == "入2027-0001"
        assert application.due_on == date(2027, 4, 15)  # ten business days

    def test_gaps_refuse_it_and_write_nothing(self):
        draft = make_draft()
        save_answers(application=draft, answers={"regions": []}, contacts=[{"name": "見本"}], at=AT)
        letters = Message.objects.count()
        with pytest.raises(IncompleteError, match="担当者1"):
            submit_application(application=draft, at=AT)
        draft = MembershipApplication.objects.get()
        assert (draft.status, draft.receipt_number) == (ApplicationStatus.DRAFT, None)
        assert Message.objects.count() == letters

    def test_an_outdated_text_is_refused(self):
        with pytest.raises(MembersError):
            submit_application(application=make_draft(), at=AT, privacy_version="2020-01")

    def test_a_forgotten_draft_is_refused_with_a_sentence(self):
        draft = make_draft()
        MembershipApplication.objects.get().delete()
        with pytest.raises(TooLateError):
            submit_application(application=draft, at=AT)


class TestCorrecting:
    def test_what_was_open_on_paper_may_stay_open(self):
        application = returned(motivation="", postal_code="")
        save_answers(application=application, answers={"phone": "03-1"}, contacts=None, at=AT)
        application = answer_correction(application=application, at=AT)
        assert application.status == ApplicationStatus.CHECKING
        assert application.due_on == date(2026, 12, 1)  # the office's turn again
        assert Correction.objects.get().changes == {"phone": ["03-0000-1111", "03-1"]}

    def test_what_was_there_must_not_get_lost(self):
        application = returned()
        save_answers(application=application, answers={"phone": ""}, contacts=None, at=AT)
        with pytest.raises(IncompleteError):
            answer_correction(application=application, at=AT)
        assert Correction.objects.get().answered_at is None

    def test_answering_twice_gives_one_letter(self):
        application = returned()
        for _n in range(2):
            answer_correction(application=application, at=AT)
        assert Message.objects.count() == 1
        assert Act.objects.filter(verb="members.application.corrected").count() == 1

    def test_a_changed_person_is_told_column_by_column(self):
        application = returned()
        person = application.contacts.get()
        people = [{"name": "見本 後任", "email": person.email}, {"name": "見本 二郎"}]
        save_answers(application=application, answers={}, contacts=people, at=AT)
        application = MembershipApplication.objects.get()
        changes = differences(Correction.objects.get().before, snapshot_of(application))
        assert changes["contacts.1.name"] == [person.name, "見本 後任"]
        assert changes["contacts.2.name"] == ["", "見本 二郎"]
        assert "contacts.1.email" not in changes


class TestRetracting:
    def test_the_office_does_it_for_who_telephoned(self):
        officer = make_staff(Role.OFFICER)
        application = ApplicationFactory(status=ApplicationStatus.REPORTED)
        retract_application(application=application, actor=officer, at=AT, note="電話にて")
        act = Act.objects.get(verb="members.application.retracted")
        assert (act.actor_id, act.detail) == (str(officer.pk), {"note": "電話にて"})
        assert Message.objects.count() == 1

    def test_twice_is_once_and_paper_without_a_mailbox_gets_no_letter(self):
        application = ApplicationFactory(email="")
        for _n in range(2):
            retract_application(application=application, actor=None, at=AT)
        assert Act.objects.filter(verb="members.application.retracted").count() == 1
        assert not Message.objects.exists()

    @pytest.mark.parametrize(
        "status", [ApplicationStatus.APPROVED, ApplicationStatus.DECLINED, ApplicationStatus.DRAFT]
    )
    def test_too_late_or_too_early(self, status):
        with pytest.raises(TooLateError):
            retract_application(application=ApplicationFactory(status=status), actor=None, at=AT)


class TestForgetting:
    def test_drafts_untouched_for_sixty_days_go_with_their_people(self):
        old, young = make_draft(email="old@example.jp"), make_draft(email="young@example.jp")
        handed_in = ApplicationFactory(saved_at=AT - DRAFTS_KEPT * 2)
        MembershipApplication.objects.filter(pk=old.pk).update(
            saved_at=AT - DRAFTS_KEPT - timedelta(seconds=1)
        )
        MembershipApplication.objects.filter(pk=young.pk).update(saved_at=AT - DRAFTS_KEPT)
        assert forget_old_drafts(at=AT) == 1
        assert set(MembershipApplication.objects.values_list("pk", flat=True)) == {
            young.pk,
            handed_in.pk,
        }
        assert ApplicationContact.objects.filter(application=young).exists()
        assert forget_old_drafts(at=AT) == 0

    def test_it_is_a_duty_of_the_minute_tick_and_cheap(self, django_assert_num_queries):
        assert forget_old_drafts in DUTIES
        make_draft()
        with django_assert_num_queries(3):  # savepoint, look, release
            forget_old_drafts(at=AT)


class TestWords:
    def test_every_answer_has_a_label_and_words(self):
        snapshot = snapshot_of(make_draft())
        assert set(snapshot) == {*ANSWER_FIELDS, "contacts"}
        for name in ANSWER_FIELDS:
            assert label_of(name) in {"FAX", "URL"} or not label_of(name).isascii(), name
            assert isinstance(words_of(name, snapshot[name]), str)
        for name in CONTACT_FIELDS:
            assert label_of(f"contacts.2.{name}").startswith("担当者2 ")
        assert words_of("category", "regular") == "会員"
        assert words_of("regions", ["11", "13"]) == "埼玉県・東京都"
        assert words_of("founded", "2012-04") == "2012年4月"
        assert words_of("nationwide", False) == "いいえ"
        assert words_of("contacts.1.duty", "primary") == "主担当"

    def test_what_nobody_knows_is_said_as_it_is(self):
        """A marked field of an old correction may be gone from the form by then."""
        assert (label_of("gone"), words_of("gone", "x")) == ("gone", "x")
        assert label_of("contacts") == "担当者"
        assert label_of("contacts.3") == "担当者3"
        assert words_of("founded", "いつか") == "いつか"

    def test_nothing_is_missing_from_a_complete_draft(self):
        assert missing_answers(snapshot_of(make_draft())) == []
        assert "contacts.1.email" in missing_answers({})

    @pytest.mark.parametrize(
        ("status", "now"),
        [
            (ApplicationStatus.RECEIVED, "checking"),
            (ApplicationStatus.CHECKING, "checking"),
            (ApplicationStatus.RETURNED, "waiting"),
            (ApplicationStatus.REPORTED, "committee"),
            (ApplicationStatus.APPROVED, "approved"),
            (ApplicationStatus.DECLINED, "declined"),
            (ApplicationStatus.RETRACTED, "retracted"),
        ],
    )
    def test_the_applicant_sees_one_present_moment(self, status, now):
        moments = moments_of(ApplicationFactory(status=status))
        assert [moment.kind for moment in moments if moment.is_now] == [now]
        assert moments[-1].kind == "received"


class TestWordings:
    """Whoever agreed to a version agreed to these letters: a change is a new version."""

    SUMS = {
        "pledge-2026-04": "85cb61aa0a0ca3af30ce5945a1ff0a6d71c094f0576f0624d91be6d65977c96a",
        "privacy-2026-04": "fcc03a27d1f7cdd3d15db41210e1886c33655ac6775e0094a42b2288b4cba9ae",
    }

    def test_a_version_never_changes(self):
        folder = Path(settings.BASE_DIR) / "templates" / "members" / "wordings"
        sums = {
            path.stem: hashlib.sha256(path.read_bytes()).hexdigest()
            for path in folder.glob("*.html")
        }
        assert sums == self.SUMS, "Write a new file under a new version instead."

    def test_every_version_has_its_text(self):
        for template in (*map(pledge_template, PLEDGES), *map(privacy_template, PRIVACY_TEXTS)):
            assert get_template(template)
        assert pledge_template("no-such") == privacy_template("") == ""


@pytest.mark.django_db(transaction=True)
class TestTwoAtOnce:
    def race(self, draft) -> list[str]:
        """Two windows send the same draft; both have read it before either writes."""
        gate, answers = threading.Barrier(2, timeout=20), []
        read = applying._locked

        def meet(application):
            gate.wait()
            return read(application)

        def send():
            try:
                sent = submit_application(application=draft, at=timezone.now())
                answers.append(sent.receipt_number)
            except Exception as error:
                answers.append(type(error).__name__)
            finally:
                connection.close()
                close_old_connections()

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(applying, "_locked", meet)
            threads = [threading.Thread(target=send) for _n in range(2)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(30)
        return answers

    def test_one_receipt_one_letter(self):
        draft = make_draft()
        letters = Message.objects.count()
        first, second = self.race(draft)
        assert first == second
        assert Message.objects.count() == letters + 1
        assert Act.objects.filter(verb="members.application.received").count() == 1

    def test_without_the_lock_there_would_be_two(self, monkeypatch):
        """The negative control: the race is real, and the lock is what wins it."""
        draft = make_draft()
        letters = Message.objects.count()
        gate = threading.Barrier(2, timeout=20)

        def unlocked(application):
            found = MembershipApplication.objects.get(pk=application.pk)
            gate.wait()  # both have seen a draft
            return found

        monkeypatch.setattr(applying, "_locked", unlocked)
        self.race(draft)
        assert Message.objects.count() == letters + 2
