"""Minutes become final, public and corrected."""

from datetime import UTC, datetime, timedelta

import pytest

from meetings.choices import CheckRole, CheckStatus, MinutesStatus, Reply
from meetings.models import Minutes, MinutesEdition, Passage
from tests.browser_form import as_sent
from tests.factories.meetings import InvitationFactory, SeatFactory, make_material, seated_user
from tests.meetings.minutes.pages import NOON, address, checked, opened, published, section_of

pytestmark = pytest.mark.django_db


class TestFinal:
    @pytest.fixture
    def agreed(self, minutes):
        Minutes.objects.update(status=MinutesStatus.CHAIR)
        checked(minutes, role=CheckRole.CHAIR, status=CheckStatus.AGREED, answered_at=NOON)
        return minutes

    def test_the_edition_keeps_everything_to_the_letter(self, writer, agreed, lead):
        InvitationFactory(
            meeting=agreed.meeting, seat=lead, attendance=Reply.ABSENT, attendee="見本太郎"
        )
        make_material(body=lead.body, meeting=agreed.meeting, label="資料1", title="事例集")
        assert "確定する" in writer.get(address("finish", agreed)).content.decode()
        writer.post(address("finish", agreed))
        agreed.refresh_from_db()
        assert (agreed.status, agreed.finished_at) == (MinutesStatus.FINAL, NOON)
        content = agreed.editions.get().content
        head = {row["key"]: row for row in content["head"]}
        assert head["absent"]["lines"][0]["name"] == "見本太郎"
        assert head["papers"]["papers"][0]["words"] == "資料1 事例集"
        assert content["sections"][0]["text"] == "事例を話し合いました。"
        writer.post(address("finish", agreed))
        assert agreed.editions.count() == 1

    @pytest.mark.parametrize("status", [CheckStatus.WAITING, CheckStatus.CORRECTION])
    def test_not_without_the_chair(self, writer, agreed, status):
        agreed.checks.update(status=status)
        writer.post(address("finish", agreed))
        assert not MinutesEdition.objects.exists()

    def test_words_written_after_the_chair_agreed_are_pointed_out(self, writer, agreed, noon):
        noon.shift(timedelta(hours=1))
        row = section_of(agreed)
        form = {**opened(writer, agreed), f"s{row.pk}-text": "あとから"}
        writer.post(address("edit", agreed), form)
        assert (
            "座長の確認のあとに変えた部分" in writer.get(address("finish", agreed)).content.decode()
        )

    def test_published_by_itself_at_its_time(self, writer, agreed, client, noon):
        writer.post(address("finish", agreed))
        form = {
            "when": "at", "publish_at_year": "2026", "publish_at_month": "12",
            "publish_at_day": "1", "publish_at_hour": "10", "publish_at_minute": "00",
        }  # fmt: skip
        assert writer.post(address("publish", agreed), form).status_code == 302
        assert Passage.objects.filter(minutes=agreed).exists()
        client.logout()
        page = address("minutes", agreed)
        noon.move_to(datetime(2026, 12, 1, 0, 59, tzinfo=UTC))
        assert client.get(page).status_code == 404
        noon.move_to(datetime(2026, 12, 1, 1, 0, tzinfo=UTC))
        assert "事例を話し合いました" in client.get(page).content.decode()

    def test_a_time_that_is_past_or_far_is_told_at_its_field(self, writer, agreed):
        writer.post(address("finish", agreed))
        for year in ("2020", "2400"):
            form = {
                "when": "at", "publish_at_year": year, "publish_at_month": "12",
                "publish_at_day": "1", "publish_at_hour": "10", "publish_at_minute": "00",
            }  # fmt: skip
            answer = writer.post(address("publish", agreed), form)
            assert answer.context["form"].errors["publish_at"]
        agreed.refresh_from_db()
        assert agreed.status == MinutesStatus.FINAL

    def test_a_correction_is_numbered_and_the_old_text_is_for_those_who_run(
        self, writer, meeting, client, body
    ):
        minutes = published(meeting)
        form = opened(writer, minutes, "correct")
        assert "s1-withheld" in form
        form |= {"s0-text": "なおした文", "reason": "件数の誤り"}
        assert writer.post(address("correct", minutes), form).status_code == 302
        assert minutes.editions.count() == 2
        old = writer.get(address("edition", minutes, 1)).content.decode()
        assert "公開の文" in old
        assert "ひみつの文" in old
        client.logout()
        words = client.get(address("minutes", minutes)).content.decode()
        assert "なおした文" in words
        assert "公開の文" not in words
        assert "件数の誤り" in words
        assert "令和8年11月24日" in words
        client.force_login(seated_user(SeatFactory(body=body)))
        assert client.get(address("edition", minutes, 1)).status_code == 404
        found = " ".join(Passage.objects.values_list("text", flat=True))
        assert "なおした文" in found
        assert "公開の文" not in found

    def test_two_corrections_at_once_lose_nothing(self, writer, meeting):
        minutes = published(meeting)
        mine, theirs = opened(writer, minutes, "correct"), opened(writer, minutes, "correct")
        writer.post(address("correct", minutes), {**theirs, "s0-text": "二人目", "reason": "二"})
        answer = writer.post(
            address("correct", minutes), {**mine, "s0-text": "一人目", "reason": "一"}
        )
        words = answer.content.decode()
        assert "一人目" in words
        assert "二人目" in words
        assert minutes.editions.count() == 2
        assert (
            writer.post(address("correct", minutes), as_sent(answer, "minutes-form")).status_code
            == 302
        )
        assert minutes.editions.latest("number").number == 3

    def test_a_correction_says_why_and_changes_something(self, writer, meeting):
        minutes = published(meeting)
        form = opened(writer, minutes, "correct")
        for changed in ({"reason": ""}, {"reason": "\0"}, {"reason": "理" * 301}):
            answer = writer.post(address("correct", minutes), {**form, **changed})
            assert answer.context["form"].errors["reason"]
        assert minutes.editions.count() == 1
