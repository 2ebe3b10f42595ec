"""What is new in one's bodies, told once: one letter a person and day, soon after 17:00.

Each round tells what came out between two five o'clocks. It starts some minutes later, when
whatever was put up before the hour has been written down for certain.
"""

from collections import defaultdict
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Greatest
from django.utils import timezone

from meetings.emails.digest import Chapter, digest_letters
from meetings.models import Body, Digest, DigestRun, Material, Minutes
from meetings.queries.subscribers import Subscriber, subscribers_on
from meetings.querysets import MaterialQuerySet, MinutesQuerySet
from meetings.readers import Reader

HOUR = time(17)
SETTLED = timedelta(minutes=5)
FIRST_SPAN = timedelta(days=1)
_AT_ONCE = 200  # letters


def send_digests(*, at: datetime) -> None:
    """Once a day; a day that was missed is told with the next one."""
    day = timezone.localdate(at)
    until = timezone.make_aware(datetime.combine(day, HOUR))
    if at < until + SETTLED or DigestRun.objects.filter(day=day).exists():
        return
    with transaction.atomic():
        last = DigestRun.objects.order_by("-day").first()
        since = last.until if last else until - FIRST_SPAN
        # Who comes second waits here until the first is done.
        _run, is_first = DigestRun.objects.get_or_create(
            day=day, defaults={"since": since, "until": until}
        )
        if is_first:
            _tell(day, since, until, at)


def _tell(day: date, since: datetime, until: datetime, at: datetime) -> None:
    papers = new_papers(since, until)
    minutes = new_minutes(since, until)
    if not papers.exists() and not minutes.exists():
        return
    told: dict[Reader, list[Chapter]] = {}
    letters: list[tuple[Subscriber, list[Chapter]]] = []
    for subscriber in subscribers_on(day):
        reader = subscriber.reader
        if reader not in told:
            told[reader] = _chapters(papers, minutes, reader, since=since, at=at)
        if told[reader]:
            letters.append((subscriber, told[reader]))
    for start in range(0, len(letters), _AT_ONCE):
        some = letters[start : start + _AT_ONCE]
        messages = digest_letters(some, at=at)
        Digest.objects.bulk_create(
            Digest(person=subscriber.person, day=day, message=message)
            for (subscriber, _chapters_of_it), message in zip(some, messages, strict=True)
        )


def new_papers(since: datetime, until: datetime) -> MaterialQuerySet:
    """Those that came out or were replaced after `since`, until `until`."""
    out = Material.objects.published(until)
    return out.annotate(new_at=Greatest("publish_at", "current__uploaded_at")).filter(
        new_at__gt=since, new_at__lte=until
    )


def new_minutes(since: datetime, until: datetime) -> MinutesQuerySet:
    """Those that came out or were corrected."""
    out = Minutes.objects.published(until).annotate(last=Max("editions__made_at"))
    return out.annotate(new_at=Greatest("publish_at", "last")).filter(
        new_at__gt=since, new_at__lte=until
    )


def _chapters(
    papers: MaterialQuerySet,
    minutes: MinutesQuerySet,
    reader: Reader,
    *,
    since: datetime,
    at: datetime,
) -> list[Chapter]:
    """Of the bodies of this reader, what they may open at this moment. Three queries."""
    mine: dict[int, tuple[list[Material], list[Minutes]]] = defaultdict(lambda: ([], []))
    for paper in (
        papers.readable_by(reader, at)
        .filter(body__in=reader.bodies)
        .select_related("current")
        .order_by("meeting__starts_at", "position", "pk")
    ):
        mine[paper.body_id][0].append(paper)
    for one in (
        minutes.visible_to(reader, at)
        .filter(meeting__body__in=reader.bodies)
        .select_related("meeting")
        .order_by("meeting__starts_at", "pk")
    ):
        mine[one.meeting.body_id][1].append(one)
    return [
        Chapter(body, *mine[body.pk], since=since)
        for body in Body.objects.filter(pk__in=mine).order_by("kind", "name", "pk")
    ]
