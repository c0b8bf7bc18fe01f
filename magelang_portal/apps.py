from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    default = True
    name = "magelang_portal"
    verbose_name = _("Staff accounts")

    def ready(self):
        from magelang_portal import checks  # noqa: F401 (registers them)


class PortalAdminConfig(admin_apps.AdminConfig):
    default = False
    default_site = "magelang_portal.admin_site.PortalAdminSite"
