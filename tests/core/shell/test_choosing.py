"""Records that are chosen with suggestions: what no key is, is refused in words on every page."""

import pytest
from django.contrib.admin import site
from django.urls import reverse

from core.shell.choosing import RecordSelect
from tests.browser_form import as_sent
from tests.factories.accounts import make_staff
from tests.factories.meetings import BodyFactory, SeatFactory
from tests.factories.members import MemberFactory

pytestmark = pytest.mark.django_db
NO_KEYS = {
    "a NUL byte": "1\x00",
    "a word": "見本の会",
    "a fraction": "1.5",
    "nobody's": "999999999999",
    "too long for a key": "9" * 40,
    "too long for a number": "9" * 5000,
    "ten megabytes": "あ" * (10 * 1024 * 1024 // 3),
}

SAID = ("正しく選択してください", "この団体は合併先にできません", "使えない文字(NUL)")


@pytest.fixture
def office(client):
    client.force_login(make_staff())
    return client


def act(record, key):
    opts = record._meta
    return reverse(f"admin:{opts.app_label}_{opts.model_name}_act", args=[record.pk, key])


DOORS = {
    "merger": (lambda: act(MemberFactory(), "merge"), "survivor"),
    "seat": (lambda: act(BodyFactory(), "seat"), "organization"),
    "substitute": (lambda: act(SeatFactory(), "replace"), "organization"),
    "seat after a merger": (lambda: act(SeatFactory(), "transfer"), "organization"),
    "withdrawal": (lambda: reverse("admin:members_withdrawal_add"), "organization"),
    "change request": (lambda: reverse("admin:members_changerequest_add"), "organization"),
}


@pytest.mark.parametrize("typed", NO_KEYS.values(), ids=NO_KEYS)
@pytest.mark.parametrize("door", DOORS)
def test_it_is_refused_at_its_field_and_not_echoed(office, door, typed):
    make_place, field = DOORS[door]
    answer = office.post(make_place(), {field: typed})
    assert answer.status_code == 200
    form = answer.context.get("form") or answer.context["adminform"].form
    (refusal,) = form.errors[field]
    assert any(word in refusal for word in SAID)
    assert len(answer.content) < 500_000


@pytest.mark.parametrize("typed", NO_KEYS.values(), ids=NO_KEYS)
def test_in_a_row_of_an_inline(office, typed):
    place = reverse("admin:members_organization_change", args=[MemberFactory().pk])
    sent = as_sent(office.get(place), "organization_form")
    row = {"links-TOTAL_FORMS": "1", "links-0-kind": "branch_of", "links-0-other": typed}
    answer = office.post(place, sent | row)
    assert answer.status_code == 200
    (links,) = (
        rows.formset
        for rows in answer.context["inline_admin_formsets"]
        if rows.formset.prefix == "links"
    )
    (refusal,) = links.forms[0].errors["other"]
    assert any(word in refusal for word in SAID)


@pytest.mark.parametrize("typed", ["%00", "1%00", "x", "9" * 5000, "%ED%A0%80"])
@pytest.mark.parametrize("door", ["withdrawal", "change request"])
def test_a_link_with_such_a_value_opens_an_empty_form(office, door, typed):
    make_place, field = DOORS[door]
    assert office.get(f"{make_place()}?{field}={typed}").status_code == 200


def test_what_was_chosen_is_shown_again(office):
    chosen = MemberFactory(name="選んだ会")
    answer = office.post(DOORS["merger"][0](), {"survivor": chosen.pk})
    assert f'<option value="{chosen.pk}" selected>選んだ会' in answer.content.decode()


@pytest.mark.parametrize("term", ["\x00", "a\x00", "あ" * 5000])
def test_suggestions_are_made_for_strange_words_too(office, term):
    asked = {"app_label": "members", "model_name": "withdrawal", "field_name": "organization"}
    answer = office.get(reverse("admin:autocomplete"), asked | {"term": term})
    assert (answer.status_code, answer.json()["results"]) == (200, [])


def test_no_admin_uses_the_stock_widget(rf):
    """Also those to come: the fields with suggestions of every registered admin."""
    request = rf.get("/")
    request.user = make_staff()
    found = []
    for model_admin in site._registry.values():
        inlines = [inline(model_admin.model, site) for inline in model_admin.inlines]
        for one in (model_admin, *inlines):
            for name in one.get_autocomplete_fields(request):
                field = one.formfield_for_dbfield(one.model._meta.get_field(name), request)
                found.append(getattr(field.widget, "widget", field.widget))
    assert len(found) >= 3
    assert {type(widget) for widget in found} == {RecordSelect}
