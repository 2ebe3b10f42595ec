"""Back numbers and a draft for the demo platform. All names are made up (見本)."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from newsletter.calendar import monday_of, proposed_send_at
from newsletter.choices import Section
from newsletter.models import Issue, IssueItem
from newsletter.services import record_back_number

_BACK_NUMBERS = (
    (
        11, "シンポジウムの申込みを始めました", (2022, 6, 3), "衣替えの季節になりました。",
        (
            (Section.SECRETARIAT, "第1回シンポジウムの申込みを始めました",
             ("6月21日(火)に、全国調査の結果から孤独・孤立の背景を読みときます。"
             "会場とオンラインで開きます。")),
            (Section.MEMBERS, "電話相談ボランティアの募集",
             ("見本ともしびでは、夜間の電話相談を受けるボランティアを募集しています。"
             "研修は3回です。")),
        ),
    ),
    (
        12, "居場所ワークショップの報告書を公開しました", (2022, 6, 10),
        "梅雨に入りました。雨の日に立ち寄れる場所が、町のあちこちにあるとよいと思います。",
        (
            (Section.SECRETARIAT, "居場所ワークショップの報告書を公開しました",
             ("3月30日に開いたワークショップ「多様な各種の居場所の多様性と種別について」の"
             "報告書を公開しました。21団体の意見をまとめています。")),
            (Section.MEMBERS, "夜の居場所 見学会",
             ("夜間のチャット相談のあとに立ち寄れる場を、支援者の方に見ていただきます。\n"
             "日時 令和4年6月29日(水) 19:00から20:30まで\n場所 東京都見本区")),
            (Section.MEMBERS, "居場所づくり助成の募集",
             ("立ち上げから3年までの団体に、1件50万円までを助成します。"
             "締切は令和4年7月15日(金)です。")),
            (Section.GOVERNMENT, "重点計画の見直しについて",
             "重点計画の見直しに向けた意見の聞き取りが始まりました。"),
        ),
    ),
    (
        13, "分科会の日程が決まりました", (2022, 6, 17), "夏至が近づいています。",
        (
            (Section.SECRETARIAT, "会員が257団体になりました",
             "令和4年6月15日現在、会員150、賛助会員12、協力会員95、あわせて257団体です。"),
            (Section.MEETINGS, "3つの分科会の日程",
             "分科会1から3までの初回の日程を、構成員にお知らせしました。"),
        ),
    ),
)  # fmt: skip

_DRAFT_ITEMS = (
    (Section.SECRETARIAT, "年末年始の事務局のお休み",
     "12月29日から1月3日まで、事務局はお休みします。メールマガジンもこの間はお休みです。"),
    (Section.MEMBERS, "地域の居場所づくり 相談会",
     ("見本なごみ居場所ネットワークでは、居場所を始めたい団体の相談会を開きます。"
     "オンラインでも参加できます。参加は無料です。")),
    (Section.GOVERNMENT, "見本県の重層的支援の取組",
     "見本県が、庁内の連携の進め方をまとめた手引を公開しました。"),
)  # fmt: skip


@transaction.atomic
def seed(actor: User, at: datetime) -> None:
    """Fill an empty archive with three back numbers and make one draft to try things with."""
    if Issue.objects.exists():
        return
    for number, title, day, lead, items in _BACK_NUMBERS:
        record_back_number(
            number=number, title=title, lead=lead, actor=actor, at=at, items=_items(items),
            sent_at=timezone.make_aware(datetime(*day, 10, 0)),  # noqa: DTZ001 -- made aware here
        )  # fmt: skip
    send_at = _next_send_at(at)
    draft = Issue.objects.create(
        title="年末に向けて", lead="11月も終わりに近づきました。", send_at=send_at, created_at=at,
        week_of=monday_of(timezone.localdate(send_at)),
    )  # fmt: skip
    for position, item in enumerate(_items(_DRAFT_ITEMS), start=1):
        item.issue, item.position = draft, position
        item.save()


def _items(rows: tuple[tuple[Section, str, str], ...]) -> list[IssueItem]:
    return [IssueItem(section=section, title=title, body=body) for section, title, body in rows]


def _next_send_at(at: datetime) -> datetime:
    day = timezone.localdate(at)
    for week in range(3):
        moment = proposed_send_at(monday_of(day + timedelta(weeks=week)))
        if moment and moment > at:
            return moment
    return at + timedelta(days=1)
