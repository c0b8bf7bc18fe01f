from django.contrib import admin
from django.contrib.admin.widgets import AdminFileWidget
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from innovations.fields import PictureField
from visits.models import VisitSettings


class PrivatePictureInput(AdminFileWidget):
    """Says whether there is a picture without a link to it: no address leads to its file."""

    template_name = "admin/visits/private_picture.html"


@admin.register(VisitSettings)
class VisitSettingsAdmin(admin.ModelAdmin):
    """The one row of settings: the list leads straight to it."""

    formfield_overrides = {PictureField: {"widget": PrivatePictureInput}}
    fieldsets = [
        (
            _("Receiving visits"),
            {"fields": ["lead_days", "offer_hours", "keep_days", "notification_email"]},
        ),
        (
            _("Letterhead"),
            {
                "description": _(
                    "It stands on every programme, letter, list, certificate and report issued "
                    "from now on; papers issued before keep theirs. Lines may stay empty."
                ),
                "fields": [
                    "city_line",
                    "office_line",
                    "address",
                    ("phone", "email"),
                    "website",
                    "emblem",
                ],
            },
        ),
        (
            _("Signature and number"),
            {
                "description": _("Without a name, papers leave a line to sign on."),
                "fields": [
                    "signatory_name",
                    "signatory_position",
                    "signatory_id",
                    "seal_text",
                    "number_prefix",
                ],
            },
        ),
    ]

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_object(self, request, object_id, from_field=None):
        """The settings in force, which nobody may have saved yet."""
        return VisitSettings.load() if object_id == "1" else None

    def changelist_view(self, request, extra_context=None):
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        return HttpResponseRedirect(reverse("admin:visits_visitsettings_change", args=[1]))
