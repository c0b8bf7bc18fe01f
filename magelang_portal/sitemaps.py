"""The sitemap: every public page in every language, in parts that stay small."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps.views import SitemapIndexItem, x_robots_tag
from django.core.paginator import Paginator
from django.db.models import Max
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from innovations.models import Agency, Innovation
from magelang_portal.public_state import kept
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


class TwinPaginator(Paginator):
    """Items by parts, and each in every language; Django's takes all there are for each part."""

    def page(self, number):
        page = super().page(number)
        page.object_list = [
            (item, language) for item in page.object_list for language, _name in settings.LANGUAGES
        ]
        return page


class PortalSitemap(Sitemap):
    """Pages whose address is that of `SITE_URL`, whatever host was asked."""

    i18n = alternates = x_default = True
    # Pages in a part, each in both languages.
    limit = 500

    @property
    def paginator(self):
        return TwinPaginator(self.items(), self.limit)

    def get_protocol(self, protocol=None):
        return urlsplit(settings.SITE_URL).scheme

    def get_domain(self, site=None):
        return urlsplit(settings.SITE_URL).netloc


class PageSitemap(PortalSitemap):
    def items(self):
        return PAGES

    def location(self, item):
        return reverse(item)


class PublishedSitemap(PortalSitemap):
    """What staff publish, in the order of that: an index skips what stands in earlier parts."""

    def get_latest_lastmod(self):
        # Django's would read every page of the section for each of its parts.
        return self.items().order_by().aggregate(newest=Max("updated_at"))["newest"]


class InnovationSitemap(PublishedSitemap):
    def items(self):
        published = Innovation.objects.published().only("slug", "updated_at")
        return published.order_by("published_at", "-pk")

    def lastmod(self, item):
        return item.updated_at


class AgencySitemap(PortalSitemap):
    def items(self):
        return Agency.objects.only("slug").order_by("pk")


class VisitSitemap(PublishedSitemap):
    def items(self):
        published = Visit.objects.published().only("slug", "updated_at")
        return published.order_by("published_at", "pk")

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
    for section, number, changed_at in kept("sitemap", _parts):
        url = f"{settings.SITE_URL}{reverse('sitemap_section', args=[section])}"
        parts.append(SitemapIndexItem(url if number == 1 else f"{url}?p={number}", changed_at))
    return TemplateResponse(
        request, "sitemap_index.xml", {"sitemaps": parts}, content_type="application/xml"
    )


def _parts() -> list[tuple]:
    """The section, number and last change of each part."""
    parts = []
    for section, sitemap_class in SITEMAPS.items():
        sitemap = sitemap_class()
        changed_at = sitemap.get_latest_lastmod()
        parts += [(section, number, changed_at) for number in sitemap.paginator.page_range]
    return parts
