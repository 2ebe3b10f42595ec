"""Change sets: many rows changed in one deed, with author, reason and a way back.

`change_set` surrounds the deed. `plan_revert` says what taking it back would do and what must stay,
`revert` does it. Core knows no noun of an app: it works on the rows of the trail.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import connection, transaction

from core.audit.context import Actor, acting, current
from core.audit.models import ChangeSet


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
