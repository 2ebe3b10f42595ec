"""Addresses of the lists as somebody may write them by hand: an answer, never a failure."""

import pytest
from django.contrib import admin
from django.urls import reverse

from accounts.choices import Role
from members.models import Membership
from tests.browser_form import as_sent
from tests.factories.accounts import make_staff
from tests.factories.meetings import BodyFactory, SeatFactory
from tests.factories.members import MemberFactory

pytestmark = pytest.mark.django_db
STRANGE = ["\x00", "1\x00", "9" * 40, "x"]


@pytest.fixture
def office(client):
    client.force_login(make_staff(Role.ADMINISTRATOR))
    return client


def list_of(model):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


@pytest.mark.parametrize("model", admin.site._registry, ids=lambda model: model._meta.label)
def test_every_filter_of_every_list_takes_every_word(office, model):
    """Seen red with a NUL byte on each list that filters by a word."""
    MemberFactory()
    first = office.get(list_of(model))
    filters = [name for one in first.context["cl"].filter_specs for name in
               one.expected_parameters()]  # fmt: skip
    for name in (*filters, "pk__in", "q", "p", "o"):
        for typed in STRANGE:
            answer = office.get(list_of(model), {name: typed})
            assert answer.status_code in {200, 302}, (name, typed)
            if answer.status_code == 302:
                assert office.get(answer["Location"]).status_code == 200


@pytest.mark.parametrize("asked", [{"category__exact": "\x00"}, {"no_column": "1"}])
def test_a_file_of_a_list_that_cannot_be_leads_to_the_list(office, asked):
    answer = office.get(reverse("admin:members_membership_export"), asked, follow=True)
    assert answer.redirect_chain == [(f"{list_of(Membership)}?e=1", 302)]
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "forged",
    [
        {"seats-0-id": "\x00"},
        {"seats-0-id": "x"},
        {"seats-INITIAL_FORMS": "x"},
        {"seats-TOTAL_FORMS": "99"},
    ],
)
def test_rows_that_the_page_did_not_have_are_no_failure(office, forged):
    place = reverse("admin:meetings_body_change", args=[SeatFactory(body=BodyFactory()).body_id])
    sent = as_sent(office.get(place), "body_form")
    assert office.post(place, sent | forged).status_code in {200, 302}
