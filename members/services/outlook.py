"""What a round would bring about: the decisions really taken, and taken back at once."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from accounts.models import User
from members.choices import Category, Verdict
from members.models import Decision, DecisionBatch
from members.queries.decisions import letter_states, without_login
from members.services.deciding import Ruling, decide_batch


@dataclass
class Outlook:
    """How many of what, and who cannot be written to."""

    approved: Counter[Category] = field(default_factory=Counter)
    declined: int = 0
    held: int = 0
    mailboxes: int = 0
    logins: int = 0
    by_post: list[str] = field(default_factory=list)
    without_login: list[str] = field(default_factory=list)

    @property
    def rows(self) -> list[tuple[Category, int]]:
        return [(category, self.approved[category]) for category in Category]

    @property
    def admitted(self) -> int:
        return self.approved.total()


def foresee_batch(
    *, batch: DecisionBatch, verdicts: Mapping[int, Ruling], actor: User | None, at: datetime
) -> Outlook:
    """Every rule and constraint is asked, nothing stays. Raises what `decide_batch` would."""
    with transaction.atomic():
        before = User.objects.count()
        decisions = decide_batch(batch=batch, verdicts=verdicts, reference="", actor=actor, at=at)
        outlook = _outlook(decisions)
        outlook.held = len(verdicts) - len(decisions)
        outlook.logins = User.objects.count() - before
        transaction.set_rollback(True)
    return outlook


def _outlook(decisions: list[Decision]) -> Outlook:
    outlook = Outlook()
    letters, barred = letter_states(decisions), without_login(decisions)
    for decision in decisions:
        if decision.verdict == Verdict.APPROVED:
            outlook.approved[Category(decision.category)] += 1
            outlook.without_login += [
                f"{decision.application.name} {name}" for name in barred.get(decision.pk, ())
            ]
        else:
            outlook.declined += 1
        outlook.mailboxes += len(letters.get(decision.pk, ()))
        if decision.pk not in letters:
            outlook.by_post.append(decision.application.name)
    return outlook
