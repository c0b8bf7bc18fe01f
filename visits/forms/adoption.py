from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from innovations.fields import PartialDateFormField, format_partial_date
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

NOT_ADOPTED = "not_adopted"


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
        states = STATES if adoption else [(NOT_ADOPTED, _("Not adopted")), *STATES]
        fields = {
            "state": forms.ChoiceField(
                label=_("What became of %(innovation)s?") % {"innovation": innovation.name},
                choices=states,
                required=bool(adoption),
                widget=forms.RadioSelect,
            ),
            "since": PartialDateFormField(
                label=_("Since when?"),
                required=False,
                help_text=_("As much as is known: “March 2026”, “03/2026” or “2026”."),
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
            known = told.get(name, "")
            field.initial = format_partial_date(known) if name == "since" else known
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
        answers = [(innovation, self.answers_on(innovation)) for innovation in self.innovations]
        if not self.errors and not any(any(answer.values()) for _innovation, answer in answers):
            raise forms.ValidationError(
                _("Nothing is answered yet: choose what became of at least one innovation."),
                code="unanswered",
            )
        for innovation, answer in answers:
            if answer.get("state") == "" and any(answer.values()):
                self.add_error(
                    f"state_{innovation.pk}",
                    forms.ValidationError(
                        _("You wrote something about %(innovation)s: choose what became of it."),
                        code="no_state",
                        params={"innovation": innovation.name},
                    ),
                )
            since = answer.get("since", "")
            if answer.get("state") in {S.RUNNING, S.DROPPED} and since > today[: len(since)]:
                self.add_error(
                    f"since_{innovation.pk}",
                    forms.ValidationError(
                        _("This day is still to come: choose “We plan it”, or an earlier date."),
                        code="future",
                    ),
                )

    def save(self) -> bool:
        """Record the answers (`Adoption.record_answers`); whether any is new to staff."""
        province = self.cleaned_data["province"]
        told = {innovation: self.answers_on(innovation) for innovation in self.innovations}
        answers = {
            innovation: answer | {"province": province}
            for innovation, answer in told.items()
            if answer["state"] not in {"", NOT_ADOPTED}
        }
        return Adoption.record_answers(visit=self.visit, answers=answers)
