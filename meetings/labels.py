"""The words under which readers know things. Era, weekday and fiscal year are always computed."""

from datetime import datetime
from typing import TYPE_CHECKING

from core.japan.calendar import TOKYO, era_datetime, fiscal_year_label
from meetings.choices import Audience, BodyKind, MeetingMode, Numbering, Office, SeatRole

if TYPE_CHECKING:
    from meetings.models import Body, MaterialVersion, Meeting, Seat

_FORMATS = {
    "application/pdf": "PDF",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "Word",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "Excel",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "PowerPoint",
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "text/csv": "CSV",
    "text/plain": "テキスト",
}
_KILOBYTE = 1024
_WHOLE = 10  # from here on no decimal is printed


def audience_label(audience: str, kind: str) -> str:
    """公開, 会員限り, 分科会限り (by the kind of the body), 幹事会限り, 事務局限り."""
    if audience == Audience.BODY:
        return f"{BodyKind(kind).label}限り"
    return str(Audience(audience).label)


def role_label(seat: "Seat", kind: str) -> str:
    """座長(担当幹事団体), 幹事, 構成員, オブザーバー."""
    role = str(SeatRole(seat.role).label)
    if kind == BodyKind.STEERING and seat.role == SeatRole.MEMBER:
        role = "幹事"
    return f"{Office(seat.office).label}({role})" if seat.office else role


def seat_words(body: str, kind: str, role: str, office: str = "") -> str:
    """分科会1の席(担当幹事団体): a seat as the reason for a right."""
    words = (
        "幹事" if kind == BodyKind.STEERING and role == SeatRole.MEMBER else SeatRole(role).label
    )
    return f"{body}の席({Office(office).label + '・' if office else ''}{words})"


def number_label(meeting: "Meeting", body: "Body") -> str:
    """第2回, or 2025年度(令和7年度)第2回; 準備中の会合 as long as it has no number."""
    if meeting.number is None:
        return "準備中の会合"
    if body.numbering == Numbering.FISCAL_YEAR:
        year = f"{meeting.fiscal_year}年度({fiscal_year_label(meeting.fiscal_year)})"
        return f"{year}第{meeting.number}回"
    return f"第{meeting.number}回"


def meeting_name(meeting: "Meeting", body: "Body") -> str:
    """分科会1 第2回会合. A committee's own word follows its number: 幹事会 第3回."""
    name = f"{body.name} {number_label(meeting, body)}"
    return name if meeting.number is None or body.kind == BodyKind.STEERING else f"{name}会合"


def size_label(size: int) -> str:
    """437KB, 1.4MB: as the office prints it beside every link."""
    kilobytes = max(1, round(size / _KILOBYTE))
    if kilobytes < _KILOBYTE:
        return f"{kilobytes}KB"
    megabytes = size / _KILOBYTE**2
    return f"{megabytes:.1f}MB" if megabytes < _WHOLE else f"{round(megabytes)}MB"


def file_label(version: "MaterialVersion") -> str:
    """PDF形式:437KB."""
    return f"{_FORMATS.get(version.content_type, 'ファイル')}形式:{size_label(version.size)}"


def seat_name(seat: "Seat") -> str:
    """The organisation as the body knows it: よりそいホットライン."""
    return seat.display_name or seat.organization.shown_name


def hours_label(starts_at: datetime, ends_at: datetime) -> str:
    """令和4年7月5日(火)15:00から17:00まで."""
    end = ends_at.astimezone(TOKYO)
    if end.date() == starts_at.astimezone(TOKYO).date():
        return f"{era_datetime(starts_at)}から{end.hour}:{end.minute:02}まで"
    return f"{era_datetime(starts_at)}から{era_datetime(ends_at)}まで"


def place_label(meeting: "Meeting") -> str:
    """How and where: 会場 見本会館3階; オンライン; never the online address."""
    mode = str(MeetingMode(meeting.mode).label)
    return f"{mode} {meeting.place}".strip()


# What the head of minutes says, in its order.
MINUTES_HEAD = {
    "name": "会議名",
    "when": "日時",
    "where": "場所",
    "openness": "公開・非公開",
    "present": "出席",
    "online": "出席(オンライン)",
    "substitute": "代理出席",
    "absent": "欠席",
    "guests": "そのほかの出席者",
    "staff": "事務局",
    "listeners": "傍聴者数",
    "agenda": "議題",
}
