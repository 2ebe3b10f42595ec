"""The yearly confirmation: one letter per member, answers by the link, calls for the rest."""

from datetime import date, datetime, timedelta

import pytest

from accounts.choices import Role
from core.audit.models import Act
from core.japan.calendar import TOKYO
from mailing.choices import AddressStatus
from mailing.models import Envelope, Message
from members.choices import ConfirmationStatus, Duty, Reception
from members.errors import (
    FieldsRefusedError,
    ImpossibleDateError,
    MembersError,
    NotAMemberError,
    NothingChangesError,
    TooLateError,
)
from members.models import ChangeRequest, Confirmation, Organization
from members.queries.confirmations import (
    answers_by_day,
    chase_rows,
    outlook_of,
    progress_of,
    to_chase,
    waiting_confirmations,
)
from members.queries.sheets import masked
from members.services.answers import (
    confirm_by_phone,
    confirm_unchanged,
    confirm_with_changes,
    note_call,
)
from members.services.confirmations import (
    add_to_round,
    close_round,
    edit_round,
    open_round,
    remind,
    send_round,
)
from tests.factories.accounts import make_staff, make_user
from tests.factories.mailing import AddressFactory
from tests.factories.members import (
    AffiliationFactory,
    ConfirmationFactory,
    MemberFactory,
    RoundFactory,
)

pytestmark = pytest.mark.django_db

AT = datetime(2026, 6, 1, 10, 0, tzinfo=TOKYO)
LATER = AT + timedelta(days=10)
TODAY = AT.date()


@pytest.fixture
def officer():
    return make_staff(Role.OFFICER)


@pytest.fixture
def contact():
    return AffiliationFactory(
        organization__name="特定非営利活動法人見本の会", organization__phone="03-0000-1111"
    )


@pytest.fixture
def round_():
    return RoundFactory(lead="いつもお世話になっております。")


def send(round_, officer=None, at=AT):
    return send_round(confirmation_round=round_, actor=officer, at=at)


def unchanged(confirmation, name="見本 花子", at=LATER, **more):
    given = {"channel": Reception.WEB, "actor": None}
    return confirm_unchanged(confirmation=confirmation, name=name, at=at, **(given | more))


def changed(confirmation, at=LATER, **more):
    given = {
        "name": "見本 花子", "channel": Reception.WEB, "direct": {}, "changes": {},
        "effective_on": LATER.date(), "people": "", "actor": None,
    }  # fmt: skip
    return confirm_with_changes(confirmation=confirmation, at=at, **(given | more))


# --- sending --------------------------------------------------------------------------------------


def test_each_organisation_gets_one_letter_with_everything_in_it(round_, contact, officer):
    AffiliationFactory(organization=contact.organization, duty=Duty.DEPUTY)
    sent = send(round_, officer)
    assert (sent.asked, sent.letters) == (1, 1)
    envelope = Envelope.objects.get()
    assert envelope.address == contact.address
    confirmation = Confirmation.objects.get()
    text = envelope.message.text
    assert "\nhttp" in text
    link = next(line for line in text.splitlines() if "/members/confirm/" in line)
    assert link.endswith(f"/members/confirm/{confirmation.link_key}/")
    for told in ("03-0000-1111", contact.person.name, "令和8年6月30日(火)", "いつもお世話に"):
        assert told in text.replace("\n", "")
    assert contact.address.email not in text  # the letter may be passed on
    assert confirmation.message == envelope.message


@pytest.mark.parametrize(
    ("duties", "shared", "expected"),
    [
        ([Duty.REPRESENTATIVE, Duty.DEPUTY, Duty.PRIMARY], True, "primary@m.example"),
        ([Duty.REPRESENTATIVE, Duty.DEPUTY], True, "deputy@m.example"),
        ([Duty.REPRESENTATIVE], True, "representative@m.example"),
        ([Duty.NEWSLETTER, Duty.ACCOUNTS], True, "shared@m.example"),
        ([Duty.NEWSLETTER], False, None),
    ],
)
def test_the_letter_goes_to_whoever_speaks_first(round_, duties, shared, expected):
    member = MemberFactory(mailbox=AddressFactory(email="shared@m.example") if shared else None)
    for duty in duties:
        AffiliationFactory(
            organization=member, duty=duty, address=AddressFactory(email=f"{duty}@m.example")
        )
    send(round_)
    found = Envelope.objects.values_list("address__email", flat=True)
    assert list(found) == ([expected] if expected else [])


def test_a_dead_mailbox_gives_way_to_the_next(round_):
    member = MemberFactory(mailbox=AddressFactory(email="shared@m.example"))
    AffiliationFactory(
        organization=member,
        address=AddressFactory(status=AddressStatus.SUSPENDED, suspended_at=AT),
    )
    send(round_)
    assert Envelope.objects.get().address.email == "shared@m.example"


def test_one_mailbox_of_two_members_gets_a_letter_for_each(round_):
    box = AddressFactory()
    AffiliationFactory(address=box)
    AffiliationFactory(address=box)
    assert send(round_).letters == 2
    assert Envelope.objects.filter(address=box).count() == 2


def test_who_is_no_member_is_not_asked_and_who_has_no_mailbox_is_to_be_called(round_):
    AffiliationFactory(organization__membership__valid_until=date(2026, 5, 1))
    silent = MemberFactory()
    assert [one.pk for one in outlook_of(round_, TODAY).without_mailbox] == [silent.pk]
    sent = send(round_)
    assert (sent.asked, sent.letters, sent.without_mailbox) == (1, 0, 1)
    assert Confirmation.objects.get().organization == silent


def test_sending_twice_sends_once(round_, contact, officer):
    send(round_, officer)
    with pytest.raises(TooLateError, match=officer.get_full_name()):
        send(round_)
    assert Message.objects.count() == 1


def test_two_rounds_are_not_out_at_once(round_, contact):
    send(round_)
    other = RoundFactory(title="もう一つ")
    with pytest.raises(MembersError, match=round_.title):
        send(other)
    close_round(confirmation_round=round_, actor=None, at=LATER)
    assert send(other, at=LATER).asked == 1


def test_a_round_of_the_past_or_without_members_is_not_sent(round_):
    with pytest.raises(NothingChangesError):
        send(round_)
    MemberFactory()
    with pytest.raises(ImpossibleDateError):
        send(round_, at=datetime(2026, 7, 1, 9, 0, tzinfo=TOKYO))
    round_.refresh_from_db()
    assert round_.sent_at is None


def test_seven_hundred_letters_cost_a_handful_of_statements(round_, django_assert_max_num_queries):
    for _n in range(3):
        AffiliationFactory()
    with django_assert_max_num_queries(34):
        send(round_)
    Confirmation.objects.all().delete()
    for _n in range(30):
        AffiliationFactory()
    more = RoundFactory(title="次の年度")
    close_round(confirmation_round=round_, actor=None, at=AT)
    with django_assert_max_num_queries(34):
        assert send(more).letters == 33


def test_a_round_is_prepared_and_put_right_before_it_goes_out(officer, contact):
    made = open_round(confirmation_round=RoundFactory.build(), actor=officer, at=AT)
    values = {"title": "直した", "opens_on": TODAY, "due_on": date(2026, 7, 1), "lead": ""}
    edit_round(confirmation_round=made, values=values, actor=officer, at=AT)
    made.refresh_from_db()
    assert made.title == "直した"
    with pytest.raises(MembersError):
        edit_round(
            confirmation_round=made,
            values={**values, "due_on": date(2026, 5, 1)},
            actor=officer,
            at=AT,
        )
    send(made)
    with pytest.raises(TooLateError):
        edit_round(confirmation_round=made, values=values, actor=officer, at=AT)


def test_members_who_join_later_are_asked_when_they_are_added(round_, contact, officer):
    with pytest.raises(MembersError):
        add_to_round(confirmation_round=round_, organizations=[], actor=officer, at=AT)
    send(round_)
    late = AffiliationFactory().organization
    assert not Confirmation.objects.filter(organization=late).exists()
    wanted = [late, contact.organization]
    sent = add_to_round(confirmation_round=round_, organizations=wanted, actor=officer, at=LATER)
    assert (sent.asked, sent.letters) == (1, 1)
    with pytest.raises(NothingChangesError):
        add_to_round(confirmation_round=round_, organizations=wanted, actor=officer, at=LATER)


# --- reminding ------------------------------------------------------------------------------------


def test_a_reminder_goes_only_to_those_without_an_answer(round_, contact, officer):
    silent = AffiliationFactory()
    send(round_)
    unchanged(Confirmation.objects.get(organization=contact.organization))
    before = Message.objects.count()
    sent = remind(confirmation_round=round_, seen=None, actor=officer, at=LATER)
    assert (sent.asked, sent.letters) == (1, 1)
    assert Message.objects.count() == before + 1
    newest = Message.objects.latest("pk")
    assert newest.envelopes.get().address == silent.address
    assert "再送" in newest.subject
    with pytest.raises(TooLateError):
        remind(confirmation_round=round_, seen=None, actor=officer, at=LATER)
    unchanged(Confirmation.objects.get(organization=silent.organization))
    with pytest.raises(NothingChangesError):
        remind(confirmation_round=round_, seen=LATER, actor=officer, at=LATER)


def test_the_reminder_goes_to_the_mailbox_of_today(round_, contact):
    send(round_)
    contact.address = AddressFactory(email="new@m.example")
    contact.save(update_fields=["address"])
    remind(confirmation_round=round_, seen=None, actor=None, at=LATER)
    assert Envelope.objects.latest("pk").address.email == "new@m.example"
    assert Confirmation.objects.get().address.email == "new@m.example"


# --- answering ------------------------------------------------------------------------------------


@pytest.fixture
def asked(round_, contact):
    send(round_)
    return Confirmation.objects.get()


def test_nothing_has_changed(asked):
    unchanged(asked)
    asked.refresh_from_db()
    assert (asked.status, asked.answered_by, asked.channel) == ("unchanged", "見本 花子", "web")
    assert Organization.objects.get(pk=asked.organization_id).confirmed_on == LATER.date()


def test_pressed_twice_it_is_one_answer(asked):
    unchanged(asked)
    unchanged(asked, at=LATER + timedelta(minutes=1))
    asked.refresh_from_db()
    assert asked.answered_at == LATER
    assert Act.objects.filter(verb="members.confirmation.answered").count() == 1


@pytest.mark.parametrize("name", ["", " \n", "\x00", "あ" * 101])
def test_nobody_answers_without_a_name(asked, name):
    with pytest.raises(MembersError):
        unchanged(asked, name=name)
    asked.refresh_from_db()
    assert asked.status == ConfirmationStatus.WAITING


def test_plain_facts_change_at_once_and_the_others_wait(asked):
    _row, paper = changed(
        asked,
        direct={"phone": "03-9999-0000"},
        changes={"name": "新見本"},
        people="担当を外れた: 見本 太郎",
    )
    member = Organization.objects.get(pk=asked.organization_id)
    assert (member.phone, member.name) == ("03-9999-0000", "特定非営利活動法人見本の会")
    assert member.confirmed_on == LATER.date()
    assert paper.changes["name"]["new"] == "新見本"
    assert (paper.asked_by, paper.asked_by_name) == (None, "見本 花子")
    assert "見本 太郎" in paper.message
    asked.refresh_from_db()
    assert asked.status == ConfirmationStatus.CHANGED
    unchanged(asked, name="別 の人", at=LATER + timedelta(hours=1))
    asked.refresh_from_db()
    assert (asked.status, asked.answered_by) == (ConfirmationStatus.CHANGED, "別 の人")


def test_people_alone_are_a_paper_too(asked):
    _row, paper = changed(asked, people="新しい担当者: 見本 次郎")
    assert paper.changes == {}
    assert "見本 次郎" in Message.objects.latest("pk").text


def test_an_edit_that_changes_nothing_is_no_change(asked):
    row, paper = changed(asked)
    assert (row.status, paper) == (ConfirmationStatus.UNCHANGED, None)


def test_what_is_wrong_writes_nothing(asked):
    with pytest.raises(FieldsRefusedError):
        changed(asked, direct={"phone": "03-9999-0000"}, changes={"corporate_number": "123"})
    asked.refresh_from_db()
    member = Organization.objects.get(pk=asked.organization_id)
    assert (asked.status, member.phone) == (ConfirmationStatus.WAITING, "03-0000-1111")
    assert not ChangeRequest.objects.exists()


def test_a_closed_round_takes_no_answer(round_, asked):
    close_round(confirmation_round=round_, actor=None, at=LATER)
    for act in (unchanged, changed):
        with pytest.raises(TooLateError):
            act(asked)
    with pytest.raises(TooLateError):
        close_round(confirmation_round=round_, actor=None, at=LATER)


def test_who_has_left_answers_no_more(asked):
    asked.organization.memberships.update(valid_until=date(2026, 6, 5))
    with pytest.raises(NotAMemberError):
        unchanged(asked)
    assert not to_chase(asked.round, LATER.date()).exists()


# --- calling --------------------------------------------------------------------------------------


def test_an_answer_on_the_phone(asked, officer):
    confirm_by_phone(confirmation=asked, name="見本 花子", changed=False, actor=officer, at=LATER)
    asked.refresh_from_db()
    assert (asked.status, asked.channel, asked.called_at) == ("unchanged", "phone", LATER)


def test_a_call_that_nobody_took(asked, officer):
    note_call(confirmation=asked, note="午後にもう一度", actor=officer, at=LATER)
    asked.refresh_from_db()
    assert (asked.status, asked.note, asked.called_at) == ("waiting", "午後にもう一度", LATER)
    with pytest.raises(MembersError):
        note_call(confirmation=asked, note="あ" * 301, actor=officer, at=LATER)
    unchanged(asked)
    with pytest.raises(TooLateError):
        note_call(confirmation=asked, note="", actor=officer, at=LATER)


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_to_call_costs_the_same_for_one_and_three(
    round_, number, django_assert_num_queries
):
    for _n in range(number):
        AffiliationFactory(phone="03-1111-2222")
    send(round_)
    with django_assert_num_queries(2):
        rows = chase_rows(to_chase(round_, TODAY), TODAY)
    assert [row.phones for row in rows] == [["03-1111-2222"]] * number
    prepared = RoundFactory()
    with django_assert_num_queries(3):
        outlook_of(prepared, TODAY)


def test_how_far_it_has_come(round_, contact):
    for _n in range(2):
        AffiliationFactory()
    MemberFactory()
    send(round_)
    first, second, *_rest = Confirmation.objects.all()
    unchanged(first)
    changed(second, people="x", at=LATER + timedelta(days=2))
    found = progress_of(round_)
    assert (found.asked, found.answered, found.waiting, found.by_phone_only) == (4, 2, 2, 1)
    assert answers_by_day(round_) == [(date(2026, 6, 11), 1), (date(2026, 6, 13), 1)]


def test_what_waits_for_a_contact(asked, contact):
    user = make_user()
    contact.person.user = user
    contact.person.save(update_fields=["user"])
    assert waiting_confirmations(user, TODAY).get() == asked
    assert not waiting_confirmations(make_user(), TODAY).exists()
    unchanged(asked)
    assert not waiting_confirmations(user, TODAY).exists()


@pytest.mark.parametrize(
    ("email", "shown"),
    [("tantou@m.example", "ta***@m.example"), ("ab@m.example", "a***@m.example")],
)
def test_a_mailbox_is_known_again_and_not_learnt(email, shown):
    assert masked(AddressFactory.build(email=email)) == shown


def test_nothing_is_sent_before_it_is_sent(contact):
    waiting = ConfirmationFactory(organization=contact.organization)
    assert not Confirmation.objects.public(waiting.link_key).exists()
