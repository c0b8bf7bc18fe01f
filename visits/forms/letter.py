from django import forms
from django.utils.translation import gettext_lazy as _

from magelang_portal.store_away import check_store_takes_files
from visits.letters import clean_letter


class LetterField(forms.FileField):
    """A delegation's letter, as `clean_letter` lets it in; None where none was sent."""

    widget = forms.FileInput
    default_error_messages = {
        "required": _("Attach your letter of request as PDF or photo."),
        "empty": _("The file is empty. Choose the letter once more."),
    }

    def __init__(self, **kwargs):
        kwargs.setdefault("label", _("Letter of request"))
        kwargs.setdefault(
            "help_text",
            _("Addressed to the mayor. PDF, or a photo as JPEG, PNG or WebP; up to 5 MB."),
        )
        super().__init__(**kwargs)

    def widget_attrs(self, widget):
        return super().widget_attrs(widget) | {"accept": ".pdf,.jpg,.jpeg,.png,.webp"}

    def to_python(self, data):
        letter = super().to_python(data)
        if not letter:
            return None
        letter = clean_letter(letter)
        check_store_takes_files()
        return letter
