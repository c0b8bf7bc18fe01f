from visits.models.event import VisitEvent
from visits.models.stop import Stop
from visits.models.visit import Visit

__all__ = ["Stop", "Visit", "VisitEvent"]
