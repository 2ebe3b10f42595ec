"""The public columns of a member as rows of a file."""

from django.utils.translation import gettext as _

from members.public import PublicMember


def public_head() -> list[str]:
    return [
        _("Category"), _("Name"), _("Reading"), _("Legal form"), _("Prefecture"),
        _("Member since"), _("Fields of activity"), _("Whom it stands by"),
        _("Regions of activity"),
        _("Summary of activities"), _("Web address"), _("Postal code"), _("Address"), _("Phone"),
        _("Last confirmed on"),
    ]  # fmt: skip


def public_row(member: PublicMember) -> list[str]:
    return [
        str(member.category.label), member.name, member.kana, member.kind, member.prefecture,
        member.member_since.isoformat() if member.member_since else "",
        "、".join(member.fields), "、".join(member.targets), "、".join(member.regions),
        member.summary, member.url,
        member.postal_code, member.address, member.phone,
        member.confirmed_on.isoformat() if member.confirmed_on else "",
    ]  # fmt: skip
