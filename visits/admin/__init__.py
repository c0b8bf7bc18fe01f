from visits.admin.visit import VisitAdmin

__all__ = ["VisitAdmin"]
