"""Change sets: many rows changed in one deed, with author, reason and a way back.

`change_set` surrounds the deed. `plan_revert` says what taking it back would do and what must stay,
`revert` does it. Core knows no noun of an app: it works on the rows of the trail.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import connection, transaction
from django.dispatch import Signal
from django.utils.translation import gettext as _

from core.audit.acts import record
from core.audit.context import Actor, acting, current
from core.audit.inverse import touched
from core.audit.models import ChangeSet
from core.audit.plans import RevertPlan, plan_revert
from core.audit.restore import hold, restore
from core.errors import DomainError

__all__ = [
    "REVERTED",
    "RevertChangedError",
    "RevertRefusedError",
    "change_set",
    "plan_revert",
    "revert",
    "rows_restored",
]
REVERTED = "core.changeset.reverted"

rows_restored = Signal()
"""Sent inside the transaction of a revert with `going`, the inverses that were written: an app
brings up to date what it computes from such rows, e.g. search keys."""


class RevertRefusedError(DomainError):
    """This change set is not taken back; nothing was written."""


class RevertChangedError(RevertRefusedError):
    """The revert would do something else than what was shown. `plan` is what it would do."""

    def __init__(self, plan: RevertPlan) -> None:
        super().__init__(
            _("Something has changed in the meantime. Please look once more at what goes back.")
        )
        self.plan = plan


@contextmanager
def change_set(
    *, kind: str, title: str, reason: str, actor: Actor | None, at: datetime
) -> Iterator[ChangeSet]:
    """Everything written inside the block, in one transaction, is one change set.

    `kind` is the verb of the act, e.g. `members.organization.merged`; `title` says in words what
    was done. The set is saved at the end of the block; where nothing was changed, there is none.
    """
    with acting(actor, why=(reason or title)[:500]), transaction.atomic():
        who = current()
        made = ChangeSet(
            at=at,
            kind=kind,
            title=title[:300],
            why=reason[:500],
            actor_id=who.actor,
            actor_name=who.name,
            request_id=who.request,
        )
        made.after_change = _newest_change()
        yield made
        _close(made)


def _newest_change() -> int:
    """No change written from now on has this number or a lower one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM core_change_id_seq"
        )
        return int(cursor.fetchone()[0])


def _close(made: ChangeSet) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT pg_current_xact_id()::text::bigint, max(id), count(*) FROM core_change
            WHERE transaction_id = pg_current_xact_id()::text::bigint AND id > %s
            """,
            [made.after_change],
        )
        made.transaction_id, newest, made.rows = cursor.fetchone()
    if made.rows:
        made.until_change = newest
        made.save(force_insert=True)


def revert(
    done: ChangeSet,
    /,
    *,
    actor: Actor | None,
    at: datetime,
    reason: str = "",
    digest: str = "",
) -> ChangeSet:
    """Take a change set back, in one transaction; the answer is the change set that did it.

    `digest` is that of the plan which a person has seen: RevertChangedError if it would be another
    one. What was edited since, or may not go, stays; what came back can be taken back in its turn.
    """
    title = _("Taken back: %(title)s") % {"title": done.title}
    with transaction.atomic():
        held = ChangeSet.objects.select_for_update(no_key=True).get(pk=done.pk)
        if ChangeSet.objects.filter(reverts=held).exists():
            raise RevertRefusedError(_("This has already been taken back."))
        hold(touched(held))
        plan = plan_revert(held)  # nobody writes these rows any more
        with change_set(kind=REVERTED, title=title, reason=reason, actor=actor, at=at) as made:
            made.reverts = held
            plan = plan.without(restore(plan.going))
            if digest and plan.digest() != digest:
                raise RevertChangedError(plan)
            if not plan.going:
                raise RevertRefusedError(_("Nothing of it can go back any more."))
            rows_restored.send(sender=ChangeSet, going=plan.going)
            kept = len(plan.edited) + len(plan.staying)
            record(actor, REVERTED, held, at=at, went_back=len(plan.going), stayed=kept)
        return made
