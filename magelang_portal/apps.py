from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    default = True
    name = "magelang_portal"
    verbose_name = _("Staff accounts")

    def ready(self):
        from magelang_portal import checks  # noqa: F401 (registers them)
        from magelang_portal.planner import learn_after_migrate
        from magelang_portal.public_state import watch_tables
        from magelang_portal.search import receivers

        post_migrate.connect(watch_tables, sender=self)
        post_migrate.connect(receivers.make_searchable, sender=self)
        post_migrate.connect(learn_after_migrate, sender=self)


class PortalAdminConfig(admin_apps.AdminConfig):
    default = False
    default_site = "magelang_portal.admin_site.PortalAdminSite"
