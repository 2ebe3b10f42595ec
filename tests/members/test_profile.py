"""What a member puts right at once, and what happens when two do it."""

from datetime import UTC, date, datetime
from threading import Event, Thread

import pytest
from django.db import connection, transaction

from core.audit.acts import record
from core.models import Act
from mailing.models import Address
from members.choices import PublicField
from members.errors import MembersError
from members.models import Organization
from members.queries import newsletter_addresses_on
from members.queries.history import history_of, last_changes
from members.queries.profile import DIRECT_FIELDS, profile_of
from members.services.editing import EditConflictError, fingerprints, own_changes
from members.services.profile import update_profile
from tests.factories.accounts import make_staff, make_user
from tests.factories.mailing import ConsentFactory
from tests.factories.members import AffiliationFactory, MemberFactory, PersonFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
DAY = date(2026, 11, 23)


def update(organization, *, seen=None, actor=None, **values):
    return update_profile(organization=organization, values=values, seen=seen, actor=actor, at=AT)


class TestUpdating:
    def test_it_holds_at_once_and_is_found(self):
        organization = MemberFactory()
        changed = update(
            organization, phone="03-0000-1111", summary="夜の居場所をひらく",
            public_fields=[PublicField.SUMMARY], mailbox="section@member.example",
        )  # fmt: skip
        assert changed == ["phone", "mailbox", "summary", "public_fields"]
        organization.refresh_from_db()
        assert organization.mailbox.email == "section@member.example"
        assert Organization.objects.search("居場所").get() == organization
        act = Act.objects.get(verb="members.profile.updated")
        assert act.detail == {"fields": changed}

    def test_what_is_the_same_leaves_no_trace(self):
        organization = MemberFactory(phone="03-0000-1111")
        assert update(organization, phone="03-0000-1111") == []
        assert not Act.objects.filter(verb="members.profile.updated").exists()

    def test_the_mailbox_may_go(self):
        organization = MemberFactory(mailbox=Address.objects.create(email="a@member.example"))
        assert update(organization, mailbox="") == ["mailbox"]
        organization.refresh_from_db()
        assert organization.mailbox is None

    @pytest.mark.parametrize(
        "values",
        [{"prefecture": "48"}, {"url": "no"}, {"fields": ["99"]}, {"mailbox": "@"}],
    )
    def test_a_wrong_value_is_refused_and_nothing_is_half_written(self, values):
        organization = MemberFactory(phone="03-0000-1111")
        with pytest.raises(MembersError):
            update(organization, phone="03-9999-9999", **values)
        organization.refresh_from_db()
        assert organization.phone == "03-0000-1111"
        assert not Act.objects.filter(verb="members.profile.updated").exists()

    @pytest.mark.parametrize("name", ["name", "kind", "corporate_number", "note", "slug"])
    def test_what_only_the_secretariat_changes_is_no_value_here(self, name):
        with pytest.raises(ValueError, match=name):
            update(MemberFactory(), **{name: "x"})

    def test_its_own_mailbox_can_have_the_magazine(self):
        organization = MemberFactory()
        update(organization, mailbox="section@member.example")
        ConsentFactory(address=Address.objects.get(email="section@member.example"))
        assert [row.email for row in newsletter_addresses_on(DAY)] == ["section@member.example"]
        organization.memberships.update(valid_until=DAY)
        assert not newsletter_addresses_on(DAY).exists()


class TestTwoEditors:
    def test_each_field_goes_to_whom_changed_it(self):
        organization = MemberFactory(phone="03-0000-1111", url="https://a.example.jp/")
        shown = profile_of(organization)
        update(organization, phone="03-2222-2222")
        changed = update(
            organization, seen=fingerprints(shown), **{**shown, "url": "https://b.example.jp/"}
        )
        assert changed == ["url"]
        organization.refresh_from_db()
        assert (organization.phone, organization.url) == ("03-2222-2222", "https://b.example.jp/")

    def test_the_same_field_is_told_and_nothing_is_written(self):
        organization = MemberFactory(phone="03-0000-1111", url="")
        shown = profile_of(organization)
        update(organization, phone="03-2222-2222")
        mine = {**shown, "phone": "03-3333-3333", "url": "https://b.example.jp/"}
        with pytest.raises(EditConflictError) as clash:
            update(organization, seen=fingerprints(shown), **mine)
        assert clash.value.fields == ("phone",)
        organization.refresh_from_db()
        assert (organization.phone, organization.url) == ("03-2222-2222", "")

    def test_both_writing_the_same_is_no_clash(self):
        assert own_changes({"a": "2"}, {"a": "2"}, fingerprints({"a": "1"})) == {}

    def test_who_saw_nothing_overwrites_nothing(self):
        with pytest.raises(EditConflictError):
            own_changes({"a": "2"}, {"a": "1"}, {})

    def test_who_changed_it_is_known_by_name_but_for_the_secretariat(self):
        contact = AffiliationFactory(person=PersonFactory(user=make_user(name="見本 桜")))
        organization = contact.organization
        for actor, value in ((contact.person.user, "03-1111-1111"), (make_staff(), "x")):
            field = "phone" if value != "x" else "address"
            update(organization, actor=actor, **{field: value})
        lines = history_of(organization)
        assert [line.who for line in lines] == ["", "見本 桜さん"]
        assert lines[1].what == "登録内容をなおしました:電話"
        record(None, "members.confirmation.answered", organization, at=AT, name="見本 三郎")
        assert history_of(organization)[0].who == "見本 三郎(年1回の確認のリンクから)"
        assert set(last_changes(organization, ["phone", "fax"])) == {"phone"}


@pytest.mark.django_db(transaction=True)
class TestTwoAtOnce:
    def race(self, organization):
        """Both opened the form; the second saves before the first has committed."""
        seen = fingerprints(profile_of(organization))
        written, go_on = Event(), Event()
        outcome = []

        def first():
            with transaction.atomic():
                update(organization, seen=seen, phone="03-1111-1111")
                written.set()
                go_on.wait(10)
            connection.close()

        def second():
            try:
                outcome.append(update(organization, seen=seen, phone="03-2222-2222"))
            except MembersError as refusal:
                outcome.append(refusal)
            connection.close()

        threads = [Thread(target=first), Thread(target=second)]
        threads[0].start()
        assert written.wait(10)
        threads[1].start()
        threads[1].join(0.5)
        go_on.set()
        for thread in threads:
            thread.join(10)
        organization.refresh_from_db()
        return outcome[0]

    def test_the_second_is_told(self):
        organization = MemberFactory(phone="03-0000-0000")
        assert isinstance(self.race(organization), EditConflictError)
        assert organization.phone == "03-1111-1111"

    def test_without_the_lock_the_first_would_be_lost(self, monkeypatch):
        """The negative control: the race is real."""
        unlocked = lambda organization: Organization.objects.get(pk=organization.pk)  # noqa: E731
        monkeypatch.setattr("members.services.profile.locked", unlocked)
        organization = MemberFactory(phone="03-0000-0000")
        assert self.race(organization) == ["phone"]
        assert organization.phone == "03-2222-2222"


def test_the_order_of_the_form_is_the_order_of_the_profile():
    assert set(profile_of(MemberFactory())) == set(DIRECT_FIELDS)
