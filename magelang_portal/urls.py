from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path
from django.utils.translation import gettext_lazy as _

from innovations.views import share_picture as share_innovation
from magelang_portal import feeds, media, sitemaps, views, well_known
from magelang_portal.search.views import SearchView
from visits.views.public import share_picture as share_visit

handler500 = "magelang_portal.errors.server_error"

urlpatterns = [
    path("admin/", admin.site.urls),
    path("healthz", views.health, name="health"),
    path("media/<path:path>", media.serve_upload, name="media"),
    path("robots.txt", well_known.robots, name="robots"),
    path(".well-known/security.txt", well_known.security, name="security"),
    path("sitemap.xml", sitemaps.index, name="sitemap"),
    path("sitemap-<slug:section>.xml", sitemaps.section, name="sitemap_section"),
    *i18n_patterns(
        path("", views.home, name="home"),
        path(_("search/"), SearchView.as_view(), name="search"),
        path(_("about/"), views.about, name="about"),
        path(_("privacy/"), views.privacy, name="privacy"),
        path("", include("innovations.urls")),
        path("", include("visits.urls")),
        path("feeds/innovations.atom", feeds.InnovationFeed(), name="feed_of_innovations"),
        path("feeds/visits.atom", feeds.VisitFeed(), name="feed_of_visits"),
        path("share/portal.png", views.share_picture, name="share_portal"),
        path("share/innovations/<slug:slug>.png", share_innovation, name="share_innovation"),
        path("share/visits/<slug:slug>.png", share_visit, name="share_visit"),
        path("site.webmanifest", well_known.manifest, name="manifest"),
        prefix_default_language=False,
    ),
]
