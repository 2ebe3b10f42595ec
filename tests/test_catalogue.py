"""The Japanese of the screens: every msgid has it, and the compiled form says the same."""

import gettext

import polib

from tools.messages import CATALOGUE, Message, collect, missing


def test_every_msgid_has_its_japanese():
    assert missing() == [], "run `make messages`, then fill in the empty msgstr"


def test_compiled_catalogue_equals_its_source():
    with CATALOGUE.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    stale = [
        entry.msgid
        for entry in polib.pofile(str(CATALOGUE))
        if not entry.msgid_plural
        and (
            compiled.pgettext(entry.msgctxt, entry.msgid)
            if entry.msgctxt
            else compiled.gettext(entry.msgid)
        )
        != entry.msgstr
    ]
    assert stale == [], "run `make messages` and commit the .mo"


def test_python_and_template_msgids_are_both_collected():
    found = collect()
    assert Message("member organization") in found
    assert any(where.startswith("templates/admin/") for where in found.values())
