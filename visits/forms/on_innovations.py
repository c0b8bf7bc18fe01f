from django import forms
from django.utils.translation import gettext_lazy as _

from innovations.models import Innovation


class FormOnInnovations(forms.Form):
    """Asks the same of each innovation of a visit, in a section of its own.

    A field named `state` in `fields_of` becomes `state_12` for the innovation with the key 12.
    """

    website = forms.CharField(
        label=_("Leave this field empty"),
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )

    def __init__(self, *args, innovations, **kwargs):
        super().__init__(*args, **kwargs)
        self.innovations = innovations
        for innovation in innovations:
            for name, field in self.fields_of(innovation).items():
                self.fields[f"{name}_{innovation.pk}"] = field

    def fields_of(self, innovation: Innovation) -> dict[str, forms.Field]:
        """What is asked of `innovation`, by name."""
        raise NotImplementedError

    @property
    def sections(self) -> list[tuple[Innovation, list[forms.BoundField]]]:
        """Each innovation with its fields, in the order of the itinerary."""
        return [
            (
                innovation,
                [self[name] for name in self.fields if name.endswith(f"_{innovation.pk}")],
            )
            for innovation in self.innovations
        ]

    def answers_on(self, innovation: Innovation) -> dict:
        """The cleaned answers on `innovation`, by name."""
        ending = f"_{innovation.pk}"
        return {
            name.removesuffix(ending): value
            for name, value in self.cleaned_data.items()
            if name.endswith(ending)
        }

    def clean_website(self):
        """People never see this field; what fills it is a program."""
        if self.cleaned_data["website"]:
            raise forms.ValidationError(_("Leave this field empty, then send the form again."))
        return ""
