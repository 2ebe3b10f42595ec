"""The trail is told in words: every act has some, every change shows old and new."""

import ast
import re
from pathlib import Path

import pytest
from django.utils import timezone

from accounts.choices import Role
from core.audit.acts import record
from core.audit.context import acting
from core.audit.models import Change
from core.audit.queries import Child, by_day, story
from core.audit.tables import act_words, acts, detail_words, table_words
from core.audit.words import changed_labels, differences, related_names
from mailing.models import Address
from members.choices import Category, Duty, OrganizationKind
from members.models import Affiliation, Organization
from tests.factories.accounts import make_staff
from tests.factories.mailing import AddressFactory
from tests.factories.members import AffiliationFactory, OrganizationFactory

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[3]
APPS = ("accounts", "mailing", "meetings", "members", "newsletter", "subcommittees")
# Verbs whose last part is given to one function of the app that records them all.
TOLD = {
    "meetings.material": "added edited replaced restored withdrawn",
    "meetings.meeting": "announced attendance_recorded cancelled discarded edited held invited_late"
                        " moved prepared",
    "meetings.minutes": "chair_asked check_settled corrected finished published returned"
                        " section_removed set_up speakers_asked started",
    "meetings.seat": "ended named office_given replaced role_changed taken_back transferred",
    "subcommittees.participation": "approved asked declined retracted",
}  # fmt: skip
COMPOSED = {"mailing.consent.given", "mailing.consent.withdrawn",
            "newsletter.issue.sending", "newsletter.issue.sent",
            "members.application.approved", "members.application.declined",
            "core.changeset.reverted"} | {
    f"{noun}.{verb}" for noun, verbs in TOLD.items() for verb in verbs.split()
}  # fmt: skip


def verbs_in_the_sources():
    """Constants that read like a verb of an app. Names of tasks do too, but are none."""
    verb = re.compile(rf"(?:{'|'.join(APPS)})\.(?!tasks\.)[a-z_]+\.[a-z_]+")
    for folder in (*APPS, "platform_site"):
        for path in (ROOT / folder).rglob("*.py"):
            if path.name != "act_words.py":
                nodes = ast.walk(ast.parse(path.read_text("utf-8")))
                texts = (node.value for node in nodes if isinstance(node, ast.Constant))
                yield from (
                    text for text in texts if isinstance(text, str) and verb.fullmatch(text)
                )


def test_every_act_of_the_sources_has_words_and_no_words_are_idle():
    used = set(verbs_in_the_sources())
    assert len(used) > 20
    assert used | COMPOSED == set(acts())


def test_an_act_that_has_left_the_program_is_told_by_its_own_name():
    assert act_words("events.event.opened") == "events.event.opened"
    assert table_words("events_event") == "events_event"


def test_details_are_told_in_words():
    assert detail_words("role", "officer")[1] == str(Role.OFFICER.label)
    assert detail_words("counts", {"rows": 3})[1].endswith(" 3")
    assert detail_words("created", ["a", "b"])[1] == "a、b"
    assert detail_words("unheard_of", 7) == ("unheard_of", "7")


def newest(obj):
    return Change.objects.filter(table=obj._meta.db_table, row_id=str(obj.pk)).latest("id")


def told(obj):
    change = newest(obj)
    names = related_names([change], lambda model: True)
    return {item.label: (item.old, item.new) for item in differences(change, names)}


def label(model, field):
    return str(model._meta.get_field(field).verbose_name)


def test_choices_dates_and_lists_are_told_as_the_screens_tell_them():
    organization = OrganizationFactory(kind=OrganizationKind.NPO)
    organization.kind = OrganizationKind.COMPANY
    organization.fields = ["01", "13"]
    organization.confirmed_on = timezone.datetime(2022, 6, 15).date()
    organization.save()
    words = told(organization)
    kinds = dict(OrganizationKind.choices)
    assert words[label(Organization, "kind")] == (str(kinds["npo"]), str(kinds["company"]))
    assert words[label(Organization, "confirmed_on")] == ("", "令和4年6月15日")
    assert words[label(Organization, "fields")][1].count("、") == 1
    assert changed_labels(newest(organization)).count("、") == 2


def test_foreign_keys_are_told_by_name_only_to_those_who_may_see():
    affiliation = AffiliationFactory(address__email="himitsu@example.jp")
    affiliation.address = AddressFactory(email="atarashii@example.jp")
    affiliation.save()
    change = newest(affiliation)
    seen = differences(change, related_names([change], lambda model: True))
    hidden = differences(change, related_names([change], lambda model: model is not Address))
    assert (seen[0].old, seen[0].new) == ("himitsu@example.jp", "atarashii@example.jp")
    assert "example.jp" not in str(hidden)


def test_a_masked_value_is_never_told():
    user = make_staff()
    user.set_password("another very long phrase")
    user.save()
    (item,) = differences(newest(user))
    assert "***" not in item.old + item.new
    assert item.new


def test_a_long_text_is_cut():
    organization = OrganizationFactory()
    organization.note = "長" * 1000
    organization.save()
    (item,) = differences(newest(organization))
    assert len(item.new) == 401


def test_search_helpers_and_keys_are_left_out_of_a_new_record():
    labels = [item.label for item in differences(newest(OrganizationFactory()))]
    assert "ID" not in labels
    assert not any("search" in text or "key" in text for text in labels)


def test_the_story_of_a_record_has_its_inlines_and_its_acts():
    officer = make_staff()
    affiliation = AffiliationFactory()
    organization = affiliation.organization
    with acting(officer, why="電話で確認"):
        Affiliation.objects.filter(pk=affiliation.pk).update(duty=Duty.REPRESENTATIVE)
        record(officer, "members.contact.added", organization, at=timezone.now())
    children = [Child(Affiliation, "organization_id")]
    (entry, *_older) = story(organization, children=children)
    assert entry.who == officer.get_full_name()
    assert act_words("members.contact.added") in entry.what
    assert any(item.label.startswith(table_words("members_affiliation")) for item in entry.changes)
    without = story(organization)[0]
    assert not any("affiliation" in item.label for item in without.changes)


def test_what_was_removed_from_a_record_stays_in_its_story():
    affiliation = AffiliationFactory(title="理事長")
    organization = affiliation.organization
    affiliation.delete()
    entries = story(organization, children=[Child(Affiliation, "organization_id")])
    assert "理事長" in str(entries)


def test_the_story_counts_its_queries(django_assert_max_num_queries):
    affiliation = AffiliationFactory()
    organization = affiliation.organization
    for number in range(20):
        organization.phone = f"03-0000-00{number:02}"
        organization.save()
    with django_assert_max_num_queries(8):
        entries = story(organization, children=[Child(Affiliation, "organization_id")])
    assert entries


def test_the_story_begins_with_the_newest_day():
    organization = OrganizationFactory()
    days = by_day(story(organization))
    assert days[0].on == timezone.localdate()
    assert days[0].entries[0].tone == "success"


def test_a_category_is_told_by_its_label():
    organization = AffiliationFactory().organization
    membership = organization.memberships.get()
    words = told(membership)
    assert str(Category.REGULAR.label) in str(words)
