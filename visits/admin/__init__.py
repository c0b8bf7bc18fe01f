from visits.admin.paper import PaperAdmin
from visits.admin.settings import VisitSettingsAdmin
from visits.admin.visit import VisitAdmin

__all__ = ["PaperAdmin", "VisitAdmin", "VisitSettingsAdmin"]
