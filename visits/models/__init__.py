from visits.models.adoption import Adoption, FollowUp
from visits.models.afterwards import (
    AskedQuestion,
    Feedback,
    InnovationFeedback,
    VisitPicture,
)
from visits.models.event import VisitEvent
from visits.models.message import Attachment, Message
from visits.models.paper import Paper, PaperCounter
from visits.models.participant import GroupPass, Participant
from visits.models.settings import VisitSettings
from visits.models.slot import ClosedDate, TimeSlot
from visits.models.stop import Stop
from visits.models.visit import Visit

__all__ = [
    "Adoption",
    "AskedQuestion",
    "Attachment",
    "ClosedDate",
    "Feedback",
    "FollowUp",
    "GroupPass",
    "InnovationFeedback",
    "Message",
    "Paper",
    "PaperCounter",
    "Participant",
    "Stop",
    "TimeSlot",
    "Visit",
    "VisitEvent",
    "VisitPicture",
    "VisitSettings",
]
