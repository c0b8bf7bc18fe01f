from django import forms
from django.core import signing
from django.utils.translation import gettext_lazy as _

from visits.models import Participant
from visits.models.visit import MAX_PARTICIPANTS
from visits.participant_files import (
    COLUMN_LABELS,
    MAX_BYTES,
    ParticipantRow,
    clean_text,
    name_problem,
    read_participants,
    too_large,
)

SALT = "visits.participants"
# A preview that was left open for longer shows what nobody remembers.
PREVIEW_SECONDS = 24 * 60 * 60


class ParticipantForm(forms.ModelForm):
    """One participant, typed in."""

    class Meta:
        model = Participant
        fields = ["name", "institution", "job_title"]
        labels = {**COLUMN_LABELS, "name": _("Full name")}
        help_texts = {
            "name": _("As it shall stand on the pass and the certificate, with title or degree."),
        }
        error_messages = {"name": {"required": _("Write the name of the participant.")}}
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "off"}),
            "institution": forms.TextInput(attrs={"autocomplete": "organization"}),
            "job_title": forms.TextInput(attrs={"autocomplete": "off"}),
        }

    def clean_name(self):
        name = clean_text(self.cleaned_data["name"])
        if problem := name_problem(name):
            code, reason = problem
            raise forms.ValidationError(reason, code=code)
        return name

    def clean_institution(self):
        return clean_text(self.cleaned_data["institution"])

    def clean_job_title(self):
        return clean_text(self.cleaned_data["job_title"])


class ParticipantFileForm(forms.Form):
    """A list of participants as a file; what it holds is in `cleaned_data["file"]`."""

    file = forms.FileField(
        label=_("List of participants"),
        help_text=_(
            "An Excel workbook (.xlsx) or CSV file of up to 2 MB, with the columns Nama, Instansi "
            "and Jabatan."
        ),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
        allow_empty_file=True,
        error_messages={"required": _("Choose the file with the participants.")},
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise too_large(file.size)
        return read_participants(file.read())


class SaveListForm(forms.Form):
    """The list that was previewed, signed, so that what is saved is what was seen."""

    content = forms.CharField(widget=forms.HiddenInput)

    @classmethod
    def holding(cls, visit, rows) -> "SaveListForm":
        """The form that saves `rows` for `visit`, as long as its list stays as it is now."""
        content = {
            "visit": visit.pk,
            "mark": visit.list_mark,
            "rows": [(row.name, row.institution, row.job_title) for row in rows],
        }
        signed = signing.dumps(content, salt=SALT, compress=True)
        return cls(initial={"content": signed})

    def __init__(self, *args, visit=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.visit = visit

    def clean_content(self):
        """The dictionary that was signed, with `rows` as ParticipantRows."""
        try:
            content = signing.loads(
                self.cleaned_data["content"], salt=SALT, max_age=PREVIEW_SECONDS
            )
        except signing.BadSignature:
            content = {"visit": None}
        if content["visit"] != self.visit.pk:
            raise forms.ValidationError(
                _("This preview is too old. Choose the file once more."), code="old"
            )
        content["rows"] = [
            ParticipantRow(number, *texts) for number, texts in enumerate(content["rows"], start=1)
        ]
        return content


class PresenceForm(forms.Form):
    """A tap on the check-in page: for whom, and what is so now."""

    # Each is a method of the participant.
    MARKS = ("check_in", "undo_check_in", "check_out", "undo_check_out")

    participant = forms.ModelChoiceField(queryset=Participant.objects.none())
    mark = forms.ChoiceField(choices=[(name, name) for name in MARKS])

    def __init__(self, *args, visit, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["participant"].queryset = visit.attendees.all()


class GroupPresenceForm(forms.Form):
    """How many of a delegation are there, counted as a group."""

    number = forms.IntegerField(
        label=_("Persons present"),
        min_value=1,
        max_value=MAX_PARTICIPANTS,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "required": _("Write how many persons are there."),
            "invalid": _("Write the number of people in digits, such as 40."),
            "min_value": _("At least %(limit_value)s person comes."),
            "max_value": _("At most %(limit_value)s persons can be counted."),
        },
    )
    everyone = forms.BooleanField(
        label=_("Check in everyone on the list; I take back who is missing"), required=False
    )

    def __init__(self, *args, listed, **kwargs):
        super().__init__(*args, **kwargs)
        if not listed:
            del self.fields["everyone"]
