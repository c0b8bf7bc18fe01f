from django import forms
from django.utils.translation import gettext_lazy as _

from visits.models import Visit


class StepForm(forms.ModelForm):
    """One step of a registration: some of a visit's fields, and a trap for programs.

    `answers` in the session hold what was typed into it, valid or not.
    """

    website = forms.CharField(
        label=_("Leave this field empty"),
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )

    required_fields: tuple[str, ...] = ()

    class Meta:
        model = Visit
        fields: list[str] = []

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in self.required_fields:
            self.fields[name].required = True

    @property
    def shown(self) -> list:
        """The bound fields that people see, in the order of the page."""
        return [field for field in self if field.name != "website"]

    def clean_website(self):
        """People never see this field; what fills it is a program."""
        if self.cleaned_data["website"]:
            raise forms.ValidationError(_("Leave this field empty, then send the form again."))
        return ""

    def visit_values(self) -> dict:
        """What this step says of the visit, as arguments of `Visit`."""
        return {name: self.cleaned_data[name] for name in self._meta.fields}
