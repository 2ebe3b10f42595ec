import re
from datetime import UTC, date, datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from mailing.choices import Channel, ConsentAction
from mailing.models import Consent, SenderIdentity
from meetings.choices import Audience, SeatRole
from members.choices import Category
from newsletter.choices import IssueStatus
from newsletter.models import Issue
from tests.factories.accounts import make_staff, make_user
from tests.factories.meetings import MeetingFactory, SeatFactory
from tests.factories.members import AffiliationFactory, MemberFactory, PersonFactory
from tests.factories.subcommittees import SubcommitteeFactory

pytestmark = pytest.mark.django_db

PUBLIC = ["home", "about", "privacy", "accessibility", "sitemap"]


def page_of(client, name):
    answer = client.get(reverse(f"portal:{name}"))
    assert answer.status_code == 200
    return answer.content.decode()


def sent_issue(number):
    return Issue.objects.create(
        number=number,
        title=f"見本の号{number}",
        status=IssueStatus.SENT,
        sent_at=datetime(2022, 6, 10, 1, 0, tzinfo=UTC),
    )


@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_page_is_whole_japanese_html_without_inline_code(client, name):
    html = page_of(client, name)
    assert '<html lang="ja">' in html
    assert len(re.findall(r"<h1[ >]", html)) == 1
    assert re.search(r"<title>[^|<]+\|孤独・孤立対策官民連携プラットフォーム</title>", html)
    assert not re.search(r"\sstyle=|<style|<script|\son\w+=", html)


@pytest.mark.parametrize("name", [*PUBLIC, "my"])
def test_pages_change_nothing_and_refuse_post(client, name):
    client.force_login(make_user())
    assert client.post(reverse(f"portal:{name}")).status_code == 405


def test_public_pages_link_to_nothing_that_is_missing(client):
    links = set()
    for name in PUBLIC:
        links |= set(re.findall(r'<a [^>]*href="(/[^"#]*)', page_of(client, name)))
    assert "/about/" in links
    assert {link for link in links if client.get(link, follow=True).status_code != 200} == set()


def test_home_counts_the_members_of_today(client):
    for category, number in ((Category.REGULAR, 3), (Category.SUPPORTING, 2)):
        MemberFactory.create_batch(number, membership__category=category)
    MemberFactory(membership__valid_until=date(2022, 3, 1))  # has left
    html = page_of(client, "home")
    numbers = re.findall(r'class="cat-list__n">(\d+)<', html)
    assert numbers == ["3", "2", "0"]
    assert '<span class="figure__value">5<' in html
    assert html.count("<use ") == 5


def test_the_chart_of_home_has_the_same_figures_as_a_table(client):
    MemberFactory.create_batch(2)
    MemberFactory(membership__category=Category.COOPERATING)
    html = page_of(client, "home")
    assert re.findall(r'<td class="num">([^<]+)</td>', html) == [
        "2", "66.7%", "0", "0.0%", "1", "33.3%", "3", "100%",
    ]  # fmt: skip


def test_home_shows_the_three_newest_numbers_that_were_sent(client):
    for number in (1, 2, 3, 4):
        sent_issue(number)
    Issue.objects.create(title="下書きの号")
    html = page_of(client, "home")
    assert re.findall(r"見本の号(\d)", html) == ["4", "3", "2"]
    assert "下書きの号" not in html


def test_home_shows_the_subcommittees_as_they_are(client):
    assert 'id="sub"' not in page_of(client, "home")
    one = SubcommitteeFactory(theme="声をかけやすい社会")
    SeatFactory(body=one.body, role=SeatRole.LEAD, display_name="よりそいホットライン")
    MeetingFactory(body=one.body, audience=Audience.BODY)
    SubcommitteeFactory(theme="まだ秘密のテーマ", body__audience=Audience.SECRETARIAT)
    html = page_of(client, "home")
    assert "1つの分科会" in html
    assert f'<a href="/subcommittees/{one.number}/">声をかけやすい社会</a>' in html
    assert "よりそいホットライン" in html
    assert "次の会合" not in html
    assert "まだ秘密のテーマ" not in html


def test_home_without_a_sent_number_has_no_block_for_the_magazine(client):
    assert 'id="news"' not in page_of(client, "home")


@pytest.mark.parametrize("number", [1, 3])
def test_home_asks_the_same_few_questions_whatever_it_shows(
    client, django_assert_num_queries, number
):
    MemberFactory.create_batch(number)
    for issue in range(1, number + 1):
        sent_issue(issue)
    for one in SubcommitteeFactory.create_batch(number):
        SeatFactory(body=one.body, role=SeatRole.LEAD)
    # Counts, subcommittees with leads and next meetings, numbers of the magazine, footer.
    with django_assert_num_queries(6):
        client.get("/")


def test_the_footer_names_the_secretariat_of_today_and_no_earlier_one(client):
    today = timezone.localdate()
    SenderIdentity.objects.create(
        name="前の事務局", email="a@example.jp", valid_from=date(2020, 1, 1), valid_until=today
    )
    SenderIdentity.objects.create(
        name="今の事務局", email="b@example.jp", phone="03-0000-0000", valid_from=today
    )
    html = page_of(client, "sitemap")
    assert "今の事務局" in html
    assert "03-0000-0000" in html
    assert "前の事務局" not in html


def test_my_page_asks_strangers_to_log_in(client):
    answer = client.get("/my/")
    assert answer.status_code == 302
    assert answer.url.startswith(reverse("account_login"))


class TestMyPage:
    @pytest.fixture
    def contact(self):
        return AffiliationFactory(
            person=PersonFactory(user=make_user()), department="地域連携課", title="主任"
        )

    def test_tells_for_whom_i_act_today(self, client, contact):
        past = AffiliationFactory(person=contact.person, valid_until=date(2022, 4, 1))
        stranger = AffiliationFactory()
        client.force_login(contact.person.user)
        html = page_of(client, "my")
        assert contact.organization.shown_name in html
        assert "地域連携課" in html
        assert past.organization.shown_name not in html
        assert stranger.organization.shown_name not in html
        assert stranger.address.email not in html

    @pytest.mark.parametrize("number", [1, 3])
    def test_asks_as_many_questions_for_three_organizations_as_for_one(
        self, client, contact, django_assert_num_queries, number
    ):
        AffiliationFactory.create_batch(number - 1, person=contact.person)
        client.force_login(contact.person.user)
        client.get("/my/")
        # Who asks, duties, seats, what waits (6), magazine, footer.
        with django_assert_num_queries(12):
            assert client.get("/my/").content.count(b"<article") == number

    def test_shows_the_admin_to_staff_only(self, client, contact):
        client.force_login(contact.person.user)
        assert reverse("admin:index") not in page_of(client, "my")
        client.force_login(make_staff())
        assert reverse("admin:index") in page_of(client, "my")

    @pytest.mark.parametrize(
        ("wish", "action"),
        [("given", ConsentAction.GIVEN), ("withdrawn", ConsentAction.WITHDRAWN)],
    )
    def test_records_my_wish_about_the_magazine(self, client, contact, wish, action):
        client.force_login(contact.person.user)
        answer = client.post(
            reverse("portal:my_magazine"), {"mailbox": contact.address.email, "wish": wish}
        )
        assert answer.url == "/my/"
        consent = Consent.objects.get(address=contact.address)
        assert (consent.action, consent.channel) == (action, Channel.WEB)
        assert consent.recorded_by == contact.person.user

    def test_leaves_the_mailboxes_of_others_alone(self, client, contact):
        stranger = AffiliationFactory()
        client.force_login(contact.person.user)
        answer = client.post(
            reverse("portal:my_magazine"),
            {"mailbox": stranger.address.email, "wish": "withdrawn"},
        )
        assert answer.status_code == 404
        assert not Consent.objects.exists()

    def test_leaves_the_mailbox_of_a_duty_that_has_ended_alone(self, client, contact):
        past = AffiliationFactory(person=contact.person, valid_until=date(2022, 4, 1))
        client.force_login(contact.person.user)
        answer = client.post(
            reverse("portal:my_magazine"), {"mailbox": past.address.email, "wish": "given"}
        )
        assert answer.status_code == 404
