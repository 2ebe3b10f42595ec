"""Texts that an applicant agrees to, each under its version.

A version is never edited once somebody may have agreed to it: a changed text is a new file and a
new version, and the old file stays, so that the secretariat can always show what was agreed to.
"""

PLEDGE_VERSION = "2026-04"
PRIVACY_VERSION = "2026-04"

PLEDGES = ("2026-04",)
PRIVACY_TEXTS = ("2026-04",)


def pledge_template(version: str) -> str:
    """The template of a version of the pledge; empty for one that never was."""
    return f"members/wordings/pledge-{version}.html" if version in PLEDGES else ""


def privacy_template(version: str) -> str:
    """The template of a version of the privacy text; empty for one that never was."""
    return f"members/wordings/privacy-{version}.html" if version in PRIVACY_TEXTS else ""
