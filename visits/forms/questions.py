from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from visits.models import AskedQuestion

# More than any delegation asks; it stops programs.
MOST_OF_A_VISIT = 300


class OnSiteQuestionForm(forms.Form):
    """A question that somebody of a delegation asks during or after the visit, without a name."""

    innovation = forms.ChoiceField(
        label=_("Which innovation is it about?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the innovation that your question is about.")},
    )
    text = forms.CharField(
        label=_("Your question"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_(
            "Once answered, question and answer stand on the innovation's page for everybody, "
            "without a name. Please write no names, telephone numbers or addresses."
        ),
        error_messages={"required": _("Write your question, then send it.")},
    )
    website = forms.CharField(
        label=_("Leave this field empty"),
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )

    def __init__(self, *args, visit, innovations, **kwargs):
        super().__init__(*args, **kwargs)
        self.visit = visit
        self.innovations = {str(innovation.pk): innovation for innovation in innovations}
        field = self.fields["innovation"]
        field.choices = [(pk, innovation.name) for pk, innovation in self.innovations.items()]
        if len(innovations) == 1:
            field.initial = field.choices[0][0]

    def clean_website(self):
        """People never see this field; what fills it is a program."""
        if self.cleaned_data["website"]:
            raise forms.ValidationError(_("Leave this field empty, then send the form again."))
        return ""

    def clean(self):
        super().clean()
        if self.visit.asked_questions.count() >= MOST_OF_A_VISIT:
            raise forms.ValidationError(
                _("This visit has asked as many questions as we can keep."), code="too_many"
            )

    def ask(self) -> AskedQuestion:
        """Keep the question for staff to answer; the same one sent again is kept once."""
        innovation = self.innovations[self.cleaned_data["innovation"]]
        text = self.cleaned_data["text"]
        same = self.visit.asked_questions.filter(
            question__innovation=innovation, question__text=text
        )
        return same.first() or AskedQuestion.record(
            visit=self.visit, innovation=innovation, text=text, language=get_language()
        )
