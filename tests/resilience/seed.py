"""Migrate an empty platform and put in what the tests need; prints their keys as JSON."""

import json

import django


def main() -> None:
    django.setup()
    from django.core.management import call_command  # noqa: PLC0415 -- needs django.setup()
    from django.test import Client  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    call_command("migrate", interactive=False, verbosity=0)

    from newsletter.choices import IssueStatus  # noqa: PLC0415 -- models
    from tests.factories.accounts import PASSWORD, make_staff, make_user  # noqa: PLC0415
    from tests.factories.mailing import EnvelopeFactory  # noqa: PLC0415
    from tests.factories.newsletter import IssueFactory, ItemFactory  # noqa: PLC0415

    staff, contact = make_staff(), make_user()
    client = Client()
    client.force_login(staff)
    sent = EnvelopeFactory(status="sent", phase="dot", finished_at=timezone.now())
    scheduled = IssueFactory(
        number=1, status=IssueStatus.SCHEDULED, message=sent.message, send_at=timezone.now()
    )
    known = {
        "staff_session": client.cookies["session"].value,
        "contact": contact.email,
        "password": PASSWORD,
        "draft": ItemFactory().issue_id,
        "scheduled": scheduled.pk,
    }
    print(json.dumps(known))  # noqa: T201 -- this is the answer


if __name__ == "__main__":
    main()
