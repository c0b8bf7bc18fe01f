"""Forms of the admin that notice where somebody else saved the same thing meanwhile."""

import hashlib

from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _


class LockedWhileSavedMixin:
    """Admin of what nobody else may change while a form of it is saved."""

    def get_object(self, request, object_id, from_field=None):
        """The object; locked and read anew where it is about to be saved."""
        obj = super().get_object(request, object_id, from_field)
        if obj and request.method == "POST" and transaction.get_connection().in_atomic_block:
            self.model.objects.select_for_update().get(pk=obj.pk)
            obj = super().get_object(request, object_id, from_field)
        return obj


class OpenedWithField(forms.CharField):
    """The digest of what a form showed when it was opened; no answer of anybody."""

    widget = forms.HiddenInput

    def has_changed(self, initial, data):
        return False


class MeanwhileForm(forms.ModelForm):
    """Refuses once what somebody else has changed since it was opened.

    Whoever saves again means it. No fieldset names `opened_with`: the template puts it in.
    """

    opened_with = OpenedWithField(required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            shown = repr([sorted(self.initial.items()), *self.rows()])
            self.initial["opened_with"] = hashlib.sha256(shown.encode()).hexdigest()

    def rows(self) -> list:
        """The values of the rows that the page shows below the form."""
        return []

    def clean(self):
        data = super().clean()
        opened, now = self.cleaned_data.get("opened_with"), self.initial.get("opened_with")
        if opened and now and opened != now:
            self.data = self.data.copy()
            self.data[self.add_prefix("opened_with")] = now
            labels = (str(self.fields[name].label) for name in self.changed_data)
            text = _(
                "Somebody else changed this after you had opened it. What you typed is kept "
                "below; it differs from what is stored in: %(fields)s. Compare the two in another "
                "tab; to store what stands here, save once more."
            )
            differ = ", ".join(labels) or _("rows of the tables")
            self.add_error(
                None, forms.ValidationError(text, code="meanwhile", params={"fields": differ})
            )
        return data
