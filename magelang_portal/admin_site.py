from django.contrib import admin
from django.utils.translation import gettext_lazy as _


class PortalAdminSite(admin.AdminSite):
    """The admin, in the city's words."""

    site_header = _("Innovation portal of Kota Magelang")
    site_title = _("Innovation portal")
    index_title = _("Work")
