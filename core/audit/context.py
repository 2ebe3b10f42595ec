"""On whose behalf the database is written to.

The triggers read the session variable `app.audit`. It is set before every write made inside
`acting`, because a rollback would take an earlier setting back with it.
"""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass, replace
from typing import Any, Protocol

import psycopg
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

# Whatever is not plainly a read may write: WITH, DO, CALL, a statement behind a comment.
_READS = re.compile(
    r"[\s(]*(?:SELECT|SAVEPOINT|RELEASE|ROLLBACK|SET|SHOW|EXPLAIN|DECLARE|FETCH|CLOSE)\b",
    re.IGNORECASE,
)
_SET = "SELECT set_config('app.audit', %s, false)"


class Actor(Protocol):
    """Whoever acts: a user, known by key and name."""

    pk: Any

    def get_full_name(self) -> str: ...


Who = Callable[[], Actor | None]


@dataclass(frozen=True)
class Acting:
    """Who acts, why, and in which request. `actor` is the key, `name` the name as it is today."""

    actor: str = ""
    name: str = ""
    why: str = ""
    request: str = ""


@dataclass(frozen=True)
class _Frame:
    """What is known so far; `who` is asked when something is written, not before."""

    acting: Acting
    who: Who | None = None

    def resolved(self) -> Acting:
        actor = self.who() if self.who else None
        if actor is None:
            return self.acting
        name = self.acting.name or actor.get_full_name()
        return replace(self.acting, actor=str(actor.pk), name=name)


_current: ContextVar[_Frame | None] = ContextVar("audit_acting", default=None)


def current() -> Acting:
    """The context that writes made now will carry; empty outside `acting`."""
    frame = _current.get()
    return frame.resolved() if frame else Acting()


@contextmanager
def acting(
    actor: Actor | None = None,
    *,
    who: Who | None = None,
    name: str = "",
    why: str = "",
    request_id: str = "",
) -> Iterator[None]:
    """Name the actor of every write inside the block.

    `actor` is a user; `who` answers with one when the first write asks; for a machine (`worker`,
    `import_members`) give `name` instead. What is left out is taken from the surrounding block.
    """
    outer = _current.get() or _Frame(Acting())
    inner = Acting(
        actor=str(actor.pk) if actor else outer.acting.actor,
        name=(actor.get_full_name() if actor else "") or name or outer.acting.name,
        why=why or outer.acting.why,
        request=request_id or outer.acting.request,
    )
    token = _current.set(_Frame(inner, None if actor else who or outer.who))
    try:
        yield
    finally:
        _current.reset(token)
        if _current.get() is None:
            _wipe()


def _stamp(
    execute: Callable[..., Any],
    sql: Any,
    params: Any,
    many: bool,  # noqa: FBT001 -- Django's signature of an execute wrapper
    context: dict[str, Any],
) -> Any:
    connection = context["connection"]
    frame = _current.get()
    stamped = getattr(connection, "audit_stamped", False)
    if (frame or stamped) and not _READS.match(str(sql)):
        value = json.dumps(asdict(_ask(frame)), ensure_ascii=False) if frame else ""
        with connection.wrap_database_errors:  # a lost server is an absence, not a fault of ours
            connection.connection.execute(_SET, [value])
        # A setting made inside a transaction may be rolled back to the old one, so forget only
        # when it was made outside.
        connection.audit_stamped = bool(frame) or connection.in_atomic_block
    return execute(sql, params, many, context)


def _ask(frame: _Frame) -> Acting:
    """Finding out who it is may itself write (a broken session is flushed): that has no actor."""
    token = _current.set(_Frame(frame.acting))
    try:
        return frame.resolved()
    finally:
        _current.reset(token)


def _wipe() -> None:
    """After the outermost block no connection of this thread carries a name any more.

    Inside a transaction the next write does it: a rollback would bring the name back.
    """
    for connection in connections.all(initialized_only=True):
        stamped = getattr(connection, "audit_stamped", False)
        if stamped and connection.connection is not None and not connection.in_atomic_block:
            connection.audit_stamped = False  # type: ignore[attr-defined] # ours, see _stamp
            try:
                connection.connection.execute(_SET, [""])
            except psycopg.Error:
                connection.close()  # broken anyway; a new one carries nothing


def stamp_new_connection(connection: BaseDatabaseWrapper, **kwargs: object) -> None:
    """Receiver of `connection_created`: makes the connection carry the actor to the triggers."""
    if connection.vendor == "postgresql" and _stamp not in connection.execute_wrappers:
        connection.execute_wrappers.append(_stamp)
