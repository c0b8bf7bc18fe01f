from visits.models.stop import Stop
from visits.models.visit import Visit, VisitEvent

__all__ = ["Stop", "Visit", "VisitEvent"]
