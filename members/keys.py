"""What members are searched, ordered and compared by: never shown, never stored as a name."""

from collections.abc import Iterable
from dataclasses import dataclass

from core.japan.text import fold, organization_key, sort_key

# Folded spellings of one legal form. A text is kept as it is written and, beside it, written out.
_WRITTEN_OUT = (
    ("npo法人", "特定非営利活動法人"),
    ("(特非)", "特定非営利活動法人"),
    ("(npo)", "特定非営利活動法人"),
    ("(認特非)", "認定特定非営利活動法人"),
    ("(社福)", "社会福祉法人"),
    ("(福)", "社会福祉法人"),
    ("(株)", "株式会社"),
    ("(有)", "有限会社"),
    ("(同)", "合同会社"),
    ("(資)", "合資会社"),
    ("(名)", "合名会社"),
    ("(一社)", "一般社団法人"),
    ("(一財)", "一般財団法人"),
    ("(公社)", "公益社団法人"),
    ("(公財)", "公益財団法人"),
    ("(社)", "社団法人"),
    ("(財)", "財団法人"),
    ("(学)", "学校法人"),
    ("(宗)", "宗教法人"),
    ("(医)", "医療法人"),
    ("(独)", "独立行政法人"),
)
# Folded texts hold no line break, so no word can be found across two of them.
_BETWEEN = "\n"


@dataclass(frozen=True)
class OrganizationKeys:
    search_text: str
    sort_key: str
    duplicate_key: str


def write_out(folded: str) -> str:
    """The folded text with every short legal form written out: (株)あかり → 株式会社あかり."""
    for short, full in _WRITTEN_OUT:
        folded = folded.replace(short, full)
    return folded


def organization_keys(
    *, name: str, name_kana: str = "", display_name: str = "", others: Iterable[str] = ()
) -> OrganizationKeys:
    """The keys of an organisation.

    `others` are further texts it is found by: former names, numbers, what it has released. Nothing
    that is not public may be among them, for the public directory searches the same column.
    """
    return OrganizationKeys(
        search_text=search_text(name, name_kana, display_name, *others),
        sort_key=sort_key(name_kana, display_name or name),
        duplicate_key=organization_key(name)[:200],
    )


def search_text(*texts: str) -> str:
    """Every text folded and, where it differs, with its legal form written out."""
    parts: dict[str, None] = {}
    for text in texts:
        folded = fold(text)
        parts[folded] = None
        parts[write_out(folded)] = None
    parts.pop("", None)
    return _BETWEEN.join(parts)
