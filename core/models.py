from core.audit.models import Act, Change, Seal
from core.heartbeat import Heartbeat

__all__ = ["Act", "Change", "Heartbeat", "Seal"]
