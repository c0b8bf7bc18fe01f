from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from visits.forms.on_innovations import FormOnInnovations
from visits.models import Feedback, InnovationFeedback

RATINGS = [(1, _("1, poor")), (2, "2"), (3, "3"), (4, "4"), (5, _("5, excellent"))]
USEFULNESS = [
    (1, _("1, not at all")),
    (2, "2"),
    (3, "3"),
    (4, "4"),
    (5, _("5, very")),
    (0, _("I did not see it")),
]
LONGEST = 2000


def _scale():
    return forms.RadioSelect(attrs={"class": "scale"})


class FeedbackForm(FormOnInnovations):
    """What somebody who came thinks of the visit and of each innovation; sent once."""

    rating = forms.TypedChoiceField(
        label=_("How was the visit as a whole?"),
        choices=RATINGS,
        coerce=int,
        widget=_scale(),
        error_messages={"required": _("Choose a number from 1 to 5 for the visit as a whole.")},
    )
    good = forms.CharField(
        label=_("What was good?"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    better = forms.CharField(
        label=_("What could be better?"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def fields_of(self, innovation):
        return {
            "usefulness": forms.TypedChoiceField(
                label=_("How useful would %(innovation)s be at home?")
                % {"innovation": innovation.name},
                choices=USEFULNESS,
                coerce=int,
                empty_value=None,
                required=False,
                widget=_scale(),
            ),
            "improve": forms.CharField(
                label=_("What could %(innovation)s do better?") % {"innovation": innovation.name},
                required=False,
                max_length=LONGEST,
                widget=forms.Textarea(attrs={"rows": 2}),
            ),
        }

    @property
    def visit_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ("rating", "good", "better")]

    def clean(self):
        """Words on an innovation go with a number: without one they would be lost."""
        super().clean()
        for innovation in self.innovations:
            answer = self.answers_on(innovation)
            if answer.get("improve") and not answer.get("usefulness"):
                self.add_error(
                    f"usefulness_{innovation.pk}",
                    forms.ValidationError(
                        _("You wrote something about %(innovation)s: choose a number too."),
                        code="no_number",
                        params={"innovation": innovation.name},
                    ),
                )

    def give(self, *, guest, sender_hash):
        """Store the feedback; raises what `Feedback.give` raises."""
        feedback = Feedback(
            visit=guest.visit,
            participant=guest.participant,
            sender_hash=sender_hash,
            language=get_language(),
            **{name: self.cleaned_data[name] for name in ("rating", "good", "better")},
        )
        answers = [(innovation, self.answers_on(innovation)) for innovation in self.innovations]
        feedback.give(
            answers=[
                InnovationFeedback(
                    innovation=innovation,
                    usefulness=answer["usefulness"],
                    better=answer["improve"],
                )
                for innovation, answer in answers
                if answer["usefulness"]
            ]
        )
