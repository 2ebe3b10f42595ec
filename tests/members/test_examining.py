"""The secretariat's acts on an application: what they write, what they refuse, what they send."""

from datetime import UTC, date, datetime
from threading import Barrier, Thread

import pytest
from django.core.files.base import ContentFile
from django.db import connection

from accounts.choices import Role
from core.files import FileRefusedError
from core.models import Act
from mailing.models import Envelope, Message
from members.choices import APPLICATION_MOVES, Agreement, ApplicationStatus, Reception
from members.errors import (
    AlreadyMemberError,
    ImpossibleDateError,
    IncompleteError,
    MembersError,
    NothingChangesError,
    TooLateError,
)
from members.models import ApplicationContact, Correction, MembershipApplication, Scan
from members.services.applying import answer_correction, save_answers
from members.services.examining import (
    assign_application,
    begin_checking,
    correct_application,
    link_application,
    note_application,
    resume_checking,
    return_for_correction,
    take_application,
)
from members.services.scans import attach_scan, note_opening, sweep_daily, sweep_scans
from tests.factories.accounts import make_staff
from tests.factories.files import pdf, png
from tests.factories.members import (
    ApplicationContactFactory,
    ApplicationFactory,
    MemberFactory,
    WithdrawalFactory,
)

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
S = ApplicationStatus


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def officer():
    return make_staff(Role.OFFICER)


def fax(**fields):
    return MembershipApplication(
        **(
            {"channel": Reception.FAX, "name": "㈱見本FAX", "received_on": date(2026, 11, 12)}
            | fields
        )
    )


def take(officer, application=None, contacts=(), scans=()):
    return take_application(
        application=application or fax(), contacts=contacts, scans=scans, actor=officer, at=AT
    )


def acts():
    """Those on applications; accounts of the test itself are in the trail, too."""
    return Act.objects.filter(verb__startswith="members.").order_by("pk")


def verbs():
    return [act.verb for act in acts()]


class TestTaking:
    def test_a_fax_of_the_past_is_the_same_record_with_number_and_names(self, officer):
        application = take(
            officer,
            fax(agreement=Agreement.WRITTEN),
            [
                ApplicationContact(name="見本 一郎", phone="03-0000-0000"),
                ApplicationContact(name="二"),
            ],
        )
        application.refresh_from_db()
        assert (application.status, application.receipt_number) == (S.RECEIVED, "入2026-0001")
        assert application.received_on == date(2026, 11, 12)
        assert (application.received_by, application.agreement_noted_by) == (officer, officer)
        assert (application.agreed_at, bool(application.pledge_version)) == (AT, True)
        assert application.due_on == date(2026, 12, 7)
        assert [row.position for row in application.contacts.all()] == [0, 1]
        assert MembershipApplication.objects.search("見本 一郎").get() == application
        assert application.duplicate_key == "見本fax"
        assert verbs() == ["members.application.taken_down"]
        assert not Message.objects.exists()

    def test_half_a_fax_is_saved(self, officer):
        application = take(officer, fax(name="", phone="03-0000-1111", received_on=None))
        assert application.received_on == date(2026, 11, 23)
        assert application.agreement_noted_by is None
        assert application.agreed_at is None

    @pytest.mark.parametrize(
        ("fields", "error"),
        [
            ({"received_on": date(2026, 11, 24)}, ImpossibleDateError),
            ({"channel": Reception.WEB}, MembersError),
            ({"name": ""}, IncompleteError),
            ({"corporate_number": "1234567890123"}, MembersError),
            ({"prefecture": "99"}, MembersError),
        ],
    )
    def test_what_cannot_be_is_refused_and_nothing_is_written(self, officer, fields, error):
        with pytest.raises(error):
            take(officer, fax(**fields))
        assert not MembershipApplication.objects.exists()
        assert verbs() == []

    def test_six_contacts_are_too_many(self, officer):
        with pytest.raises(MembersError):
            take(officer, contacts=[ApplicationContact(name=str(n)) for n in range(6)])
        assert not MembershipApplication.objects.exists()

    def test_a_refused_scan_writes_nothing_at_all(self, officer, files):
        with pytest.raises(FileRefusedError):
            take(officer, scans=[ContentFile(pdf(), "a.pdf"), ContentFile(b"<svg/>", "b.svg")])
        assert not MembershipApplication.objects.exists()
        assert not Scan.objects.exists()

    def test_scans_come_with_it(self, officer):
        application = take(officer, scans=[ContentFile(pdf(), "申込書.pdf"), ContentFile(png())])
        assert [scan.content_type for scan in application.scans.all()] == [
            "application/pdf", "image/png",
        ]  # fmt: skip
        assert verbs()[1:] == ["members.scan.attached"] * 2


ACTS = {
    "begin": lambda row, actor: begin_checking(application=row, actor=actor, at=AT),
    "return": lambda row, actor: return_for_correction(
        application=row, message="電話番号", marked=["phone"], actor=actor, at=AT
    ),
    "resume": lambda row, actor: resume_checking(application=row, actor=actor, at=AT),
    "put right": lambda row, actor: correct_application(
        application=row, values={"phone": "03-9"}, reason="電話で", actor=actor, at=AT
    ),
    "link": lambda row, actor: link_application(
        application=row, organization=None, actor=actor, at=AT
    ),
}
OPEN = {S.RECEIVED, S.CHECKING, S.RETURNED}
LAWFUL = {
    "begin": ({S.RECEIVED}, S.CHECKING),
    "return": ({S.CHECKING}, S.RETURNED),
    "resume": ({S.RETURNED}, S.CHECKING),
    "put right": (OPEN, None),
    "link": (OPEN | {S.REPORTED}, None),
}


@pytest.mark.parametrize("status", [status for status in S if status != S.DRAFT])
@pytest.mark.parametrize("name", ACTS)
def test_each_act_is_lawful_in_its_states_only(name, status, officer):
    row = ApplicationFactory(status=status)
    lawful, after = LAWFUL[name]
    if status in lawful:
        ACTS[name](row, officer)
        row.refresh_from_db()
        assert row.status == (after or status)
        if after:
            assert after in APPLICATION_MOVES[status]
        return
    with pytest.raises(TooLateError, match=row.name):
        ACTS[name](row, officer)
    row.refresh_from_db()
    assert (row.status, verbs()) == (status, [])
    assert not Message.objects.exists()
    assert not Correction.objects.exists()


def test_who_begins_is_in_charge_unless_somebody_is(officer):
    other = make_staff(Role.CONTRACTOR)
    assert begin_checking(
        application=ApplicationFactory(), actor=officer, at=AT
    ).assigned_to == officer  # fmt: skip
    given = ApplicationFactory(assigned_to=other)
    assert begin_checking(application=given, actor=officer, at=AT).assigned_to == other


class TestReturning:
    def test_the_letter_says_what_where_and_until_when(self, officer):
        row = ApplicationFactory(status=S.CHECKING, phone="03-0000-1111")
        correction = return_for_correction(
            application=row, message="電話番号が通じません。",
            marked=["phone", "contacts", "phone"], due_on=date(2026, 12, 4), actor=officer, at=AT,
        )  # fmt: skip
        row.refresh_from_db()
        assert row.due_on == date(2026, 12, 4)
        assert (correction.marked, correction.before["phone"]) == (
            ["phone", "contacts"], "03-0000-1111",
        )  # fmt: skip
        envelope = Envelope.objects.get()
        text = envelope.message.text
        assert envelope.address.email == row.email
        assert row.receipt_number in envelope.message.subject
        for words in ("電話番号が通じません。", "・電話", "・担当者", "令和8年12月4日まで"):
            assert words in text
        # The link is the reader's own; the text that the whole secretariat may read has none.
        assert row.link_key not in text
        assert any(row.link_key in value for value in envelope.merge.values())

    def test_without_a_mailbox_no_letter_and_the_trail_says_so(self, officer):
        row = ApplicationFactory(status=S.CHECKING, email="")
        return_for_correction(
            application=row, message="押印を", marked=[], actor=officer, at=AT
        )  # fmt: skip
        assert not Message.objects.exists()
        assert "電話かFAX" in acts().get().detail["letter"]

    @pytest.mark.parametrize(
        ("message", "due_on", "error"),
        [(" \n", None, IncompleteError), ("直して", date(2026, 11, 22), ImpossibleDateError)],
    )
    def test_an_empty_plea_or_a_past_day_is_refused(self, officer, message, due_on, error):
        row = ApplicationFactory(status=S.CHECKING)
        with pytest.raises(error):
            return_for_correction(
                application=row, message=message, marked=[], due_on=due_on, actor=officer, at=AT
            )
        row.refresh_from_db()
        assert row.status == S.CHECKING

    def test_only_what_the_applicant_changed_is_kept(self, officer):
        row = ApplicationFactory(status=S.CHECKING, phone="03-0000-1111")
        ApplicationContactFactory(application=row)
        return_for_correction(
            application=row, message="電話", marked=["phone"], actor=officer, at=AT
        )
        save_answers(application=row, answers={"phone": "03-2222-3333"}, contacts=None, at=AT)
        answer_correction(application=row, at=AT)
        correction = row.corrections.get()
        assert correction.changes == {"phone": ["03-0000-1111", "03-2222-3333"]}
        assert MembershipApplication.objects.corrected().get() == row

    def test_an_answer_by_phone_closes_the_correction(self, officer):
        row = ApplicationFactory(status=S.CHECKING, email="", phone="")
        return_for_correction(application=row, message="電話", marked=[], actor=officer, at=AT)
        correct_application(
            application=row, values={"phone": "03-2222-3333"}, reason="電話で聞いた",
            actor=officer, at=AT,
        )  # fmt: skip
        resume_checking(application=row, note="電話", actor=officer, at=AT)
        correction = row.corrections.get()
        assert (correction.answered_at, correction.changes) == (
            AT, {"phone": ["", "03-2222-3333"]},
        )  # fmt: skip
        # And it may be asked again.
        return_for_correction(application=row, message="住所", marked=[], actor=officer, at=AT)
        assert row.corrections.count() == 2


class TestPuttingRight:
    def test_columns_and_contacts_change_with_a_reason(self, officer):
        row = ApplicationFactory(status=S.CHECKING)
        stays, goes = (ApplicationContactFactory(application=row) for _n in range(2))
        stays.phone = "03-5555-6666"
        correct_application(
            application=row,
            values={"name": "㈱あたらしい", "agreement": Agreement.ORAL},
            contacts=[stays, ApplicationContact(name="三郎")],
            removed=[goes],
            reason="電話で聞いた",
            actor=officer,
            at=AT,
        )
        row.refresh_from_db()
        assert (row.name, row.duplicate_key, row.agreement_noted_by) == (
            "㈱あたらしい", "あたらしい", officer,
        )  # fmt: skip
        assert [one.name for one in row.contacts.all()] == [stays.name, "三郎"]
        act = acts().get()
        assert act.detail["reason"] == "電話で聞いた"
        assert "正式名称" in act.detail["fields"]

    def test_a_contact_of_another_application_is_not_removed(self, officer):
        row, foreign = ApplicationFactory(), ApplicationContactFactory()
        correct_application(
            application=row, values={"phone": "03-1"}, removed=[foreign], reason="x",
            actor=officer, at=AT,
        )  # fmt: skip
        assert ApplicationContact.objects.get() == foreign

    @pytest.mark.parametrize(
        ("values", "reason", "error"),
        [
            ({"phone": "03-1"}, " ", IncompleteError),
            ({}, "なし", NothingChangesError),
            ({"received_on": date(2026, 11, 24)}, "日付", ImpossibleDateError),
            ({"corporate_number": "1"}, "番号", MembersError),
        ],
    )
    def test_without_a_reason_or_a_sensible_value_nothing_changes(
        self, officer, values, reason, error
    ):
        row = ApplicationFactory()
        with pytest.raises(error):
            correct_application(application=row, values=values, reason=reason, actor=officer, at=AT)
        assert verbs() == []


class TestOffice:
    def test_in_charge_note_and_link(self, officer):
        row = ApplicationFactory()
        former = MemberFactory(membership__valid_until=date(2024, 4, 1))
        assign_application(application=row, assignee=officer, actor=officer, at=AT)
        note_application(
            application=row, note="幹事に相談", due_on=date(2026, 12, 1), actor=officer, at=AT
        )
        link_application(application=row, organization=former, actor=officer, at=AT)
        row.refresh_from_db()
        assert (row.assigned_to, row.internal_note, row.organization) == (
            officer, "幹事に相談", former,
        )  # fmt: skip
        with pytest.raises(NothingChangesError):
            assign_application(application=row, assignee=officer, actor=officer, at=AT)
        link_application(application=row, organization=None, actor=officer, at=AT)
        row.refresh_from_db()
        assert row.organization is None

    def test_a_member_of_today_is_not_linked(self, officer):
        row = ApplicationFactory()
        with pytest.raises(AlreadyMemberError):
            link_application(application=row, organization=MemberFactory(), actor=officer, at=AT)


class TestScans:
    def test_opening_is_in_the_trail_of_the_record(self, officer):
        scan = attach_scan(
            paper=ApplicationFactory(), upload=ContentFile(pdf(), "a.pdf"), actor=officer, at=AT
        )
        note_opening(scan=scan, actor=officer, at=AT)
        act = acts().latest("pk")
        assert (act.verb, act.row_id, act.actor_name) == (
            "members.scan.opened", str(scan.application_id), officer.get_full_name(),
        )  # fmt: skip

    def test_other_papers_have_scans_too(self, officer):
        withdrawal = WithdrawalFactory()
        attach_scan(paper=withdrawal, upload=ContentFile(pdf(), "a.pdf"), actor=officer, at=AT)
        assert withdrawal.scans.get().name == "a.pdf"

    def test_the_file_lies_under_a_random_name(self, officer, files):
        scan = attach_scan(
            paper=ApplicationFactory(), upload=ContentFile(pdf(), "../../x.pdf"),
            actor=officer, at=AT,
        )  # fmt: skip
        assert scan.file.name.startswith("scans/")
        assert "x.pdf" not in scan.file.name
        assert (files / scan.file.name).read_bytes() == pdf()

    def test_a_row_that_is_refused_leaves_no_file(self, officer, files):
        with pytest.raises(ValueError, match="saved"):
            attach_scan(
                paper=MembershipApplication(), upload=ContentFile(pdf(), "a.pdf"),
                actor=officer, at=AT,
            )  # fmt: skip
        assert [path for path in files.rglob("*") if path.is_file()] == []

    def test_lost_files_are_swept(self, officer, files):
        scan = attach_scan(
            paper=ApplicationFactory(), upload=ContentFile(pdf(), "a.pdf"), actor=officer, at=AT
        )
        lost = files / "scans" / "ff" / "lost"
        lost.parent.mkdir(parents=True, exist_ok=True)
        lost.write_bytes(b"x")
        tomorrow = datetime.fromtimestamp(lost.stat().st_mtime, UTC).replace(year=2099)
        assert sweep_scans(at=AT.replace(year=2020)) == 0
        assert sweep_scans(at=tomorrow) == 1
        assert [path for path in files.rglob("*") if path.is_file()] == [files / scan.file.name]
        assert sweep_scans(at=tomorrow) == 0

    @pytest.mark.parametrize(("hour", "swept"), [(18, 0), (19, 1), (20, 0)])
    def test_the_folder_is_walked_in_the_small_hours_only(self, files, hour, swept):
        lost = files / "scans" / "lost"
        lost.parent.mkdir()
        lost.write_bytes(b"x")
        assert sweep_daily(at=datetime(2099, 1, 1, hour, 12, tzinfo=UTC)) == swept


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("how_many", "winners"), [(1, 1), (2, 1)])
def test_of_two_officers_at_once_the_second_gets_a_sentence(how_many, winners):
    """With one alone it succeeds: the refusal comes of the race, not of the test."""
    row = ApplicationFactory(status=S.CHECKING)
    officers = [make_staff(Role.OFFICER) for _n in range(how_many)]
    gate, told = Barrier(how_many), []

    def run(officer):
        gate.wait()
        try:
            return_for_correction(
                application=row, message="直して", marked=[], actor=officer, at=AT
            )
            told.append("")
        except TooLateError as refusal:
            told.append(str(refusal))
        finally:
            connection.close()

    threads = [Thread(target=run, args=[officer]) for officer in officers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told.count("") == winners
    assert all("補正依頼中" in words for words in told if words)
    assert (Correction.objects.count(), Message.objects.count()) == (1, 1)
