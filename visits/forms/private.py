"""What a delegation fills in at its private link, and to get a lost link back."""

from datetime import timedelta

from django import forms
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from visits.forms.letter import LetterField
from visits.models import Visit

# Whoever asks for the same link again and again fills nobody's letter box.
ONE_LINK_EACH = timedelta(minutes=10)
MOST_LINKS = 20


class AnswerForm(forms.Form):
    text = forms.CharField(
        label=_("Your answer"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Up to 2,000 characters. City staff read it."),
        error_messages={
            "required": _("Write your answer."),
            "max_length": _("Shorten your answer to %(limit_value)d characters."),
        },
    )


class NumbersForm(forms.Form):
    number = forms.IntegerField(
        label=_("How many people will come"),
        min_value=1,
        error_messages={
            "required": _("Write how many people will come."),
            "invalid": _("Write the number of people in digits, such as 40."),
            "min_value": _("At least %(limit_value)s person comes."),
        },
    )

    def __init__(self, *args, visit, **kwargs):
        super().__init__(*args, initial={"number": visit.expected_participants}, **kwargs)
        self.most = visit.most_participants
        number = self.fields["number"]
        help_text = _("The head of delegation included; up to %(most)s.")
        if visit.slot:
            help_text = _("The head of delegation included; there is room for %(most)s.")
        number.help_text = help_text % {"most": self.most}
        number.widget.attrs["max"] = self.most

    def clean_number(self):
        number = self.cleaned_data["number"]
        if number > self.most:
            raise forms.ValidationError(
                _(
                    "There is room for %(most)s: write %(most)s or fewer. A larger group can "
                    "request another time that has room, and then cancel this request."
                ),
                code="full",
                params={"most": self.most},
            )
        return number


class LetterForm(forms.Form):
    letter = LetterField()


class CancelForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("It helps the city and its hosts to plan."),
        error_messages={"max_length": _("Shorten the reason to %(limit_value)d characters.")},
    )


class OfferForm(forms.Form):
    answer = forms.ChoiceField(choices=[("accept", ""), ("decline", "")])


class JoiningForm(forms.Form):
    allowed = forms.BooleanField(required=False)


class LostLinkForm(forms.Form):
    """Sends links to the address that a visit names, and to no other."""

    email = forms.EmailField(
        label=_("E-mail address of the contact person"),
        help_text=_("As it stands in the request: links are sent only there."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": _("Write the e-mail address that stands in the request."),
            "invalid": _("This is no e-mail address; it looks like nama@instansi.go.id."),
        },
    )
    reference = forms.CharField(
        label=_("Reference of the request"),
        required=False,
        max_length=20,
        help_text=_("Such as KM-2026-7F3KQ. Empty: the links of all your requests."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "max_length": _("A reference is shorter: it looks like KM-2026-7F3KQ."),
        },
    )

    @transaction.atomic
    def send(self) -> None:
        """Send the links; whether there are any, neither the answer nor its time tells.

        Where there are none, the same work is done for a visit that is made up, and undone.
        """
        email = self.cleaned_data["email"]
        visits = Visit.objects.of_contact(email, self.cleaned_data["reference"])
        since = timezone.now() - ONE_LINK_EACH
        found = list(visits.without_link_sent_since(since).order_by("-created_at")[:MOST_LINKS])
        for visit in found or [_made_up_visit(email)]:
            visit.send_link()
        if not found:
            transaction.set_rollback(True)


def _made_up_visit(email):
    return Visit.objects.create(
        organisation="-",
        organisation_kind=Visit.OrganisationKind.OTHER,
        contact_email=email,
        language=get_language(),
    )
