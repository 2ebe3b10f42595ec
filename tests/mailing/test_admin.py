"""The secretariat's pages: lists, and decisions that are pages of their own."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Role
from mailing.models import Envelope
from tests.factories.accounts import make_staff
from tests.factories.mailing import AddressFactory, ConsentFactory, EnvelopeFactory, MessageFactory

pytestmark = pytest.mark.django_db
MODELS = ("address", "consent", "message", "envelope", "senderidentity")


@pytest.fixture
def officer(client):
    user = make_staff(Role.OFFICER)
    client.force_login(user)
    return user


def act(model, obj, name):
    return reverse(f"admin:mailing_{model}_act", args=[obj.pk, name])


@pytest.mark.parametrize("model", MODELS)
def test_every_list_opens(client, officer, model):
    EnvelopeFactory(address=ConsentFactory().address)
    assert client.get(reverse(f"admin:mailing_{model}_changelist")).status_code == 200


@pytest.mark.parametrize("model", ["address", "message", "envelope"])
def test_every_record_opens_and_cannot_be_edited(client, officer, model):
    envelope = EnvelopeFactory(address=ConsentFactory().address, status="uncertain")
    key = {"address": envelope.address_id, "message": envelope.message_id}.get(model, envelope.pk)
    url = reverse(f"admin:mailing_{model}_change", args=[key])
    assert client.get(url).status_code == 200
    assert client.post(url, {"status": "sent"}).status_code == 403


def test_the_list_of_messages_counts_in_a_fixed_number_of_queries(
    client, officer, django_assert_max_num_queries
):
    for _number in range(6):
        EnvelopeFactory(status="sent")
    client.get(reverse("admin:mailing_message_changelist"))  # the session is known now
    with django_assert_max_num_queries(12):
        client.get(reverse("admin:mailing_message_changelist"))


def test_the_envelopes_of_one_message_are_one_link_away(client, officer):
    envelope = EnvelopeFactory(address__email="only@this.example")
    EnvelopeFactory(address__email="other@that.example")
    url = f"{reverse('admin:mailing_envelope_changelist')}?message__id__exact={envelope.message_id}"
    text = client.get(url).text
    assert "only@this.example" in text
    assert "other@that.example" not in text


def test_the_text_of_a_system_mail_is_shown_to_nobody(client, officer):
    message = MessageFactory(kind="system", text="https://pf.example/reset/secret-link/")
    text = client.get(reverse("admin:mailing_message_change", args=[message.pk])).text
    assert "secret-link" not in text
    message = MessageFactory(kind="notice", text="総会の本文")
    assert (
        "総会の本文" in client.get(reverse("admin:mailing_message_change", args=[message.pk])).text
    )


@pytest.mark.parametrize(("name", "status"), [("resend", "queued"), ("arrived", "sent")])
def test_an_uncertain_copy_is_decided_on_a_page_of_its_own(client, officer, name, status):
    envelope = EnvelopeFactory(status="uncertain")
    url = act("envelope", envelope, name)
    assert client.get(url).status_code == 200
    envelope.refresh_from_db()
    assert envelope.status == "uncertain"
    client.post(url)
    envelope.refresh_from_db()
    assert envelope.status == status


def test_a_second_decision_is_refused_in_words(client, officer):
    envelope = EnvelopeFactory(status="sent")
    answer = client.post(act("envelope", envelope, "resend"), follow=True)
    assert [message.level_tag for message in answer.context["messages"]] == ["error"]


def test_a_suspended_mailbox_comes_back_by_a_button(client, officer):
    address = AddressFactory(
        status="suspended", suspended_at=timezone.now(), suspended_reason="550", hard_bounces=1
    )
    assert (
        act("address", address, "reactivate")
        in client.get(reverse("admin:mailing_address_changelist")).text
    )
    assert client.get(act("address", address, "reactivate")).status_code == 200
    client.post(act("address", address, "reactivate"))
    address.refresh_from_db()
    assert address.status == "active"
    client.post(act("address", address, "suspend"))
    address.refresh_from_db()
    assert address.status == "suspended"


def test_the_brake_of_a_message(client, officer):
    message = EnvelopeFactory().message
    page = reverse("admin:mailing_message_change", args=[message.pk])
    for name, next_name in [("pause", "resume"), ("resume", "pause"), ("cancel", None)]:
        assert client.get(act("message", message, name)).status_code == 200
        client.post(act("message", message, name))
        text = client.get(page).text
        if next_name:
            assert act("message", message, next_name) in text
    assert Envelope.objects.get().status == "cancelled"
    assert act("message", message, "cancel") not in text


def test_paused_and_finished_messages_say_so(client, officer):
    EnvelopeFactory(message__paused_at=timezone.now())
    EnvelopeFactory(status="sent")
    assert client.get(reverse("admin:mailing_message_changelist")).status_code == 200


@pytest.mark.parametrize("role", [Role.CONTRACTOR, Role.AUDITOR])
def test_who_only_reads_decides_nothing(client, role):
    client.force_login(make_staff(role))
    envelope = EnvelopeFactory(status="uncertain")
    for model, obj, name in [
        ("envelope", envelope, "resend"),
        ("message", envelope.message, "cancel"),
        ("address", envelope.address, "suspend"),
    ]:
        assert client.post(act(model, obj, name)).status_code == 403
        page = client.get(reverse(f"admin:mailing_{model}_change", args=[obj.pk])).text
        assert act(model, obj, name) not in page
    envelope.refresh_from_db()
    assert envelope.status == "uncertain"


def test_an_unknown_decision_is_not_found(client, officer):
    assert client.get(act("envelope", EnvelopeFactory(), "shred")).status_code == 404
