from django import forms

from visits.forms.letter import LetterField


class NewVisitForm(forms.ModelForm):
    """A request that staff enter for a delegation, with the letter that it sent."""

    letter = LetterField(required=False)
