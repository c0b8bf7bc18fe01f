import re

from django import forms
from django.utils.translation import gettext_lazy as _

from visits.models.visit import REFERENCE_ALPHABET

CODE = re.compile(f"([{REFERENCE_ALPHABET}]{{5}})([{REFERENCE_ALPHABET}]{{5}})")


def clean_code(typed: str) -> str | None:
    """The code of a paper as it is stored, however it was typed; None where it is none."""
    match = CODE.fullmatch(re.sub(r"[\s–—-]", "", typed).upper())
    return match and f"{match[1]}-{match[2]}"


class CodeForm(forms.Form):
    """Asks for the code that is printed on a paper."""

    code = forms.CharField(
        label=_("Code on the paper"),
        max_length=60,
        help_text=_("Ten letters and digits beside the QR code, such as 7F3KQ-9MWXA."),
        error_messages={"required": _("Type the code that is printed beside the QR code.")},
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )

    def clean_code(self):
        code = clean_code(self.cleaned_data["code"])
        if code is None:
            raise forms.ValidationError(
                _(
                    "This is no code of ours: one has ten letters and digits, without the letters "
                    "I and O and the digits 0 and 1. Compare it with the paper."
                ),
                code="no_code",
            )
        return code
