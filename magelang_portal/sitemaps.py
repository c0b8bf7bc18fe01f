"""The sitemap: every public page in every language, in parts that stay small."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps.views import SitemapIndexItem, x_robots_tag
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from innovations.models import Agency, Innovation
from visits.models import Visit

PAGES = (
    "home",
    "innovations:list",
    "innovations:agency_list",
    "innovations:award_list",
    "visits:list",
    "visits:calendar",
    "visits:register",
    "visits:verify_any",
    "visits:adoptions",
    "about",
    "privacy",
)


class PortalSitemap(Sitemap):
    """Pages whose address is that of `SITE_URL`, whatever host was asked."""

    i18n = alternates = x_default = True
    limit = 5000

    def get_protocol(self, protocol=None):
        return urlsplit(settings.SITE_URL).scheme

    def get_domain(self, site=None):
        return urlsplit(settings.SITE_URL).netloc


class PageSitemap(PortalSitemap):
    def items(self):
        return PAGES

    def location(self, item):
        return reverse(item)


class InnovationSitemap(PortalSitemap):
    def items(self):
        return Innovation.objects.published().only("slug", "updated_at").order_by("pk")

    def lastmod(self, item):
        return item.updated_at


class AgencySitemap(PortalSitemap):
    def items(self):
        return Agency.objects.only("slug").order_by("pk")


class VisitSitemap(PortalSitemap):
    def items(self):
        return Visit.objects.published().only("slug", "updated_at").order_by("pk")

    def lastmod(self, item):
        return item.updated_at


SITEMAPS = {
    "pages": PageSitemap,
    "innovations": InnovationSitemap,
    "agencies": AgencySitemap,
    "visits": VisitSitemap,
}


@require_safe
@x_robots_tag
def index(request):
    """The list of the sitemap's parts; Django's own would take the host from the request."""
    parts = []
    for section, sitemap_class in SITEMAPS.items():
        sitemap = sitemap_class()
        url = f"{settings.SITE_URL}{reverse('sitemap_section', args=[section])}"
        parts += [
            SitemapIndexItem(url if page == 1 else f"{url}?p={page}", sitemap.get_latest_lastmod())
            for page in sitemap.paginator.page_range
        ]
    return TemplateResponse(
        request, "sitemap_index.xml", {"sitemaps": parts}, content_type="application/xml"
    )
