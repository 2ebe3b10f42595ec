"""Business acts: the sentences of the trail."""

from datetime import datetime
from typing import Any

from django.db import connection, models

from core.audit.context import Actor, current
from core.audit.models import Act


def record(
    actor: Actor | None, verb: str, target: models.Model | None, *, at: datetime, **detail: Any
) -> Act:
    """Write one business act in the caller's transaction.

    `verb` reads `app.object.past_participle`; `detail` must be JSON. Names are kept as
    they are now.
    """
    context = current()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        (transaction_id,) = cursor.fetchone()
    return Act.objects.create(
        at=at,
        transaction_id=transaction_id,
        actor_id=str(actor.pk) if actor else context.actor,
        actor_name=(actor.get_full_name() if actor else "") or context.name,
        why=context.why,
        request_id=context.request,
        verb=verb,
        table=target._meta.db_table if target else "",
        row_id=str(target.pk) if target else "",
        target_name=str(target)[:300] if target else "",
        detail=detail,
    )
