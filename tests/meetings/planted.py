"""A world full of words that outsiders must never read, and who must not read which.

Every word begins with PREFIX: whoever searches for that asks for all of them at once.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Model
from django.utils import timezone

from accounts.choices import Role
from accounts.models import User
from core.japan.text import fold
from core.links import new_link_key
from meetings.choices import (
    Audience,
    BodyKind,
    MeetingStatus,
    MinutesStatus,
    OpeningWay,
    SeatRole,
)
from meetings.models import (
    AgendaItem,
    Body,
    CalendarFeed,
    Material,
    MaterialOpening,
    Meeting,
    Minutes,
    MinutesCheck,
    MinutesEdition,
    Passage,
    Seat,
)
from meetings.pairs import vector
from meetings.services.indexing import index_meeting, index_minutes, index_names
from members.models import Organization, Person
from subcommittees.models import ParticipationRequest, Subcommittee
from tests.factories.accounts import make_staff, make_user
from tests.factories.meetings import (
    LONG_AGO,
    BodyFactory,
    InvitationFactory,
    MeetingFactory,
    MinutesFactory,
    MinutesSectionFactory,
    SeatFactory,
    make_material,
    make_version,
    seated_user,
)
from tests.factories.members import AffiliationFactory, MemberFactory, PersonFactory

PREFIX = "zebra"
# Noon of yesterday: in the digest that goes out yesterday at five.
_YESTERDAY = timezone.localdate() - timedelta(days=1)
NEWS = timezone.make_aware(datetime.combine(_YESTERDAY, time(12)))
LATER = datetime(2099, 4, 1, tzinfo=UTC)
LEFT = datetime(2023, 4, 1, tzinfo=UTC).date()

# What a seat in the subcommittee opens; what only who runs it sees; what is the committee's alone.
SEATED = ("title", "label", "tag", "filename", "filetext", "meeting", "place", "agenda", "minutes")
RUNNING = (
    "comment", "oldname", "oldtext", "reason", "later", "laterfile", "drafttitle", "withdrawn",
    "prepared", "withheld", "draftminutes", "checker", "opinion", "request", "seatnote",
)  # fmt: skip
COMMITTEE = ("kanji", "kanjifile", "kanjimeeting")
OFFICE = ("office", "bodynote")
ONLINE = ("onlineurl", "onlinenote")


def word(name: str) -> str:
    return f"{PREFIX}{name}qx"


def words(*names: str) -> set[str]:
    return {word(name) for name in names}


@dataclass
class Planted:
    people: dict[str, User | AnonymousUser]
    forbidden: dict[str, set[str]]
    """By kind of person: what may stand in no answer."""
    keys: dict[str, list[str]] = field(default_factory=dict)
    """By kind of parameter (uuid, slug, int): every value that might lead to something."""
    walked: dict[str, dict[str, set[str]]] = field(default_factory=dict)
    """By kind of person, what their walk found: the words at each address."""

    @property
    def words(self) -> set[str]:
        return set().union(*self.forbidden.values())


OUTSIDERS = ("anonymous", "member", "lapsed", "ended", "other")


def plant() -> Planted:
    one = _subcommittee(1)
    lead = SeatFactory(body=one, role=SeatRole.LEAD, note=word("seatnote"))
    seat = SeatFactory(body=one)
    secret_keys = _things(one, seat, lead)
    _committee()
    people: dict[str, User | AnonymousUser] = {"anonymous": AnonymousUser()}
    people["member"] = _contact(MemberFactory())
    people["lapsed"] = _contact(MemberFactory(membership__valid_until=LEFT), one)
    people["ended"] = seated_user(SeatFactory(body=one, valid_until=LEFT))
    people["other"] = seated_user(SeatFactory(body=_subcommittee(2), role=SeatRole.LEAD))
    people["seat"] = seated_user(seat)
    people["lead"] = seated_user(lead)
    people["contractor"] = make_staff(Role.CONTRACTOR)
    people["officer"] = make_staff(Role.OFFICER)
    lead_feed = CalendarFeed.objects.create(user=people["lead"])
    everything = words(*SEATED, *RUNNING, *COMMITTEE, *OFFICE, *ONLINE)
    keys = {*secret_keys, lead_feed.link_key}
    forbidden = dict.fromkeys(OUTSIDERS, everything | keys)
    forbidden["seat"] = words(*RUNNING, *COMMITTEE, *OFFICE) | keys
    forbidden["lead"] = words(*COMMITTEE, *OFFICE)
    forbidden["contractor"] = words(*COMMITTEE)
    forbidden["officer"] = set()
    return Planted(people, forbidden, _keys())


def _subcommittee(number: int) -> Body:
    body = BodyFactory(name=f"分科会{number}", note=word("bodynote"))
    Subcommittee.objects.create(body=body, number=number, theme="見本の主題", purpose="見本の目的")
    return body


def _contact(organization: Organization, body: Body | None = None) -> User:
    user = make_user()
    AffiliationFactory(person=PersonFactory(user=user), organization=organization)
    if body is not None:
        SeatFactory(body=body, organization=organization)
    return user


def _things(one: Body, seat: Any, lead: Any) -> list[str]:
    """Papers, meetings, minutes and requests of the subcommittee. The keys of its links."""
    open_one = MeetingFactory(
        body=one, online_url=f"https://{word('onlineurl')}.example/", online_note=word("onlinenote")
    )
    closed = MeetingFactory(
        body=one, audience=Audience.BODY, title=word("meeting"), place=word("place"),
        status=MeetingStatus.HELD, starts_at=LONG_AGO,
    )  # fmt: skip
    AgendaItem.objects.create(meeting=closed, title=word("agenda"))
    MeetingFactory(body=one, status=MeetingStatus.DRAFT, number=None, title=word("prepared"))
    _papers(one, open_one)
    make_material(body=one, meeting=closed, title=word("title"))
    invitation = InvitationFactory(meeting=open_one, seat=lead, opinion=word("opinion"))
    own = InvitationFactory(meeting=open_one, seat=seat)
    check = _minutes(closed, open_one)
    request = ParticipationRequest.objects.create(
        subcommittee=one.subcommittee, organization=MemberFactory(), message=word("request")
    )
    _index(one)
    del request, own
    return [invitation.link_key, check.link_key]


def _papers(body: Body, meeting: Meeting) -> None:
    paper = make_material(
        body=body, meeting=meeting, title=word("title"), label=word("label"), tags=[word("tag")],
        comment=word("comment"), publish_at=NEWS, data=_text("oldtext"),
        name=f"{word('oldname')}.txt",
    )  # fmt: skip
    current = make_version(
        paper, data=_text("filetext"), name=f"{word('filename')}.txt", content_type="text/plain",
        reason="数字の誤りをなおしました",
    )  # fmt: skip
    paper.versions.exclude(pk=current.pk).update(content_type="text/plain")
    MaterialOpening.objects.create(
        material=paper, version=current, way=OpeningWay.FILE, opened_at=LONG_AGO
    )
    shared = {"body": body, "meeting": meeting, "data": _text("laterfile")}
    make_material(title=word("later"), audience=Audience.PUBLIC, publish_at=LATER, **shared)
    make_material(title=word("drafttitle"), publish_at=None, audience=Audience.PUBLIC, **shared)
    make_material(
        title=word("withdrawn"), withdrawn_at=LONG_AGO, withdrawn_reason=word("reason"), **shared
    )
    make_material(title=word("office"), audience=Audience.SECRETARIAT, body=body, meeting=meeting)


def _text(name: str) -> bytes:
    return f"本文 {word(name)}\n".encode()


def _minutes(closed: Meeting, open_one: Meeting) -> MinutesCheck:
    public = MinutesFactory(
        meeting=closed, status=MinutesStatus.PUBLISHED, audience=Audience.BODY, publish_at=NEWS
    )
    sections = [
        {"heading": "議題", "text": word("minutes"), "withheld": False, "withheld_reason": ""},
        {"heading": "人事", "text": word("withheld"), "withheld": True, "withheld_reason": "人事"},
    ]
    for section in sections:
        MinutesSectionFactory(minutes=public, **section)
    MinutesEdition.objects.create(
        minutes=public, number=1, made_at=LONG_AGO, content={"head": [], "sections": sections}
    )
    draft = MinutesFactory(meeting=open_one)
    MinutesSectionFactory(minutes=draft, text=word("draftminutes"))
    return MinutesCheck.objects.create(
        minutes=draft, name=word("checker"), email="checker@example.jp", sent_at=LONG_AGO,
        due_on=timezone.localdate(), link_key=new_link_key(),
    )  # fmt: skip


def _committee() -> None:
    body = BodyFactory(name="幹事会", kind=BodyKind.STEERING)
    meeting = MeetingFactory(body=body, audience=Audience.STEERING, title=word("kanjimeeting"))
    paper = make_material(
        body=body, meeting=meeting, title=word("kanji"), audience=Audience.STEERING,
        publish_at=NEWS, data=_text("kanjifile"), name="kanji.txt",
    )  # fmt: skip
    paper.versions.update(content_type="text/plain")
    _index(body)


def _index(body: Body) -> None:
    """As the worker writes it: names and texts of everything, whoever may read it."""
    for material in Material.objects.filter(body=body).select_related("current"):
        index_names(material)
        with material.current.file.open() as file:
            _passage(material, file.read().decode(errors="replace"))
    for meeting in Meeting.objects.filter(body=body).select_related("body"):
        index_meeting(meeting)
    for edition in MinutesEdition.objects.filter(minutes__meeting__body=body):
        index_minutes(edition.minutes, edition)


def _passage(material: Material, text: str) -> None:
    folded = fold(text)
    Passage.objects.create(material=material, text=text, folded=folded, pairs=vector(folded))


def _keys() -> dict[str, list[str]]:
    """Values for the parameters of addresses: by name, by kind within a namespace, by kind."""

    def public_ids(model: type[Model]) -> list[str]:
        return [str(key) for key in model._default_manager.values_list("public_id", flat=True)]

    found = {
        "seat": public_ids(Seat)[:1],
        "uuid of materials": public_ids(Material),
        "uuid of meetings": public_ids(Meeting),
        "uuid of minutes": [*public_ids(Minutes), *public_ids(Meeting)],
        "uuid of subcommittees": public_ids(ParticipationRequest),
        "slug of organizations": [Organization.objects.latest("pk").slug],
        "uuid of organizations": public_ids(Person)[:2],
        "slug": list(Body.objects.values_list("slug", flat=True)),
        "int": ["1", "2"],
    }
    everything = [key for name in found if name.startswith("uuid") for key in found[name][:3]]
    return {**found, "uuid": list(dict.fromkeys(everything))}
