from django import forms
from django.utils.translation import gettext_lazy as _

from innovations.models import Suggestion


class SuggestionForm(forms.ModelForm):
    """A resident's suggestion: one text, no name."""

    website = forms.CharField(
        label=_("Leave this field empty"),
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )

    class Meta:
        model = Suggestion
        fields = ["text"]
        labels = {"text": _("Your suggestion")}
        help_texts = {
            "text": _(
                "What should be better, and where did you notice it? Up to 2,000 characters. "
                "Please write no names, telephone numbers or addresses."
            )
        }
        widgets = {"text": forms.Textarea(attrs={"rows": 6})}
        error_messages = {
            "text": {"required": _("Write what you would like to see changed, then send it.")}
        }

    def clean_website(self):
        """People never see this field; what fills it is a program."""
        if self.cleaned_data["website"]:
            raise forms.ValidationError(_("Leave this field empty, then send the form again."))
        return ""
