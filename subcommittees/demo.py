"""The three first subcommittees of 2022 with their lead organisations; the work in them is made up.

Themes and lead organisations: the platform's own paper of 15 June 2022.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.utils import timezone

from accounts.models import User
from meetings.choices import Audience, MaterialKind, Numbering, SeatRole
from meetings.demo import (
    Paper,
    Sitting,
    coming_meeting,
    held_meeting,
    minutes_being_checked,
    published_minutes,
    put_up,
    seat_members,
    set_up_committee,
)
from meetings.demo.bodies import by_number
from meetings.demo.meetings import at_two
from meetings.demo.papers import file_of
from meetings.models import Body, Material, Meeting
from meetings.services.materials import replace_material
from subcommittees.choices import WayIn
from subcommittees.models import Subcommittee
from subcommittees.services import set_up_subcommittee

SINCE = date(2022, 6, 29)
FIRST_MEETING = datetime(2022, 7, 5, 5, 0, tzinfo=UTC)
_HOTLINE = Sitting("会0005", SeatRole.LEAD, "よりそいホットライン")


@dataclass(frozen=True)
class DemoSubcommittee:
    number: int
    theme: str
    purpose: str
    way_in: WayIn
    numbering: Numbering
    leads: tuple[Sitting, ...]
    members: range
    observers: tuple[str, ...]
    papers: tuple[Paper, ...]
    output: Paper
    agenda: tuple[str, ...]


def _leads(*numbers: str) -> tuple[Sitting, ...]:
    return tuple(Sitting(number, SeatRole.LEAD) for number in numbers)


_OUT, _ALL = Audience.PUBLIC, Audience.MEMBERS
_AGENDA = Paper("agenda.pdf", "次第", "次第", _OUT)
TEXTS = {
    "分科会の進め方": "会合を年に3回開き、成果を総会に報告することにしました。\n"
    "会員への聞き取りを先に行うことにしました。",
    "声かけの事例の整理について": "事務局が、集めた事例の分け方を説明しました。\n"
    "窓口の外での声かけを増やしたいという意見がありました。",
    "論点の整理について": "入口と出口の2つに分けて話し合うことにしました。",
    "試行の計画について": "年末年始に試すことにしました。",
}
SUBCOMMITTEES = (
    DemoSubcommittee(
        1, "「声を上げやすい・声をかけやすい社会」に向けた取組の在り方",
        "支援を求める声を上げやすい・声を受け止める・声をかけやすい社会に向けて、"
        "理解・意識や機運を社会全体で高めていくための取組の在り方を検討します。",
        WayIn.OPEN_CALL, Numbering.RUNNING,
        (Sitting("会0001", SeatRole.LEAD, "あなたのいばしょ(SNSコンソーシアム)"),
         *_leads("会0002")),
        range(20, 48), ("賛0001", "協0002", "協0003", "会0050"),
        (_AGENDA, Paper("sc1-examples-draft.pdf", "資料1", "声かけの事例の整理(案)"),
         Paper("sc1-hearing.xlsx", "資料2-1", "会員への聞き取り結果"),
         Paper("sc1-hearing-summary.docx", "資料2-2", "会員への聞き取り結果の要約", _ALL),
         Paper("sc1-terms.pdf", "参考資料1", "用語の整理", _OUT)),
        Paper("sc1-output.pdf", "成果物", "検討成果(概要)", _OUT, MaterialKind.OUTPUT),
        ("声かけの事例の整理について", "会員への聞き取り結果について",
         "シンポジウムでの報告に向けて"),
    ),
    DemoSubcommittee(
        2, "きめ細やかな支援や、地域における包括的支援に向けた"
        "行政(国、地方)・民間・NPO等の役割の在り方",
        "きめ細やかな支援や、地域における包括的な支援を進めるために、"
        "行政と民間、NPO等がそれぞれに担う役割の在り方を検討します。",
        WayIn.FREE, Numbering.RUNNING,
        _leads("会0007", "会0008", "会0009", "会0006"),
        range(40, 62), ("協0001",),
        (_AGENDA, Paper("sc2-roles.docx", "資料1", "役割の在り方 論点の整理", tags=("役割",)),
         Paper("sc2-towns.pptx", "資料2", "市町村の取組の見本")),
        Paper("sc2-output.pdf", "成果物", "中間整理(概要)", _OUT, MaterialKind.OUTPUT),
        ("論点の整理について", "市町村の取組について"),
    ),
    DemoSubcommittee(
        3, "相談支援に係る実務的な相互連携の在り方",
        "電話やSNSなどの相談支援に取り組む団体が、実務の上で互いにつながる在り方を検討します。",
        WayIn.INVITATION, Numbering.FISCAL_YEAR,
        (*_leads("会0003", "会0004"), _HOTLINE, *_leads("会0006", "会0007")),
        range(60, 74), (),
        (_AGENDA, Paper("sc3-trial.pdf", "資料1", "電話相談の相互連携の試行(案)", tags=("試行",)),
         Paper("sc3-windows.xlsx", "資料2", "相談窓口の一覧(見本)", _ALL)),
        Paper("sc3-output.pdf", "成果物", "中間整理と試行事業(概要)", _OUT, MaterialKind.OUTPUT),
        ("試行の計画について", "引継ぎの手順について"),
    ),
)  # fmt: skip


def seed(actor: User, at: datetime) -> None:
    """The committee and the three subcommittees; nothing when there is a body already."""
    if Body.objects.exists():
        return
    committee = set_up_committee(actor, at)
    _work_of_committee(committee, actor, at)
    for plan in SUBCOMMITTEES:
        _work(_set_up(plan, actor), plan, actor, at)


def _set_up(plan: DemoSubcommittee, actor: User) -> Body:
    start = timezone.make_aware(datetime.combine(SINCE, datetime.min.time()))
    found = set_up_subcommittee(
        subcommittee=Subcommittee(
            number=plan.number, theme=plan.theme, purpose=plan.purpose, way_in=plan.way_in,
            resolution="令和4年度 幹事会",
        ),
        body=Body(
            slug=f"subcommittee-{plan.number}", name=f"分科会{plan.number}", basis="規約第21条",
            numbering=plan.numbering, valid_from=SINCE,
        ),
        leads=[by_number(lead.number) for lead in plan.leads], actor=actor, at=start,
    )  # fmt: skip
    for lead in plan.leads:
        if lead.shown_as:
            found.body.seats.filter(organization=by_number(lead.number)).update(
                display_name=lead.shown_as
            )
    members = [Sitting(f"会{n:04}") for n in plan.members]
    observers = [Sitting(number, SeatRole.OBSERVER) for number in plan.observers]
    mine = [Sitting("会0010")] if plan.number == 1 else []
    seat_members(found.body, [*mine, *members, *observers], actor, SINCE)
    return found.body


def _work(body: Body, plan: DemoSubcommittee, actor: User, at: datetime) -> None:
    """Four meetings: the first of 2022, two of this year, and one to come."""
    first = held_meeting(body, FIRST_MEETING, ("分科会の進め方",), actor, at)
    published_minutes(first, TEXTS, actor, corrected=plan.number == 1)
    summer = held_meeting(body, at_two(at, -120), plan.agenda, actor, at)
    published_minutes(summer, TEXTS, actor)
    last = held_meeting(body, at_two(at, -20), plan.agenda, actor, at)
    if plan.number != 3:  # the third leaves something to write for whoever tries the demo
        minutes_being_checked(last, TEXTS, actor, at)
    coming = coming_meeting(body, at_two(at, 13 + 2 * plan.number), plan.agenda, actor, at)
    put_up(body, None, [plan.output], actor, at - timedelta(days=100))
    _papers(body, last, plan.papers, actor, at - timedelta(days=24))
    _papers(body, coming, plan.papers[:2], actor, at - timedelta(hours=5))


def _papers(
    body: Body, meeting: Meeting, papers: tuple[Paper, ...], actor: User, at: datetime
) -> None:
    for material in put_up(body, meeting, papers, actor, at):
        if material.title == "声かけの事例の整理(案)":
            _replace(material, actor, at + timedelta(days=1))


def _replace(material: Material, actor: User, at: datetime) -> None:
    replace_material(
        material=material, file=file_of("sc1-examples.pdf", material.title),
        reason="事例の数の誤りをなおしました", actor=actor, at=at,
    )  # fmt: skip


def _work_of_committee(committee: Body, actor: User, at: datetime) -> None:
    closed = Audience.STEERING
    agenda = ("令和8年度の進め方について", "分科会からの報告", "入会の承認について")
    held = held_meeting(committee, at_two(at, -45), agenda, actor, at, audience=closed)
    coming = coming_meeting(committee, at_two(at, 22), agenda, actor, at, audience=closed)
    papers = (
        Paper("agenda.pdf", "次第", "次第", closed),
        Paper("committee-plan.pdf", "資料1", "令和8年度の進め方(案)", closed),
        Paper("committee-report.docx", "資料2", "分科会からの報告", closed),
    )
    put_up(committee, held, papers, actor, at - timedelta(days=50))
    put_up(committee, coming, papers[:2], actor, at - timedelta(hours=3))
