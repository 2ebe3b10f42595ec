"""What transactional tests leave behind is cleared away, and what migrations made stands again.

Django's own way empties a hundred tables by TRUNCATE, writing new files for each of them and for
its indexes, and then makes content types, permissions and groups anew. Tests write few rows, so
here rows are deleted, and those of the beginning are copied back: five times as fast, and every
test finds the same rows with the same keys.
"""

from django.conf import settings
from django.db import connection, transaction

# Only the clean-up sets the triggers aside, as the trail refuses it; in the tests they hold.
# It waits for who still writes, as TRUNCATE does.
CLEAN = """
SET LOCAL session_replication_role = replica;
LOCK TABLE {tables} IN EXCLUSIVE MODE;
{deletions}
{copies}
"""


def remember_the_beginning() -> str:
    """Keeps what stands in the fresh tables; returns the statements that go back to it."""
    quote = connection.ops.quote_name
    found = connection.introspection.django_table_names(only_existing=True, include_views=False)
    # No model's, and yet it remembers: how often somebody tried to log in, for one.
    tables = [quote(name) for name in (*found, settings.CACHES["default"]["LOCATION"])]
    copies = []
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA beginning")
        for table in tables:
            cursor.execute(f"SELECT EXISTS (SELECT FROM {table})")  # noqa: S608 -- quoted
            if cursor.fetchone() == (True,):
                cursor.execute(f"CREATE TABLE beginning.{table} AS TABLE {table}")
                copies.append(f"INSERT INTO {table} TABLE beginning.{table};")
    return CLEAN.format(
        tables=", ".join(tables),
        deletions="\n".join(f"DELETE FROM {table};" for table in tables),  # noqa: S608 -- quoted
        copies="\n".join(copies),
    )


def go_back(clean: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(clean)
