"""Keys of links that stand for a right of their own: whoever has the letter may act.

They are typed by hand from a printed mail (municipal gateways disable links), so they are short and
free of look-alikes: 16 letters of 31, 79 bits.
"""

import secrets

_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
_GROUPS, _GROUP_LENGTH = 4, 4
LINK_KEY_LENGTH = _GROUPS * (_GROUP_LENGTH + 1) - 1


def new_link_key() -> str:
    """A fresh key, for example `k7dm-2pqa-x9fh-4tuv`."""
    return "-".join(
        "".join(secrets.choice(_LETTERS) for _n in range(_GROUP_LENGTH)) for _m in range(_GROUPS)
    )
