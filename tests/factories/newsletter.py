"""Smallest valid issues, and readers to receive them."""

from datetime import UTC, datetime

import factory
from factory.django import DjangoModelFactory

from mailing.models import Address
from newsletter.models import Issue, IssueItem
from tests.factories.mailing import ConsentFactory
from tests.factories.members import AffiliationFactory, MemberFactory

FRIDAY_10 = datetime(2022, 6, 17, 1, 0, tzinfo=UTC)  # 10:00 in Tokyo


class IssueFactory(DjangoModelFactory):
    """A draft without items, to be sent on Friday 17 June 2022 at 10:00."""

    class Meta:
        model = Issue

    title = "居場所ワークショップの報告書を公開しました"
    send_at = FRIDAY_10
    created_at = datetime(2022, 6, 15, 0, 0, tzinfo=UTC)


class ItemFactory(DjangoModelFactory):
    class Meta:
        model = IssueItem

    issue = factory.SubFactory(IssueFactory)
    title = "報告書を公開しました"
    body = "3月30日に開いたワークショップの報告書を公開しました。"


def make_reader(**affiliation: object) -> Address:
    """A mailbox of a member's contact that wants the magazine."""
    contact = AffiliationFactory(organization=MemberFactory(), **affiliation)
    ConsentFactory(address=contact.address)
    return contact.address
