from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from innovations.fields import validate_partial_date
from visits.forms.on_innovations import FormOnInnovations
from visits.models import Adoption
from visits.provinces import Province

S = Adoption.State
STATES = [
    (S.INTERESTED, _("We are interested")),
    (S.PLANNED, _("We plan it")),
    (S.RUNNING, _("It runs")),
    (S.DROPPED, _("We dropped it")),
]


class AdoptionForm(FormOnInnovations):
    """What a delegation has adopted of each innovation that it saw."""

    province = forms.ChoiceField(
        label=_("Your province"),
        required=False,
        choices=[("", _("None, such as a national agency")), *Province.choices],
        help_text=_("Where it is used; the map of adoptions counts it there."),
    )

    def __init__(self, *args, visit, innovations, **kwargs):
        self.visit = visit
        self.known = {
            adoption.innovation_id: adoption
            for adoption in visit.adoptions.filter(innovation__in=innovations)
        }
        super().__init__(*args, innovations=innovations, **kwargs)
        told = [adoption.told["province"] for adoption in self.known.values()]
        self.fields["province"].initial = next(filter(None, told), visit.province)

    def fields_of(self, innovation):
        adoption = self.known.get(innovation.pk)
        told = adoption.told if adoption else {}
        # What was adopted once can be dropped, not undone.
        states = STATES if adoption else [("", _("Not adopted")), *STATES]
        fields = {
            "state": forms.ChoiceField(
                label=_("What became of %(innovation)s?") % {"innovation": innovation.name},
                choices=states,
                required=bool(adoption),
                widget=forms.RadioSelect,
            ),
            "since": forms.CharField(
                label=_("Since when?"),
                required=False,
                max_length=10,
                validators=[validate_partial_date],
                help_text=_("2019, 2019-06 or 2019-06-27: as much of the date as is known."),
                widget=forms.TextInput(attrs={"autocomplete": "off"}),
            ),
            "name_there": forms.CharField(
                label=_("Its name with you"),
                required=False,
                max_length=150,
                help_text=_("If it is called otherwise."),
            ),
            "evidence_url": forms.URLField(
                label=_("Where it can be seen"),
                required=False,
                max_length=300,
                assume_scheme="https",
                help_text=_("A web page: the service itself, a decree, a news item. Public."),
                error_messages={
                    "invalid": _("Write a whole address, such as https://contoh.go.id/layanan.")
                },
            ),
            "evidence": forms.CharField(
                label=_("What shows it"),
                required=False,
                max_length=2000,
                widget=forms.Textarea(attrs={"rows": 3}),
                help_text=_("For the staff who confirm it; not public. No names of persons."),
            ),
        }
        for name, field in fields.items():
            field.initial = told.get(name, "")
        return fields

    @property
    def parts(self):
        """Of each innovation: itself, its state, what can be told more, and whether to open that.

        Without script the details stand folded; what was told before, or is wrong, shows.
        """
        for innovation, (state, *details) in self.sections:
            is_open = any(field.value() or field.errors for field in details)
            yield innovation, state, details, is_open

    def clean(self):
        super().clean()
        today = timezone.localdate().isoformat()
        for innovation in self.innovations:
            answer = self.answers_on(innovation)
            since = answer.get("since", "")
            if answer.get("state") in {S.RUNNING, S.DROPPED} and since > today[: len(since)]:
                self.add_error(
                    f"since_{innovation.pk}",
                    forms.ValidationError(
                        _("This day is still to come: choose “We plan it”, or an earlier date."),
                        code="future",
                    ),
                )

    def save(self):
        """Record the answers (`Adoption.record_answers`)."""
        province = self.cleaned_data["province"]
        told = {innovation: self.answers_on(innovation) for innovation in self.innovations}
        answers = {
            innovation: answer | {"province": province}
            for innovation, answer in told.items()
            if answer["state"]
        }
        Adoption.record_answers(visit=self.visit, answers=answers)
