from visits.admin.adoption import AdoptionAdmin
from visits.admin.afterwards import AskedQuestionAdmin, FeedbackAdmin
from visits.admin.message import MessageAdmin
from visits.admin.paper import PaperAdmin
from visits.admin.settings import VisitSettingsAdmin
from visits.admin.slot import ClosedDateAdmin, TimeSlotAdmin
from visits.admin.stop import StopAdmin
from visits.admin.visit import VisitAdmin

__all__ = [
    "AdoptionAdmin",
    "AskedQuestionAdmin",
    "ClosedDateAdmin",
    "FeedbackAdmin",
    "MessageAdmin",
    "PaperAdmin",
    "StopAdmin",
    "TimeSlotAdmin",
    "VisitAdmin",
    "VisitSettingsAdmin",
]
