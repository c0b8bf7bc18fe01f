from django import forms
from django.utils.translation import gettext_lazy as _

from innovations.models import Innovation
from visits.models import Adoption
from visits.provinces import Province


class AdoptionFilter(forms.Form):
    """Narrows the adoptions shown; what is not among the choices narrows nothing."""

    innovation = forms.CharField(
        label=_("Innovation"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"placeholder": _("All innovations"), "type": "search"}),
    )
    province = forms.ChoiceField(label=_("Province"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False)

    def __init__(self, *args, places, **kwargs):
        """`places` are the provinces and states that there are (`AdoptionQuerySet.overview`)."""
        super().__init__(*args, **kwargs)
        provinces = {province for province, _state in places}
        states = {state for _province, state in places}
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

    def narrow(self, adoptions):
        """Those of `adoptions` that are asked for; of an innovation by its key or in its name.

        Where an address gave the key, the field shows the name instead.
        """
        chosen = dict(self.chosen)
        if text := chosen.pop("innovation", ""):
            innovation = Innovation.objects.published().filter(slug=text).first()
            if innovation:
                chosen["innovation"] = innovation
                self.data = self.data | {"innovation": innovation.name}
            else:
                chosen["innovation__name__icontains"] = text
        return adoptions.filter(**chosen)
