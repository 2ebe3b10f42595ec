"""Smallest valid subcommittees and requests to take part in one."""

from datetime import UTC, datetime

import factory
from factory.django import DjangoModelFactory

from subcommittees.models import ParticipationRequest, Subcommittee
from tests.factories.meetings import BodyFactory
from tests.factories.members import MemberFactory


class SubcommitteeFactory(DjangoModelFactory):
    """Open to all who ask. `number` counts per test run."""

    class Meta:
        model = Subcommittee

    number = factory.Sequence(lambda n: n + 1)
    body = factory.SubFactory(BodyFactory)
    theme = factory.Sequence(lambda n: f"見本のテーマ{n}")
    purpose = "見本のねらいを検討します。"


class ParticipationFactory(DjangoModelFactory):
    """A member asks; nobody has decided."""

    class Meta:
        model = ParticipationRequest

    subcommittee = factory.SubFactory(SubcommitteeFactory)
    organization = factory.SubFactory(MemberFactory)
    message = "わたしたちの経験を分かちあいたいです。"
    asked_at = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
