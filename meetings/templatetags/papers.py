"""The words beside papers and meetings, for every page that lists them. No query."""

import re
from datetime import datetime, timedelta

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join

from core.japan.calendar import era_date, era_datetime
from meetings import labels
from meetings.choices import Audience, BodyKind
from meetings.models import Body, Material, MaterialVersion, Meeting, Seat

register = template.Library()

FRESH_FOR = timedelta(days=7)
_NUMBER = re.compile(r"(第[0-9]+回(?:会合)?)")
_BADGES = {
    Audience.PUBLIC: "plain",
    Audience.MEMBERS: "info",
    Audience.BODY: "primary",
    Audience.STEERING: "primary",
    Audience.SECRETARIAT: "danger",
}
_OPENERS = {
    Audience.PUBLIC: "どなたでも開けます",
    Audience.MEMBERS: "会員の担当者が開けます",
    Audience.STEERING: "幹事が開けます",
    Audience.SECRETARIAT: "事務局だけが開けます",
}


@register.filter
def audience_label(audience: str, kind: str) -> str:
    """分科会限り; `kind` is the kind of the body."""
    return labels.audience_label(audience, kind)


@register.filter
def audience_badge(audience: str) -> str:
    return _BADGES[Audience(audience)]


@register.filter
def is_public(audience: str) -> bool:
    return audience == Audience.PUBLIC


@register.filter
def openers(audience: str, kind: str) -> str:
    """Who these are, in words: この分科会の構成員が開けます."""
    if audience == Audience.BODY:
        return f"この{BodyKind(kind).label}の構成員が開けます"
    return _OPENERS[Audience(audience)]


@register.filter
def file_label(version: MaterialVersion) -> str:
    return labels.file_label(version)


@register.filter
def size_label(size: int) -> str:
    return labels.size_label(size)


@register.filter
def meeting_name(meeting: Meeting) -> str:
    """With its body: 分科会1 第2回会合."""
    return labels.meeting_name(meeting, meeting.body)


@register.filter
def meeting_number(meeting: Meeting) -> str:
    """第2回."""
    return labels.number_label(meeting, meeting.body)


@register.filter
def meeting_short(meeting: Meeting) -> str:
    """Without its body: 第2回会合."""
    return meeting_name(meeting).removeprefix(meeting.body.name).strip()


@register.filter
def unbroken(name: str) -> str:
    """A heading whose 第2回会合 stays on one line, also where the line is short."""
    pieces = enumerate(_NUMBER.split(name))
    kept = (
        (format_html('<span class="nobr">{}</span>', one) if n % 2 else one,) for n, one in pieces
    )
    return format_html_join("", "{}", kept)


@register.filter
def meeting_when(meeting: Meeting) -> str:
    """令和4年7月5日(火)15:00から17:00まで."""
    return labels.hours_label(meeting.starts_at, meeting.ends_at)


@register.filter
def meeting_place(meeting: Meeting) -> str:
    """会場 見本会館3階."""
    return labels.place_label(meeting)


@register.filter
def body_url(body: Body) -> str:
    """A subcommittee is found under its number; whoever lives there knows it."""
    if body.kind == BodyKind.SUBCOMMITTEE:
        return reverse("subcommittees:of_body", args=[body.slug])
    return reverse("bodies:body", args=[body.slug])


@register.filter
def seat_name(seat: Seat) -> str:
    return labels.seat_name(seat)


@register.filter
def role_label(seat: Seat, kind: str) -> str:
    return labels.role_label(seat, kind)


@register.simple_tag
def paper_marks(material: Material) -> list[tuple[str, str, str]]:
    """What is to be noticed about a paper: kind of badge, its words, a sentence beside it."""
    return marks_of(material, timezone.now())


def marks_of(material: Material, at: datetime) -> list[tuple[str, str, str]]:
    version = material.current
    if material.withdrawn_at:
        day = era_date(material.withdrawn_at)
        return [("danger", f"取下げ {day}", material.withdrawn_reason)]
    if material.publish_at is None or version is None:
        return [("warning", "準備中", "まだ公開していません")]
    if material.publish_at > at:
        return [("warning", "公開前", f"{era_datetime(material.publish_at)}に公開します")]
    if version.number > 1:
        return [("warning", f"差替 {era_date(version.uploaded_at)}", version.reason)]
    if at - material.publish_at < FRESH_FOR:
        return [("accent", "新着", "")]
    return []
