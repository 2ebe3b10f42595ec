"""Columns of the list that are attributes of an organisation."""

from typing import Any

from core.japan.codes import prefecture_name
from members.choices import OrganizationKind
from members.keys import organization_keys
from members.models import Organization
from members.roster.columns import KIND_WORDS, Column, fields_word

ATTRIBUTES: dict[Column, str] = {
    Column.NAME: "name",
    Column.NAME_KANA: "name_kana",
    Column.KIND: "kind",
    Column.CORPORATE_NUMBER: "corporate_number",
    Column.GOVERNMENT_CODE: "local_government_code",
    Column.POSTAL_CODE: "postal_code",
    Column.PREFECTURE: "prefecture",
    Column.ADDRESS: "address",
    Column.PHONE: "phone",
    Column.URL: "url",
    Column.FIELDS: "fields",
    Column.NOTE: "note",
}


def set_keys(organization: Organization, number: str) -> None:
    keys = organization_keys(
        name=organization.name,
        name_kana=organization.name_kana,
        others=[number, organization.corporate_number, organization.local_government_code],
    )
    organization.search_text = keys.search_text
    organization.sort_key = keys.sort_key
    organization.duplicate_key = keys.duplicate_key


def shown(column: Column, value: Any) -> str:
    """A value in the words of the list."""
    if column is Column.KIND:
        return KIND_WORDS[OrganizationKind(value)] if value else ""
    if column is Column.PREFECTURE:
        return prefecture_name(value) if value else ""
    if column is Column.FIELDS:
        return fields_word(value)
    return str(value)
