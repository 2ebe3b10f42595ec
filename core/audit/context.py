"""On whose behalf the database is written to.

The triggers read the session variable `app.audit`. It is set before every write made inside
`acting`, because a rollback would take an earlier setting back with it.
"""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from django.db.backends.base.base import BaseDatabaseWrapper

_WRITES = re.compile(r"\s*(?:INSERT|UPDATE|DELETE|MERGE|COPY|WITH|TRUNCATE)\b", re.IGNORECASE)
_SET = "SELECT set_config('app.audit', %s, false)"


class Actor(Protocol):
    """Whoever acts: a user, known by key and name."""

    pk: Any

    def get_full_name(self) -> str: ...


@dataclass(frozen=True)
class Acting:
    """Who acts, why, and in which request. `actor` is the key, `name` the name as it is today."""

    actor: str = ""
    name: str = ""
    why: str = ""
    request: str = ""


_current: ContextVar[Acting | None] = ContextVar("audit_acting", default=None)


def current() -> Acting:
    """The context that writes made now will carry; empty outside `acting`."""
    return _current.get() or Acting()


@contextmanager
def acting(
    actor: Actor | None = None, *, name: str = "", why: str = "", request_id: str = ""
) -> Iterator[Acting]:
    """Name the actor of every write inside the block.

    `actor` is a user; for a machine (`worker`, `import_members`) give `name` instead. What is left
    out is taken from the surrounding block.
    """
    outer = current()
    inner = Acting(
        actor=str(actor.pk) if actor else outer.actor,
        name=(actor.get_full_name() if actor else "") or name or outer.name,
        why=why or outer.why,
        request=request_id or outer.request,
    )
    token = _current.set(inner)
    try:
        yield inner
    finally:
        _current.reset(token)


def _stamp(
    execute: Callable[..., Any],
    sql: Any,
    params: Any,
    many: bool,  # noqa: FBT001 -- Django's signature of an execute wrapper
    context: dict[str, Any],
) -> Any:
    connection = context["connection"]
    acting_now = _current.get()
    stamped = getattr(connection, "audit_stamped", False)
    if (acting_now or stamped) and _WRITES.match(str(sql)):
        value = json.dumps(asdict(acting_now), ensure_ascii=False) if acting_now else ""
        connection.connection.execute(_SET, [value])
        # A setting made inside a transaction may be rolled back to the old one, so forget only
        # when it was made outside.
        connection.audit_stamped = bool(acting_now) or connection.in_atomic_block
    return execute(sql, params, many, context)


def stamp_new_connection(connection: BaseDatabaseWrapper, **kwargs: object) -> None:
    """Receiver of `connection_created`: makes the connection carry the actor to the triggers."""
    if connection.vendor == "postgresql" and _stamp not in connection.execute_wrappers:
        connection.execute_wrappers.append(_stamp)
