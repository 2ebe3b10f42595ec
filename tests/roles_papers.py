"""One subcommittee with a meeting, a paper and minutes, for the role table.

The organisation of the table's members sits in it without leading it: they read, and the rooms of
those who run it are not there for them.
"""

from meetings.choices import Audience, MinutesStatus
from meetings.models import CalendarFeed, MinutesCheck, MinutesEdition
from tests.factories.accounts import make_user
from tests.factories.meetings import (
    LONG_AGO,
    InvitationFactory,
    MeetingFactory,
    MinutesFactory,
    MinutesSectionFactory,
    SeatFactory,
    make_material,
)
from tests.factories.subcommittees import ParticipationFactory, SubcommitteeFactory


class Papers:
    def __init__(self, organization: object, lapsed: object) -> None:
        self.subcommittee = SubcommitteeFactory(number=91)
        self.body = self.subcommittee.body
        self.seat = SeatFactory(body=self.body, organization=organization)
        SeatFactory(body=self.body, organization=lapsed)
        self.meeting = MeetingFactory(body=self.body)
        self.invitation = InvitationFactory(meeting=self.meeting, seat=self.seat)
        self.paper = make_material(
            body=self.body, meeting=self.meeting, audience=Audience.BODY
        )  # fmt: skip
        self.minutes = MinutesFactory(
            meeting=self.meeting, status=MinutesStatus.PUBLISHED, publish_at=LONG_AGO
        )
        self.section = MinutesSectionFactory(minutes=self.minutes)
        self.edition = MinutesEdition.objects.create(
            minutes=self.minutes, number=1, made_at=LONG_AGO, content={"head": [], "sections": []}
        )
        self.check = MinutesCheck.objects.create(
            minutes=self.minutes, name="見本の発言者", email="speaker@example.jp",
            due_on=LONG_AGO.date(), sent_at=LONG_AGO,
        )  # fmt: skip
        self.asked = ParticipationFactory(subcommittee=self.subcommittee)
        self.feed = CalendarFeed.objects.create(user=make_user())

    def kwargs_of(self, name: str, parameters: frozenset[str]) -> dict[str, object] | None:
        """What an address of bodies, meetings, papers, minutes or subcommittees wants to know.

        Add a line to `single` for an address with a parameter that its space gives no value to.
        None for an address of another app.
        """
        single: dict[str, dict[str, object]] = {
            "meetings:reply": {"key": self.invitation.link_key},
            "minutes:check": {"key": self.check.link_key},
            "minutes:take_answer": {
                "public_id": self.minutes.public_id,
                "check": self.check.pk,
            },
            "meetings:reply_ics": {"key": self.invitation.link_key},
        }
        space = name.partition(":")[0]
        spaces: dict[str, dict[str, object]] = {
            "bodies": {"slug": self.body.slug, "body": self.body.slug},
            "meetings": {
                "public_id": self.meeting.public_id, "meeting": self.meeting.public_id,
                "seat": self.seat.public_id,
            },
            "materials": {"public_id": self.paper.public_id, "number": 1},
            "minutes": {"public_id": self.minutes.public_id, "meeting": self.meeting.public_id,
                        "number": 1, "section": self.section.pk},
            "calendar": {"slug": self.feed.link_key, "key": self.feed.link_key},
            "subcommittees": {"number": 91, "slug": self.body.slug,
                              "public_id": self.asked.public_id},
        }  # fmt: skip
        if name in single:
            return single[name]
        if space not in spaces:
            return None
        return {key: value for key, value in spaces[space].items() if key in parameters}
