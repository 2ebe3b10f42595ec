"""Who came, who left, who changed category between two days; which local governments are in."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q

from core.japan.codes import DESIGNATED_CITIES, PREFECTURES, prefecture_government_code
from members.models import Membership, Organization

_DAY = timedelta(days=1)
# What a member is counted by; prefecture and legal form are those of today, they carry no dates.
_COLUMNS = ("category", "organization__prefecture", "organization__kind")
_Key = tuple[str, str, str]


@dataclass(frozen=True)
class Flow:
    """Members of one kind over a period, first and last day included."""

    opening: int = 0
    """At the end of the day before."""
    joined: int = 0
    left: int = 0
    moved_in: int = 0
    """From another category, without a day outside."""
    moved_out: int = 0
    closing: int = 0
    """At the end of the last day, counted by itself."""

    @property
    def balances(self) -> bool:
        moves = self.joined - self.left + self.moved_in - self.moved_out
        return self.opening + moves == self.closing

    def __add__(self, other: "Flow") -> "Flow":
        return Flow(
            self.opening + other.opening, self.joined + other.joined, self.left + other.left,
            self.moved_in + other.moved_in, self.moved_out + other.moved_out,
            self.closing + other.closing,
        )  # fmt: skip


@dataclass(frozen=True)
class Flows:
    """The same members counted three ways; keys as the database has them."""

    by_category: dict[str, Flow]
    by_prefecture: dict[str, Flow]
    by_kind: dict[str, Flow]


def flows(first: date, last: date) -> Flows:
    """Opening + joined − left ± moves = closing, from `first` to `last`. Three queries."""
    opening, closing = _counted(first - _DAY), _counted(last)
    joined, left, moved_in, moved_out = _changes(first, last)
    parts = (opening, joined, left, moved_in, moved_out, closing)

    def by(place: int) -> dict[str, Flow]:
        sums: list[Counter[str]] = []
        for part in parts:
            added: Counter[str] = Counter()
            for key, number in part.items():
                added[key[place]] += number
            sums.append(added)
        # A change of category is no move between prefectures or legal forms.
        if place:
            sums[3] = sums[4] = Counter()
        known = {key for added in sums for key in added}
        return {key: Flow(*(added[key] for added in sums)) for key in known}

    return Flows(by(0), by(1), by(2))


def _counted(day: date) -> Counter[_Key]:
    rows = (
        Membership.objects.active_on(day)
        .order_by()
        .values_list(*_COLUMNS)
        .annotate(number_of=Count("pk"))
    )
    return Counter({(category, place, kind): n for category, place, kind, n in rows})


def _changes(
    first: date, last: date
) -> tuple[Counter[_Key], Counter[_Key], Counter[_Key], Counter[_Key]]:
    """Joined, left, moved in, moved out. A period that follows another at once is no entry."""
    rows = (
        Membership.objects.filter(
            Q(valid_from__range=(first, last)) | Q(valid_until__range=(first, last))
        )
        .order_by()
        .values_list("organization", "valid_from", "valid_until", *_COLUMNS)
    )
    starts: dict[tuple[int, date], _Key] = {}
    ends: dict[tuple[int, date], _Key] = {}
    for organization, begins, until, category, prefecture, kind in rows:
        starts[organization, begins] = category, prefecture, kind
        if until is not None:
            ends[organization, until] = category, prefecture, kind
    joined, left, moved_in, moved_out = (Counter[_Key]() for _part in range(4))
    for place in (place for place in starts.keys() | ends.keys() if first <= place[1] <= last):
        came, went = starts.get(place), ends.get(place)
        if came and went and came[0] != went[0]:
            moved_in[came] += 1
            moved_out[went] += 1
        elif came and not went:
            joined[came] += 1
        elif went and not came:
            left[went] += 1
    return joined, left, moved_in, moved_out


def month_ends(first: date, last: date) -> Iterator[date]:
    """The last day of each month from `first` on, and `last` itself."""
    day = first
    while day < last:
        following = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
        if following - _DAY >= last:
            break
        yield following - _DAY
        day = following
    yield last


@dataclass(frozen=True)
class Government:
    """A local government that ought to be in. `key` and `name` are of the member, if it is one."""

    code: str
    place: str
    key: int | None = None
    name: str = ""


@dataclass(frozen=True)
class Coverage:
    prefectures: tuple[Government, ...]
    cities: tuple[Government, ...]


def coverage(day: date) -> Coverage:
    """Which of the 47 prefectures and 20 designated cities are members on `day`. One query."""
    prefectures = [(prefecture_government_code(code), name) for code, name in PREFECTURES]
    wanted = [code for code, _name in (*prefectures, *DESIGNATED_CITIES)]
    rows = (
        Organization.objects.active_on(day)
        .with_name_on(day)
        .filter(local_government_code__in=wanted)
        .order_by()
        .only("local_government_code")
    )
    members: dict[str, tuple[int | None, str]] = {
        row.local_government_code: (row.pk, getattr(row, "name_then", "")) for row in rows
    }

    def told(places: Iterable[tuple[str, str]]) -> tuple[Government, ...]:
        return tuple(
            Government(code, place, *members.get(code, (None, ""))) for code, place in places
        )

    return Coverage(told(prefectures), told(DESIGNATED_CITIES))
