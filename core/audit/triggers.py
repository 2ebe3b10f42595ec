"""The triggers that record field changes, whichever door the change came through."""

from collections.abc import Iterable
from typing import Any

import pgtrigger

_CONTEXT = "COALESCE(NULLIF(current_setting('app.audit', true), ''), '{}')::jsonb"
_COLUMNS = (
    '"table", row_id, operation, before, after, '
    "transaction_id, actor_id, actor_name, why, request_id"
)


def _insert(operation: str, before: str, after: str, source: str, row_id: str) -> str:
    # One statement for all rows of the triggering statement: bulk writes stay bulk.
    return f"""
        INSERT INTO core_change ({_COLUMNS})
        SELECT TG_TABLE_NAME, {row_id}, '{operation}', {before}, {after},
               pg_current_xact_id()::text::bigint,
               COALESCE(ctx->>'actor', ''), COALESCE(ctx->>'name', ''),
               COALESCE(ctx->>'why', ''), COALESCE(ctx->>'request', '')
        FROM (SELECT {_CONTEXT} AS ctx) AS context, {source};
        RETURN NULL;
    """  # noqa: S608 -- built from constants of this module at class creation


def _json(row: str, masked: Iterable[str]) -> str:
    shown = f"to_jsonb({row})"
    for column in masked:
        shown += f" || jsonb_build_object('{column}', '***')"
    return f"({shown})"


def _diff(ignored: Iterable[str], masked: Iterable[str]) -> str:
    """The source of an update: rows whose columns differ, with the columns that do."""
    skipped = ", ".join(f"'{column}'" for column in ignored) or "''"
    hidden = ", ".join(f"'{column}'" for column in masked) or "''"
    return f"""
        new_rows n JOIN old_rows o ON o.id = n.id
        CROSS JOIN LATERAL (
            SELECT jsonb_object_agg(later.key, CASE WHEN later.key IN ({hidden})
                       THEN '"***"'::jsonb ELSE earlier.value END) AS before,
                   jsonb_object_agg(later.key, CASE WHEN later.key IN ({hidden})
                       THEN '"***"'::jsonb ELSE later.value END) AS after
            FROM jsonb_each(to_jsonb(n)) AS later JOIN jsonb_each(to_jsonb(o)) AS earlier
                 ON earlier.key = later.key
            WHERE later.value IS DISTINCT FROM earlier.value AND later.key NOT IN ({skipped})
        ) AS diff
        WHERE diff.after IS NOT NULL
    """  # noqa: S608 -- column names come from the model's own Meta


def audited(*, ignored: Iterable[str] = (), masked: Iterable[str] = ()) -> list[pgtrigger.Trigger]:
    """Triggers that write every insert, update and delete of a model's rows to `core_change`.

    `ignored` columns alone make no row (e.g. `last_login`); of `masked` columns only the fact of
    a change is kept (e.g. a password hash).
    """
    diff = _diff(ignored, masked)
    new = pgtrigger.Referencing(new="new_rows")
    old = pgtrigger.Referencing(old="old_rows")
    both = pgtrigger.Referencing(old="old_rows", new="new_rows")
    shape: dict[str, Any] = {"level": pgtrigger.Statement, "when": pgtrigger.After}
    return [
        pgtrigger.Trigger(
            name="audit_insert",
            operation=pgtrigger.Insert,
            referencing=new,
            func=_insert("I", "NULL", _json("n", masked), "new_rows n", "n.id::text"),
            **shape,
        ),
        pgtrigger.Trigger(
            name="audit_update",
            operation=pgtrigger.Update,
            referencing=both,
            func=_insert("U", "diff.before", "diff.after", diff, "n.id::text"),
            **shape,
        ),
        pgtrigger.Trigger(
            name="audit_delete",
            operation=pgtrigger.Delete,
            referencing=old,
            func=_insert("D", _json("o", masked), "NULL", "old_rows o", "o.id::text"),
            **shape,
        ),
    ]
