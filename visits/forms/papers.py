"""What staff are asked and told before they issue a paper."""

from collections.abc import Iterator

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from magelang_portal.transitions import NoQuestionsForm, Note
from visits.documents import facts
from visits.documents.typesetting import unprintable
from visits.forms.decisions import hosts
from visits.models import Paper, Visit, VisitSettings

# What every paper takes from the settings, and would lack.
OF_THE_OFFICE = (
    "emblem",
    "city_line",
    "office_line",
    "address",
    "signatory_name",
    "signatory_position",
)
WITH_ITINERARY = {Paper.Kind.PROGRAMME, Paper.Kind.REPLY}


class IssueForm(NoQuestionsForm):
    """Whether to issue papers of `kind` for the one visit in `objects`, and what they lack."""

    def __init__(self, *args, kind, **kwargs):
        super().__init__(*args, **kwargs)
        self.kind = kind

    def notes(self):
        (visit,) = self.objects
        if self.kind not in Paper.kinds_open_for(visit):
            return []
        with override(visit.language):
            papers = [data for _whose, data in facts.of(self.kind, visit)]
        notes = [*_empty_settings(), *_boxes_in(papers)]
        if self.kind == Paper.Kind.CERTIFICATE or visit.status == Visit.Status.DECLINED:
            # They tell neither where it is nor who is seen.
            return notes
        if self.kind in WITH_ITINERARY:
            notes = [*hosts(visit), *_empty_itinerary(papers[0]["stops"]), *notes]
        return [*_empty_occasion(papers[0]), *notes]


class ReplyForm(IssueForm):
    message = forms.CharField(
        label=gettext_lazy("What the letter says besides"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 6, "class": "vLargeTextField"}),
        help_text=gettext_lazy(
            "Day, place and itinerary stand in the letter already. A letter that declines gives "
            "the reason here."
        ),
    )


def _empty_occasion(data) -> list[Note]:
    """What the form of the visit has not told the paper."""
    visit = data["visit"]
    empty = [
        label
        for label, value in (
            (_("Time"), visit["starts_at"]),
            (_("Venue"), visit["venue"]),
            (_("Received by"), "host" not in data or data["host"]),
        )
        if not value
    ]
    text = _("Empty on the form of the visit: %(what)s. Fill it in there first, or leave it so.")
    return _notes([(text, empty)])


def _empty_itinerary(stops) -> list[Note]:
    return _notes(
        [
            (text, [stop["innovation"] for stop in stops if not stop[name]])
            for text, name in (
                (_("No time is set for: %(what)s."), "starts_at"),
                (_("No venue is set for: %(what)s."), "venue"),
                (_("No speaker is named for: %(what)s."), "speaker"),
            )
        ]
    )


def _empty_settings() -> list[Note]:
    settings = VisitSettings.load()
    options = VisitSettings._meta  # noqa: SLF001 (documented API)
    fields = [options.get_field(name) for name in OF_THE_OFFICE]
    empty = [str(field.verbose_name) for field in fields if not getattr(settings, field.name)]
    text = _(
        "Empty in the settings of visits: %(what)s. Fill them in there first, or leave it so."
    )
    return _notes([(text, empty)])


def _boxes_in(papers) -> list[Note]:
    text = _(
        "Our fonts lack letters of: %(what)s. Boxes are printed in their place; ask for the "
        "Latin spelling."
    )
    return _notes([(text, unprintable(_texts_of(papers)))])


def _notes(notes) -> list[Note]:
    """A warning of each text that has something to name."""
    return [
        Note(text % {"what": ", ".join(what)}, is_warning=True) for text, what in notes if what
    ]


def _texts_of(value) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            yield from _texts_of(list(value.values()))
        case list():
            for each in value:
                yield from _texts_of(each)
