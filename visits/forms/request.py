import hashlib
import re
import secrets
from datetime import timedelta

from django import forms
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from innovations.models import Innovation
from visits.letters import clean_letter
from visits.models import Visit
from visits.models.visit import MAX_PARTICIPANTS, MIN_PARTICIPANTS

MOST_AHEAD = timedelta(days=548)
WEEKEND = {6, 7}
SUBMISSION_KEY = re.compile(r"[A-Za-z0-9_-]{43}")


def new_submission_key() -> str:
    """256 random bits as 43 characters: one form shown once."""
    return secrets.token_urlsafe(32)


def submission_hash(submission_key: str, browser: str, content: str) -> str:
    """The digest (64 characters) by which the same form, sent twice, is known again.

    The same content sent twice from the same browser is one request. Another content, or another
    browser that got hold of the key, makes another one: what was changed is not lost, and nobody
    is led to another's request.
    """
    return salted_hmac(
        "visits.submission", f"{submission_key}.{browser}.{content}", algorithm="sha256"
    ).hexdigest()


class VisitRequestForm(forms.ModelForm):
    """All that a study-visit letter carries, asked for on one page."""

    innovations = forms.ModelMultipleChoiceField(
        label=_("Innovations you want to see"),
        queryset=Innovation.objects.none(),
        to_field_name="slug",
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Tick at least one."),
        error_messages={"required": _("Tick at least one innovation that you want to see.")},
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
    letter = forms.FileField(
        label=_("Letter of request"),
        help_text=_("Addressed to the mayor. PDF, or a photo as JPEG, PNG or WebP; up to 5 MB."),
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png,.webp"}),
        error_messages={
            "required": _("Attach your letter of request as PDF or photo."),
            "empty": _("The file is empty. Choose the letter once more."),
        },
    )
    consent = forms.BooleanField(
        label=_("I agree that the city keeps these data in order to handle the visit"),
        error_messages={
            "required": _("Without your agreement we may not keep the request. Tick the box.")
        },
    )
    submission_key = forms.CharField(widget=forms.HiddenInput, required=False)
    website = forms.CharField(
        label=_("Leave this field empty"),
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )

    required_fields = (
        "purpose",
        "head_name",
        "contact_name",
        "contact_phone",
        "contact_email",
        "wished_on",
    )

    class Meta:
        model = Visit
        fields = [
            "organisation",
            "organisation_kind",
            "unit",
            "purpose",
            "head_name",
            "head_position",
            "expected_participants",
            "wished_on",
            "alternative_on",
            "contact_name",
            "contact_phone",
            "contact_email",
            "letter",
        ]
        labels = {
            "wished_on": _("Date you wish"),
            "alternative_on": _("Another date that would do"),
            "head_name": _("Name of the head of delegation"),
            "head_position": _("Position of the head of delegation"),
            "contact_name": _("Name of the contact person"),
        }
        help_texts = {
            "organisation": _("The full name, as on your letterhead."),
            "unit": _("Directorate, division or training batch."),
            "purpose": _("What you want to learn, and what you plan to do with it."),
            "wished_on": _("Tomorrow or later. Offices are open Monday to Friday."),
            "contact_phone": _("For questions about this visit alone, such as 0812 3456 7890."),
            "contact_email": _("The answer can be sent there."),
        }
        widgets = {
            "organisation": forms.TextInput(attrs={"autocomplete": "organization"}),
            "purpose": forms.Textarea(attrs={"rows": 5}),
            "head_position": forms.TextInput(attrs={"autocomplete": "off"}),
            "head_name": forms.TextInput(attrs={"autocomplete": "off"}),
            "contact_name": forms.TextInput(attrs={"autocomplete": "name"}),
            "contact_phone": forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
            "contact_email": forms.EmailInput(attrs={"autocomplete": "email"}),
            "wished_on": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            "alternative_on": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        }
        error_messages = {
            "organisation": {"required": _("Write the name of your organisation.")},
            "organisation_kind": {"required": _("Choose what kind of organisation it is.")},
            "purpose": {"required": _("Write what you want to learn.")},
            "head_name": {"required": _("Write who leads the delegation.")},
            "contact_name": {"required": _("Write whom we may ask about the visit.")},
            "contact_phone": {"required": _("Write a telephone number for questions.")},
            "contact_email": {
                "required": _("Write an e-mail address for the answer."),
                "invalid": _("This is no e-mail address; it looks like nama@instansi.go.id."),
            },
            "wished_on": {
                "required": _("Choose the date you wish."),
                "invalid": _("Write the date as day/month/year, such as 24/08/2027."),
            },
            "alternative_on": {
                "invalid": _("Write the date as day/month/year, such as 24/08/2027.")
            },
        }

    # The order of the page: a legend and the fields beneath it.
    sections = (
        (_("What you want to see"), ("innovations", "purpose", "wished_on", "alternative_on")),
        (
            _("Your delegation"),
            (
                "organisation",
                "organisation_kind",
                "unit",
                "head_name",
                "head_position",
                "expected_participants",
            ),
        ),
        (_("Contact person"), ("contact_name", "contact_phone", "contact_email")),
        (_("Letter and agreement"), ("letter", "consent")),
    )
    field_order = [name for _legend, names in sections for name in names]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["innovations"].queryset = Innovation.objects.open_to_visitors()
        self.fields["innovations"].label_from_instance = _name_and_agency
        kinds = self.fields["organisation_kind"]
        kinds.choices = [
            ("", _("Choose the kind of organisation")),
            *Visit.OrganisationKind.choices,
        ]
        for name in self.required_fields:
            self.fields[name].required = True
        tomorrow = timezone.localdate() + timedelta(days=1)
        for name in ("wished_on", "alternative_on"):
            self.fields[name].widget.attrs["min"] = tomorrow.isoformat()
            self.fields[name].widget.attrs["max"] = self.last_day.isoformat()
        self.fields["submission_key"].initial = new_submission_key

    @property
    def last_day(self):
        """The last day that can be wished for."""
        return timezone.localdate() + MOST_AHEAD

    @property
    def fieldsets(self):
        """(legend, bound fields) of each section, in the order of the page."""
        return [(legend, [self[name] for name in names]) for legend, names in self.sections]

    @property
    def max_letter_bytes(self) -> int:
        return settings.MAX_LETTER_BYTES

    @property
    def lost_letter(self) -> bool:
        """Whether a letter was sent along that the browser will not send again by itself."""
        return self.is_bound and not self.is_valid() and "letter" in self.files

    def clean_wished_on(self):
        return self._future_date("wished_on")

    def clean_alternative_on(self):
        return self._future_date("alternative_on")

    def _future_date(self, name):
        date = self.cleaned_data[name]
        if date is None:
            return None
        if date <= timezone.localdate():
            raise forms.ValidationError(
                _("This date is past, or today. Choose tomorrow or a later day."), code="past"
            )
        if date > self.last_day:
            raise forms.ValidationError(
                _("This is too far ahead. Choose a day up to %(day)s."),
                code="too_far",
                params={"day": date_format(self.last_day)},
            )
        if date.isoweekday() in WEEKEND:
            raise forms.ValidationError(
                _("Offices are closed at the weekend. Choose a day from Monday to Friday."),
                code="weekend",
            )
        return date

    def clean_letter(self):
        return clean_letter(self.cleaned_data["letter"])

    def clean_submission_key(self):
        key = self.cleaned_data["submission_key"]
        return key if SUBMISSION_KEY.fullmatch(key) else new_submission_key()

    def clean_website(self):
        """People never see this field; what fills it is a program."""
        if self.cleaned_data["website"]:
            raise forms.ValidationError(_("Leave this field empty, then send the form again."))
        return ""

    def clean(self):
        super().clean()
        wished = self.cleaned_data.get("wished_on")
        if wished and wished == self.cleaned_data.get("alternative_on"):
            self.add_error(
                "alternative_on",
                forms.ValidationError(
                    _("This is the date you wish already. Choose another one, or leave it empty."),
                    code="same_date",
                ),
            )

    @property
    def content(self) -> str:
        """A digest of all that was sent, the letter's bytes included."""
        digest = hashlib.sha256()
        for name in sorted(self.cleaned_data):
            value = self.cleaned_data[name]
            if name == "letter":
                value.seek(0)
                value = hashlib.sha256(value.read()).hexdigest()
                self.cleaned_data[name].seek(0)
            elif name == "innovations":
                value = sorted(innovation.pk for innovation in value)
            digest.update(f"{name}={value!r}\0".encode())
        return digest.hexdigest()

    def submit(self, *, browser: str) -> str:
        """Store the request and return its private token; a repeated form stores nothing new.

        `browser` is what only the sender's browser knows, such as its CSRF secret.
        """
        visit = self.instance
        visit.submission_hash = submission_hash(
            self.cleaned_data["submission_key"], browser, self.content
        )
        visit.language = get_language()
        visit.consented_at = timezone.now()
        try:
            with transaction.atomic():
                visit.submit(innovations=self.cleaned_data["innovations"])
        except IntegrityError:
            # The file was written before the row was refused.
            visit.letter.delete(save=False)
            same = Visit.objects.filter(submission_hash=visit.submission_hash).first()
            if same is None:
                raise
            return same.private_token
        return visit.private_token


def _name_and_agency(innovation) -> str:
    return f"{innovation.name} ({innovation.agency.abbreviation})"
