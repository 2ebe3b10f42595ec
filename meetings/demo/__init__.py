"""Bodies, seats, meetings and papers of the demo platform. The work in them is made up.

What lies in the past is written down as it stands now; what goes on went through the services, as
the real thing does.
"""

from meetings.demo.bodies import Sitting, seat_members, set_up_committee
from meetings.demo.meetings import coming_meeting, held_meeting
from meetings.demo.minutes import minutes_being_checked, published_minutes
from meetings.demo.papers import Paper, put_up

__all__ = [
    "Paper",
    "Sitting",
    "coming_meeting",
    "held_meeting",
    "minutes_being_checked",
    "published_minutes",
    "put_up",
    "seat_members",
    "set_up_committee",
]
