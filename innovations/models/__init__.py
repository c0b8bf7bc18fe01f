from innovations.models.agency import Agency
from innovations.models.innovation import Innovation
from innovations.models.media import Document, Picture
from innovations.models.proof import Award, Outcome
from innovations.models.source import Citation, Source
from innovations.models.voices import Question, Suggestion

__all__ = [
    "Agency",
    "Award",
    "Citation",
    "Document",
    "Innovation",
    "Outcome",
    "Picture",
    "Question",
    "Source",
    "Suggestion",
]
