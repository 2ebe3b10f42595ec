from core.audit.models import Act, Change, ChangeSet, Seal
from core.heartbeat import Heartbeat

__all__ = ["Act", "Change", "ChangeSet", "Heartbeat", "Seal"]
