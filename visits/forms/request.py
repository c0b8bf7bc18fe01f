"""The steps of a registration, apart from the date: what to see, who comes, the letter."""

from django import forms
from django.conf import settings
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from innovations.models import Innovation
from visits.forms.letter import LetterField
from visits.forms.step import StepForm
from visits.itinerary import MOST_STOPS, Itinerary
from visits.models import Visit
from visits.models.visit import MAX_PARTICIPANTS, MIN_PARTICIPANTS
from visits.provinces import Province

MOST_SUGGESTIONS = 200
# So many boxes stand on the page beside those of the itinerary; the others are searched.
MOST_OFFERED = 24
K = Visit.OrganisationKind


class WishForm(StepForm):
    """What the delegation wants to see and learn, and how many come."""

    innovations = forms.MultipleChoiceField(
        label=_("Innovations you want to see"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Tick at least one innovation that you want to see."),
            "invalid_choice": _(
                "“%(value)s” cannot be visited, or no longer, and was taken out. Look at the "
                "others, then go on."
            ),
        },
    )
    expected_participants = forms.IntegerField(
        label=_("How many people will come"),
        min_value=MIN_PARTICIPANTS,
        max_value=MAX_PARTICIPANTS,
        help_text=_("The head of delegation included; up to 500."),
        error_messages={
            "required": _("Write how many people will come."),
            "invalid": _("Write the number of people in digits, such as 40."),
            "min_value": _("At least %(limit_value)s person comes."),
            "max_value": _(
                "At most %(limit_value)s persons; split a larger delegation into two visits."
            ),
        },
    )
    field_order = ["innovations", "purpose", "expected_participants", "language"]
    required_fields = ("purpose",)

    class Meta(StepForm.Meta):
        fields = ["purpose", "expected_participants", "language"]
        labels = {"language": _("Language of the visit")}
        help_texts = {
            "purpose": _("What you want to learn, and what you plan to do with it."),
            "language": _("In which you are guided, and in which our messages are written."),
        }
        widgets = {"purpose": forms.Textarea(attrs={"rows": 4})}
        error_messages = {"purpose": {"required": _("Write what you want to learn.")}}

    def __init__(self, *args, slugs, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["language"].initial = get_language()
        # In the order of the itinerary, which is the order in which a browser sends them.
        self.open = {each.slug: each for each in Itinerary.of_slugs(slugs)}
        self.fields["innovations"].choices = [
            (slug, self.label_of(each)) for slug, each in self.open.items()
        ]
        # What is looked for among the others, and which part of what was found is shown.
        self.words, self.part = "", 1

    @staticmethod
    def label_of(innovation) -> str:
        return f"{innovation.name} ({innovation.agency.abbreviation})"

    @property
    def ticked_choices(self) -> list:
        """The boxes of the itinerary as it stands."""
        return list(self["innovations"])

    @cached_property
    def _found(self) -> list[Innovation]:
        """What this part offers, and one more where another part follows; one query."""
        found = Innovation.objects.open_to_visitors().exclude(slug__in=self.open)
        if self.words:
            found = found.search(self.words)
        else:
            found = found.order_by("-featured", "name", "pk")
        first = (self.part - 1) * MOST_OFFERED
        return list(found[first : first + MOST_OFFERED + 1])

    @property
    def offered(self) -> list[tuple[str, str]]:
        """(slug, label) of others that can be visited: what was looked for, or featured first."""
        return [(each.slug, self.label_of(each)) for each in self._found[:MOST_OFFERED]]

    @property
    def has_more(self) -> bool:
        """Whether another part follows."""
        return len(self._found) > MOST_OFFERED

    @property
    def is_searched(self) -> bool:
        return bool(self.words or self.part > 1)

    def clean_innovations(self):
        innovations = [self.open[slug] for slug in self.cleaned_data["innovations"]]
        if len(innovations) > MOST_STOPS:
            raise forms.ValidationError(
                _("At most %(most)s innovations fit into one visit. Untick some."),
                code="too_many",
                params={"most": MOST_STOPS},
            )
        return innovations

    def clean(self):
        super().clean()
        # What each field says by itself, whatever the innovations have against it.
        self.said = dict(self.cleaned_data)
        itinerary = Itinerary(self.cleaned_data.get("innovations", []))
        for error in itinerary.clashes():
            self.add_error("innovations", error)
        for error in itinerary.too_many(self.cleaned_data.get("expected_participants")):
            self.add_error("expected_participants", error)
        for error in itinerary.not_spoken(self.cleaned_data.get("language")):
            self.add_error("language", error)


class OrganisationForm(StepForm):
    """Who comes, and who leads them."""

    field_order = [
        "organisation",
        "organisation_kind",
        "province",
        "unit",
        "head_name",
        "head_position",
    ]
    required_fields = ("head_name",)

    class Meta(StepForm.Meta):
        fields = [
            "organisation",
            "organisation_kind",
            "province",
            "unit",
            "head_name",
            "head_position",
        ]
        labels = {
            "head_name": _("Name of the head of delegation"),
            "head_position": _("Position of the head of delegation"),
        }
        help_texts = {
            "organisation": _("The full name, as on your letterhead."),
            "province": _("Regional governments and councils choose it; others may leave it out."),
            "unit": _("Directorate, division or training batch."),
        }
        widgets = {
            "organisation": forms.TextInput(
                attrs={"autocomplete": "organization", "list": "organisations"}
            ),
            "head_name": forms.TextInput(attrs={"autocomplete": "off"}),
            "head_position": forms.TextInput(attrs={"autocomplete": "off"}),
        }
        error_messages = {
            "organisation": {"required": _("Write the name of your organisation.")},
            "organisation_kind": {"required": _("Choose what kind of organisation it is.")},
            "head_name": {"required": _("Write who leads the delegation.")},
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["organisation_kind"].choices = [
            ("", _("Choose the kind of organisation")),
            *K.choices,
        ]
        self.fields["province"].is_needed_of_some = True
        self.fields["province"].choices = [("", _("Choose the province")), *Province.choices]

    @cached_property
    def suggestions(self) -> list[str]:
        """Organisations that came before, as the public list of visits names them."""
        names = Visit.objects.published().order_by("organisation")
        return list(names.values_list("organisation", flat=True).distinct()[:MOST_SUGGESTIONS])

    def clean(self):
        super().clean()
        regional = {K.REGIONAL_GOVERNMENT, K.REGIONAL_COUNCIL}
        if self.cleaned_data.get("organisation_kind") in regional and not self.cleaned_data.get(
            "province", True
        ):
            self.add_error(
                "province",
                forms.ValidationError(_("Choose the province you come from."), code="required"),
            )


class ContactForm(StepForm):
    """Whom the city asks about the visit, and where the answer goes."""

    required_fields = ("contact_name", "contact_phone", "contact_email")

    class Meta(StepForm.Meta):
        fields = ["contact_name", "contact_phone", "contact_email"]
        labels = {"contact_name": _("Name of the contact person")}
        help_texts = {
            "contact_phone": _("For questions about this visit alone, such as 0812 3456 7890."),
            "contact_email": _("The private link and the answer are sent there."),
        }
        widgets = {
            "contact_name": forms.TextInput(attrs={"autocomplete": "name"}),
            "contact_phone": forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
            "contact_email": forms.EmailInput(attrs={"autocomplete": "email"}),
        }
        error_messages = {
            "contact_name": {"required": _("Write whom we may ask about the visit.")},
            "contact_phone": {"required": _("Write a telephone number for questions.")},
            "contact_email": {
                "required": _("Write an e-mail address for the answer."),
                "invalid": _("This is no e-mail address; it looks like nama@instansi.go.id."),
            },
        }


class LetterForm(StepForm):
    """The letter, the agreement to keep the data, and whether others may join.

    A letter that arrived whole stays with the draft (`kept`), so that it is chosen only once.
    """

    letter = LetterField()
    consent = forms.BooleanField(
        label=_("I agree that the city keeps these data in order to handle the visit"),
        error_messages={
            "required": _("Without your agreement we may not keep the request. Tick the box.")
        },
    )
    field_order = ["letter", "open_to_joining", "consent"]

    class Meta(StepForm.Meta):
        fields = ["open_to_joining"]
        labels = {"open_to_joining": _("Another delegation may join our visit")}

    def __init__(self, *args, kept=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.kept = kept
        if kept:
            self.fields["letter"].required = False
            self.fields["letter"].label = _("Another letter in its place")

    @property
    def max_letter_bytes(self) -> int:
        return settings.MAX_LETTER_BYTES


class SendForm(forms.Form):
    """The last step: nothing is asked but whether to send what the summary shows.

    `seen` is what it said of the seats: `seated`, `waiting` or nothing.
    """

    seen = forms.ChoiceField(
        choices=[("seated", ""), ("waiting", ""), ("", "")],
        required=False,
        widget=forms.HiddenInput,
    )
    website = StepForm.base_fields["website"]
    clean_website = StepForm.clean_website
