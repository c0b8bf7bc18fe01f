from django import forms

from visits.letters import clean_letter


class NewVisitForm(forms.ModelForm):
    """A request that staff enter for a delegation, with the letter that it sent."""

    def clean_letter(self):
        letter = self.cleaned_data.get("letter")
        return clean_letter(letter) if letter else letter
