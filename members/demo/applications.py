"""An application in each state, by web and by fax. All of it is made up."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from members.choices import (
    Agreement,
    ApplicationStatus,
    Category,
    OrganizationKind,
    PublicField,
    Reception,
    Target,
    Verdict,
)
from members.models import ApplicationContact, MembershipApplication
from members.services.applying import (
    answer_correction,
    retract_application,
    save_answers,
    start_application,
    submit_application,
)
from members.services.deciding import (
    Ruling,
    decide_batch,
    next_round_day,
    open_batch,
    report_applications,
)
from members.services.examining import begin_checking, return_for_correction, take_application


@dataclass(frozen=True)
class DemoApplicant:
    """Who applies, how many days ago, and how far it has come."""

    name: str
    kana: str
    kind: OrganizationKind
    days_ago: int
    state: ApplicationStatus
    category: Category = Category.REGULAR


APPLICANTS = (
    DemoApplicant("見本つながりの家", "ミホンツナガリノイエ", OrganizationKind.VOLUNTARY, 1,
                  ApplicationStatus.DRAFT),
    DemoApplicant("特定非営利活動法人見本みちしるべ", "ミホンミチシルベ", OrganizationKind.NPO, 2,
                  ApplicationStatus.RECEIVED),
    # The name of a member in other letters: the office is told of a possible double.
    DemoApplicant("NPO法人あなたのいばしょ", "アナタノイバショ", OrganizationKind.NPO, 4,
                  ApplicationStatus.CHECKING),
    DemoApplicant("一般社団法人見本ほほえみ", "ミホンホホエミ",
                  OrganizationKind.GENERAL_ASSOCIATION, 9, ApplicationStatus.RETURNED),
    DemoApplicant("社会福祉法人見本むすび", "ミホンムスビ", OrganizationKind.SOCIAL_WELFARE, 12,
                  ApplicationStatus.REPORTED),
    DemoApplicant("株式会社見本サポート", "ミホンサポート", OrganizationKind.COMPANY, 13,
                  ApplicationStatus.REPORTED, Category.SUPPORTING),
    DemoApplicant("特定非営利活動法人見本そよかぜ", "ミホンソヨカゼ", OrganizationKind.NPO, 40,
                  ApplicationStatus.APPROVED),
    DemoApplicant("株式会社見本商会", "ミホンショウカイ", OrganizationKind.COMPANY, 41,
                  ApplicationStatus.DECLINED, Category.SUPPORTING),
    DemoApplicant("見本かぞくの会", "ミホンカゾクノカイ", OrganizationKind.VOLUNTARY, 20,
                  ApplicationStatus.RETRACTED),
)  # fmt: skip


def seed_applications(actor: User, at: datetime) -> None:
    made = {applicant: _apply(applicant, n, at) for n, applicant in enumerate(APPLICANTS)}
    _take_a_fax(actor, at)
    for applicant, application in made.items():
        _bring_on(application, applicant, actor, at)
    _decide(made, actor, at)


def _apply(applicant: DemoApplicant, n: int, at: datetime) -> MembershipApplication:
    begun = at - timedelta(days=applicant.days_ago)
    email = f"apply{n}@applicant{n}.example"
    application = start_application(email=email, category=applicant.category, at=begun)
    contact = {
        "name": "見本 みどり", "name_kana": "ミホン ミドリ", "email": email, "department": "事務局",
        "phone": "03-0000-2222", "newsletter": True,
    }  # fmt: skip
    save_answers(application=application, answers=_answers(applicant), contacts=[contact], at=begun)
    if applicant.state == ApplicationStatus.DRAFT:
        return application
    return submit_application(application=application, at=begun)


def _answers(applicant: DemoApplicant) -> dict[str, Any]:
    return {
        "kind": applicant.kind, "name": applicant.name, "name_kana": applicant.kana,
        "representative_title": "代表", "representative_name": "見本 太郎",
        "representative_kana": "ミホン タロウ", "founded": "2018-04", "postal_code": "100-0000",
        "prefecture": "13", "address": "見本区見本1-2-3", "phone": "03-0000-3333",
        "summary": "地域で孤立しがちな人の居場所を開き、相談を受けています。",
        "fields": ["01", "03"], "targets": [Target.EVERYBODY], "regions": ["13"],
        "public_fields": [PublicField.URL, PublicField.SUMMARY, PublicField.FIELDS],
        "motivation": "ほかの団体の取組を知り、いっしょに活動したいと考えています。",
        "wishes": "分科会1",
    }  # fmt: skip


def _take_a_fax(actor: User, at: datetime) -> None:
    """Half filled in, without a mailbox: what is missing is asked for by phone."""
    take_application(
        application=MembershipApplication(
            channel=Reception.FAX, received_on=timezone.localdate(at) - timedelta(days=5),
            category=Category.COOPERATING, kind=OrganizationKind.LOCAL, name="見本県見本市",
            name_kana="ミホンケンミホンシ", prefecture="13", phone="03-0000-4444",
            fax="03-0000-4445", agreement=Agreement.WRITTEN,
        ),
        contacts=[
            ApplicationContact(name="見本 さとる", department="福祉課", phone="03-0000-4444")
        ],
        actor=actor, at=at,
    )  # fmt: skip


def _bring_on(
    application: MembershipApplication, applicant: DemoApplicant, actor: User, at: datetime
) -> None:
    """From received to where the demo wants it, short of a decision."""
    early = (ApplicationStatus.DRAFT, ApplicationStatus.RECEIVED)
    if applicant.state in early:
        return
    if applicant.state == ApplicationStatus.RETRACTED:
        retract_application(application=application, actor=None, at=at)
        return
    begin_checking(application=application, actor=actor, at=at - timedelta(days=1))
    if applicant.state == ApplicationStatus.RETURNED:
        _return(application, actor, at)
    if applicant.state == ApplicationStatus.CHECKING:
        _return(application, actor, at - timedelta(hours=20))
        save_answers(
            application=application, answers={"phone": "03-0000-5555"}, contacts=None, at=at
        )
        answer_correction(application=application, at=at)


def _return(application: MembershipApplication, actor: User, at: datetime) -> None:
    return_for_correction(
        application=application, message="代表電話の番号をご確認ください。", marked=["phone"],
        actor=actor, at=at,
    )  # fmt: skip


def _decide(made: dict[DemoApplicant, MembershipApplication], actor: User, at: datetime) -> None:
    """A round that is over, and the one that comes next."""

    def those(*states: ApplicationStatus) -> list[MembershipApplication]:
        return [row for applicant, row in made.items() if applicant.state in states]

    past = _last_round(timezone.localdate(at))
    over = open_batch(held_on=past, member_from=past, actor=actor, at=at)
    decided = those(ApplicationStatus.APPROVED, ApplicationStatus.DECLINED)
    report_applications(batch=over, applications=decided, actor=actor, at=at)
    rulings = {
        row.pk: Ruling(verdict=Verdict.APPROVED, category=Category(row.category), member_from=past)
        for row in those(ApplicationStatus.APPROVED)
    } | {
        row.pk: Ruling(
            verdict=Verdict.DECLINED, reason="販売の宣伝が目的と見られるため",
            text="宣伝を目的とする入会はお受けしていません。"
            "活動の内容が変わりましたら、またお申込みください。",
        )
        for row in those(ApplicationStatus.DECLINED)
    }  # fmt: skip
    decide_batch(batch=over, verdicts=rulings, reference="幹事会決裁 見本1", actor=actor, at=at)
    coming = open_batch(actor=actor, at=at)
    reported = those(ApplicationStatus.REPORTED)
    report_applications(batch=coming, applications=reported, actor=actor, at=at)


def _last_round(day: date) -> date:
    """The round before the coming one."""
    return next_round_day(next_round_day(day) - timedelta(days=21))
