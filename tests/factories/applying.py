"""What an applicant types, page by page: a complete and lawful application."""

from typing import Any

from django.utils import timezone

from members.choices import Category
from members.models import MembershipApplication
from members.services.applying import save_answers, start_application

ORGANIZATION = {
    "category": "regular",
    "name": "特定非営利活動法人見本あおぞら居場所ネット",
    "name_kana": "ミホンアオゾライバショネット",
    "display_name": "見本あおぞら居場所ネット",
    "name_english": "",
    "kind": "npo",
    "corporate_number": "7000012050002",
    "local_government_code": "",
    "founded_year": "2012",
    "founded_month": "4",
    "representative_title": "理事長",
    "representative_name": "見本 花子",
    "representative_kana": "みほん はなこ",
}
PLACE = {
    "postal_code": "〒１００－０００１",
    "prefecture": "13",
    "address": "見本区見本1-2-3 見本ビル2階",
    "phone": "０３（００００）１１１１",
    "fax": "",
    "organization_email": "info@aozora.example",
    "url": "aozora.example",
}
MAIN_CONTACT = {
    "contact-rows": "1",
    "contact-1-name": "髙橋 次郎",
    "contact-1-name_kana": "たかはし じろう",
    "contact-1-department": "事務局",
    "contact-1-title": "",
    "contact-1-phone": "",
    "contact-1-email": "jiro@aozora.example",
    "contact-1-newsletter": "on",
}
ACTIVITIES: dict[str, Any] = {
    "summary": "商店街の空き店舗をひらき、週3日の夕食会と学習の場をつくっています。",
    "fields": ["01", "13"],
    "targets": ["children", "everybody"],
    "regions": ["11", "13"],
    "wishes": "第1分科会",
    "motivation": "ほかの地域の団体と知恵を出し合いたい。",
}
PUBLICATION = {"public_fields": ["url", "summary"]}
PAGES: dict[str, dict[str, Any]] = {
    "organization": ORGANIZATION,
    "contacts": PLACE | MAIN_CONTACT,
    "activities": ACTIVITIES,
    "publication": PUBLICATION,
}
AGREED = {
    "pledge_version": "2026-04",
    "privacy_version": "2026-04",
    "agree_pledge": "on",
    "agree_privacy": "on",
}


def make_draft(
    *, complete: bool = True, email: str = "apply@aozora.example"
) -> MembershipApplication:
    """A draft made by the services; `complete` has every answer that is required."""
    now = timezone.now()
    draft = start_application(email=email, category=Category.REGULAR, at=now)
    if not complete:
        return draft
    answers = {
        **{name: value for name, value in ORGANIZATION.items() if "founded" not in name},
        "founded": "2012-04",
        **PLACE, **ACTIVITIES, **PUBLICATION,
        "postal_code": "100-0001", "phone": "03-0000-1111", "url": "https://aozora.example",
    }  # fmt: skip
    contact = {
        "name": "髙橋 次郎", "name_kana": "たかはし じろう", "department": "事務局",
        "email": "jiro@aozora.example", "newsletter": True,
    }  # fmt: skip
    return save_answers(application=draft, answers=answers, contacts=[contact], at=now)
