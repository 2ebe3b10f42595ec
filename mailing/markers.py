"""Places in a frozen text that differ from reader to reader.

A marker is written ⟦key⟧. The text around it is encoded once for all readers; only the values are
put in per reader, escaped for where they stand. A marker without a value stays as it is.
"""

import re

NAME = "name"  # the recipient's name, from the envelope
UNSUBSCRIBE_URL = "unsubscribe_url"  # made at delivery time; the token is stored nowhere

PATTERN = re.compile("⟦([a-z][a-z0-9_]{0,39})⟧")


def marker(key: str) -> str:
    """The marker of one merge value: `marker("name")` is ⟦name⟧."""
    text = f"⟦{key}⟧"
    if not PATTERN.fullmatch(text):
        raise ValueError(f"not a marker key: {key!r}")
    return text
