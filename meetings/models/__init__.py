from meetings.models.body import Body, Seat
from meetings.models.digest import Digest, DigestRun
from meetings.models.material import Material, MaterialOpening, MaterialVersion
from meetings.models.meeting import AgendaItem, CalendarFeed, Invitation, Meeting
from meetings.models.minutes import Minutes, MinutesCheck, MinutesEdition, MinutesSection
from meetings.models.passage import Passage

__all__ = [
    "AgendaItem",
    "Body",
    "CalendarFeed",
    "Digest",
    "DigestRun",
    "Invitation",
    "Material",
    "MaterialOpening",
    "MaterialVersion",
    "Meeting",
    "Minutes",
    "MinutesCheck",
    "MinutesEdition",
    "MinutesSection",
    "Passage",
    "Seat",
]
