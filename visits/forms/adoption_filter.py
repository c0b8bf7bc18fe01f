from django import forms
from django.utils.translation import gettext_lazy as _

from visits.models import Adoption
from visits.provinces import Province


class AdoptionFilter(forms.Form):
    """Narrows the adoptions shown; what is not among the choices narrows nothing."""

    innovation = forms.ChoiceField(label=_("Innovation"), required=False)
    province = forms.ChoiceField(label=_("Province"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False)

    def __init__(self, *args, adoptions, **kwargs):
        super().__init__(*args, **kwargs)
        innovations = {each.innovation.slug: each.innovation.name for each in adoptions}
        states = {each.state for each in adoptions}
        provinces = {each.province for each in adoptions}
        self.fields["innovation"].choices = [
            ("", _("All innovations")),
            *sorted(innovations.items(), key=lambda choice: choice[1].casefold()),
        ]
        self.fields["province"].choices = [
            ("", _("All provinces")),
            *(choice for choice in Province.choices if choice[0] in provinces),
        ]
        self.fields["state"].choices = [
            ("", _("All states")),
            *(choice for choice in Adoption.State.choices if choice[0] in states),
        ]

    @property
    def chosen(self) -> dict[str, str]:
        """The filters in force, by name."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def wants(self, adoption: Adoption) -> bool:
        """Whether `adoption` is among what was asked for, whatever the innovation."""
        return all(
            getattr(adoption, name) == value
            for name, value in self.chosen.items()
            if name != "innovation"
        )
