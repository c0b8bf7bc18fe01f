from django import forms
from django.utils.translation import gettext_lazy as _

from visits.forms.request import ContactForm, OrganisationForm
from visits.models import Visit
from visits.models.visit_at_link import CORRECTABLE

STEPS = (OrganisationForm.Meta, ContactForm.Meta)


def _as_in_registration(name) -> dict:
    """What the steps of the registration say of the fields that can be corrected."""
    said = {}
    for step in STEPS:
        said |= getattr(step, name)
    return {field: each for field, each in said.items() if field in CORRECTABLE}


class CorrectionForm(forms.ModelForm):
    """What a delegation told of itself, to be put right; what was told may not become empty."""

    class Meta:
        model = Visit
        fields = CORRECTABLE
        labels = _as_in_registration("labels")
        help_texts = _as_in_registration("help_texts") | {
            "contact_email": _(
                "If you change it, the private link is sent to the new address at once."
            ),
            "purpose": _("What you want to learn, and what you plan to do with it."),
        }
        widgets = _as_in_registration("widgets") | {"purpose": forms.Textarea(attrs={"rows": 4})}
        error_messages = _as_in_registration("error_messages") | {
            "purpose": {"required": _("Write what you want to learn.")}
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in {*OrganisationForm.required_fields, *ContactForm.required_fields, "purpose"}:
            self.fields[name].required = bool(getattr(self.instance, name))
