"""Every page that lists something asks as often for one row as for three: the literal numbers.

Lists whose number stands beside their other tests are not repeated here.
"""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.choices import Role
from members.choices import ApplicationStatus, Duty, LinkKind
from members.models import OrganizationLink, RosterImport
from members.services.applying import answer_correction
from members.services.confirmations import send_round
from members.services.examining import return_for_correction
from members.services.leaving import accept_withdrawal
from members.services.scans import attach_scan
from tests.factories.accounts import make_staff, make_user
from tests.factories.files import pdf
from tests.factories.mailing import SenderIdentityFactory
from tests.factories.members import (
    AffiliationFactory,
    ApplicationContactFactory,
    ApplicationFactory,
    ChangeRequestFactory,
    ConfirmationFactory,
    FormerNameFactory,
    MemberFactory,
    MembershipFactory,
    PersonFactory,
    RoundFactory,
    WithdrawalFactory,
)
from tests.members.roster_files import many, row, workbook

pytestmark = [pytest.mark.django_db, pytest.mark.parametrize("number", [1, 3])]
AT = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def on_23_november_2026(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    SenderIdentityFactory()
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def office(client):
    client.force_login(make_staff(Role.OFFICER))
    return client


@pytest.fixture
def asks(django_assert_num_queries):
    """The page, asked for a second time, and exactly so many queries: the first request of a
    session also writes down the device."""

    def look(client, url, queries, **query):
        client.get(url, query)
        with django_assert_num_queries(queries):
            answer = client.get(url, query)
        assert answer.status_code == 200
        return answer

    return look


def admin(name, *args):
    return reverse(f"admin:members_{name}", args=args)


def scanned(paper, number):
    for n in range(number):
        attach_scan(paper=paper, upload=ContentFile(pdf(), f"{n}.pdf"), actor=None, at=AT)
    return paper


# --- lists of the admin ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "queries"),
    [("organization", 9), ("membership", 8), ("person", 9), ("affiliation", 8)],
)
def test_the_lists_of_members(office, asks, number, model, queries):
    for _n in range(number):
        FormerNameFactory(organization=AffiliationFactory().organization)
    page = asks(office, admin(f"{model}_changelist"), queries)
    assert len(page.context["cl"].result_list) == number


def test_the_rounds_of_the_yearly_confirmation(office, asks, number):
    for n in range(number):
        round_ = RoundFactory(opens_on=date(2020 + n, 6, 1), due_on=date(2020 + n, 6, 30))
        ConfirmationFactory(round=round_)
    page = asks(office, admin("confirmationround_changelist"), 8)
    assert len(page.context["cl"].result_list) == number


def test_the_chase_list_on_paper(office, asks, number):
    round_ = RoundFactory(due_on=date(2026, 12, 30))
    for _n in range(number):
        AffiliationFactory(organization=AffiliationFactory().organization, position=2)
    send_round(confirmation_round=round_, actor=None, at=AT)
    asks(office, admin("confirmationround_change", round_.pk), 12)
    page = asks(office, admin("confirmationround_print", round_.pk), 9)
    assert page.text.count("<tr") == number + 1
    asks(office, admin("confirmationround_export", round_.pk), 8)


def test_the_lists_that_were_taken_in(office, asks, number):
    for n in range(number):
        file = SimpleUploadedFile("名簿.xlsx", workbook(*many(n + 1)))
        office.post(admin("organization_import"), {"file": file})
    page = asks(office, admin("organization_import"), 7)
    assert len(page.context["recent"]) == number


def test_the_preview_of_a_list(office, asks, number):
    """New, wrong and changed rows alike."""
    rows = many(2 * number)
    data = workbook(*rows, *(row(**{"No.": 90 + n, "区分": "名誉会員"}) for n in range(number)))
    office.post(admin("organization_import"), {"file": SimpleUploadedFile("名簿.xlsx", data)})
    job = RosterImport.objects.get()
    asks(office, admin("organization_import_detail", job.public_id), 7, show="all")


def test_what_is_found_by_the_box_of_the_head(office, asks, number):
    for _n in range(number):
        contact = AffiliationFactory(
            organization__name="見本探しの会", person__name="見本探し 花子"
        )
        ApplicationFactory(name="見本探しの会")
        ChangeRequestFactory(organization=contact.organization)
    page = asks(office, reverse("admin:search"), 27, q="見本探し")
    assert page.context["found_total"] >= 2 * number


# --- records of the admin with lists on them ------------------------------------------------------


def test_the_record_of_an_organization(office, asks, number):
    organization = AffiliationFactory().organization
    for n in range(number):
        AffiliationFactory(organization=organization, position=n + 2)
        FormerNameFactory(organization=organization, valid_until=date(2023, 1, n + 1))
        MembershipFactory(
            organization=organization,
            valid_from=date(2010 + n, 1, 1), valid_until=date(2010 + n, 6, 1),
        )  # fmt: skip
        OrganizationLink.objects.create(
            organization=MemberFactory(), kind=LinkKind.BRANCH_OF, other=organization
        )
    asks(office, admin("organization_change", organization.pk), 32)


def test_the_record_of_a_person(office, asks, number):
    person = PersonFactory()
    for _n in range(number):
        AffiliationFactory(person=person)
    asks(office, admin("person_change", person.pk), 18)


@pytest.mark.parametrize(
    ("act", "queries", "previewed"), [("merge", 8, 20), ("split", 8, 10), ("end", 8, 14)]
)
def test_the_acts_on_an_organization(
    office, asks, django_assert_num_queries, number, act, queries, previewed
):
    """The form, and what will happen with each contact before it does."""
    organization = AffiliationFactory().organization
    for n in range(number):
        AffiliationFactory(organization=organization, position=n + 2, person__user=make_user())
        ChangeRequestFactory(organization=organization)
    url = admin("organization_act", organization.pk, act)
    asks(office, url, queries)
    data = {
        "merge": {"survivor": MemberFactory().pk, "on": "2027-04-01", "reason": "統合"},
        "split": {"kind": "npo", "name": "見本分かれの会", "prefecture": "13",
                  "category": "regular", "on": "2027-04-01", "reason": "分離"},
        "end": {"until": "2027-04-01", "reason": "dissolved"},
    }[act]  # fmt: skip
    with django_assert_num_queries(previewed):
        page = office.post(url, data)
    assert 'name="_confirm"' in page.text


def test_the_record_of_an_application(office, asks, number):
    """With contacts, rounds of corrections, scans and doubles."""
    paper = ApplicationFactory(status=ApplicationStatus.CHECKING, name="見本重なりの会")
    for n in range(number):
        MemberFactory(name="見本重なりの会", membership__number=f"会9{n:03}")
        ApplicationFactory(name="見本重なりの会")
        ApplicationContactFactory(application=paper)
        return_for_correction(application=paper, message="直して", marked=[], actor=None, at=AT)
        answer_correction(application=paper, at=AT)
    scanned(paper, number)
    asks(office, admin("membershipapplication_change", paper.pk), 18)


def test_the_record_of_a_change_request(office, asks, number):
    asked = ChangeRequestFactory()
    for _n in range(number):
        ChangeRequestFactory(organization=asked.organization)
    scanned(asked, number)
    asks(office, admin("changerequest_change", asked.pk), 14)


def test_the_record_of_a_notice_of_withdrawal(office, asks, number):
    """With what will stop, before and after the decision."""
    notice = WithdrawalFactory()
    for _n in range(number):
        AffiliationFactory(organization=notice.organization, person__user=make_user())
        ChangeRequestFactory(organization=notice.organization)
    scanned(notice, number)
    page = admin("withdrawal_change", notice.pk)
    asks(office, page, 18)
    accept_withdrawal(withdrawal=notice, actor=None, at=AT)
    asks(office, page, 13)


def test_the_question_about_doubles(office, django_assert_num_queries, number):
    for _n in range(number):
        MemberFactory(name="見本重なりの会")
        ApplicationFactory(name="見本重なりの会")
    url = admin("membershipapplication_add")
    office.get(url)
    data = {"channel": "fax", "received_on": "2026-11-12", "name": "㈱見本重なりの会"} | {
        f"contacts-{name}": value
        for name, value in (
            ("TOTAL_FORMS", 0), ("INITIAL_FORMS", 0), ("MIN_NUM_FORMS", 0), ("MAX_NUM_FORMS", 5),
        )
    }  # fmt: skip
    with django_assert_num_queries(12):
        page = office.post(url, data)
    assert page.text.count("見本重なりの会") > 2 * number


# --- pages of members -----------------------------------------------------------------------------


@pytest.fixture
def contact():
    return AffiliationFactory(person=PersonFactory(user=make_user()))


@pytest.fixture
def own(client, contact):
    client.force_login(contact.person.user)
    return client


@pytest.mark.parametrize(
    ("name", "queries"),
    [("handover", 6), ("edit", 4), ("add", 4), ("change", 6), ("withdraw", 5)],
)
def test_the_forms_of_an_organization(own, contact, asks, number, name, queries):
    organization = contact.organization
    for n in range(number):
        AffiliationFactory(organization=organization, duty=Duty.DEPUTY, position=n + 2)
    url = reverse(f"organizations:{name}", args=[organization.slug])
    asks(own, url, queries)


def test_a_change_request_of_ones_own(own, contact, asks, number):
    keys = ("name", "display_name", "name_kana")[:number]
    asked = ChangeRequestFactory(
        organization=contact.organization,
        changes={key: {"old": "", "new": f"見本{key}"} for key in keys},
    )
    url = reverse("organizations:request", args=[contact.organization.slug, asked.public_id])
    asks(own, url, 7)


# --- the public -----------------------------------------------------------------------------------


def test_the_page_of_a_member(client, asks, number):
    organization = MemberFactory()
    for n in range(number):
        FormerNameFactory(organization=organization, valid_until=date(2023, 1, n + 1))
        OrganizationLink.objects.create(
            organization=MemberFactory(), kind=LinkKind.BRANCH_OF, other=organization
        )
    asks(client, reverse("members:profile", args=[organization.slug]), 5)


def test_the_file_of_the_directory(client, asks, number):
    for _n in range(number):
        FormerNameFactory(organization=MemberFactory())
    page = asks(client, reverse("members:export"), 2)
    assert page.content.count(b"\n") == 2 + number
