from django import forms
from django.utils.translation import gettext_lazy as _


class EraseForm(forms.Form):
    """What a delegation confirms before its data go for good."""

    confirmed = forms.BooleanField(
        label=_("I want this data to be erased. It cannot be brought back."),
        error_messages={"required": _("Tick this box to have the data erased.")},
    )
