from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path
from django.utils.translation import gettext_lazy as _

from magelang_portal import media, views

urlpatterns = [
    path("admin/", admin.site.urls),
    path("healthz", views.health, name="health"),
    path("media/<path:path>", media.serve_upload, name="media"),
    path("robots.txt", views.robots, name="robots"),
    *i18n_patterns(
        path("", views.home, name="home"),
        path(_("about/"), views.about, name="about"),
        path("", include("innovations.urls")),
        path(_("visits/"), include("visits.urls")),
        prefix_default_language=False,
    ),
]
