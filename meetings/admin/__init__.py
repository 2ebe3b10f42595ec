from meetings.admin.body import BodyAdmin
from meetings.admin.material import MaterialAdmin
from meetings.admin.meeting import MeetingAdmin
from meetings.admin.minutes import MinutesAdmin
from meetings.admin.seat import SeatAdmin

__all__ = ["BodyAdmin", "MaterialAdmin", "MeetingAdmin", "MinutesAdmin", "SeatAdmin"]
