"""The sitemap: every public page in every language, in parts that stay small.

Written by hand: Django's framework finds and templates each address three times in each language,
which made a part of 500 pages the dearest answer that the portal gave.
"""

from django.conf import settings
from django.core.paginator import InvalidPage, Paginator
from django.db.models import Max
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import http_date
from django.utils.translation import override
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
# Pages in a part, each in every language.
LIMIT = 100
# In the place of a slug, to find the address of a kind of page once instead of for each.
SLUG = "any-slug-at-all"
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
NAMESPACES = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml"'


class PageSection:
    """Pages there is one of each."""

    def pages(self):
        """The pages in order, of which a part takes some."""
        return PAGES

    def entries(self, pages) -> list[tuple]:
        """The path of each page in each language, by language, and when it changed or None."""
        return [(in_every_language(page), None) for page in pages]

    def changed_at(self):
        return None


class RowSection:
    """Pages of rows under their slugs, in the order of `ordering`; `dated` where they say when."""

    def __init__(self, rows, view, *ordering, dated=True):
        self.rows, self.view, self.ordering, self.dated = rows, view, ordering, dated

    def pages(self):
        names = ["slug", "updated_at"] if self.dated else ["slug"]
        return self.rows().order_by(*self.ordering).values_list(*names)

    def entries(self, pages) -> list[tuple]:
        # Slugs need no quoting, neither in an address nor in XML.
        addresses = in_every_language(self.view, SLUG).items()
        return [
            (
                {language: path.replace(SLUG, slug) for language, path in addresses},
                changed[0] if changed else None,
            )
            for slug, *changed in pages
        ]

    def changed_at(self):
        if not self.dated:
            return None
        return self.rows().order_by().aggregate(newest=Max("updated_at"))["newest"]


def in_every_language(view, *args) -> dict[str, str]:
    """The paths of a page by language."""
    paths = {}
    for language, _name in settings.LANGUAGES:
        with override(language):
            paths[language] = reverse(view, args=args)
    return paths


# What staff publish comes in the order of that: an index skips what stands in earlier parts.
SECTIONS = {
    "pages": PageSection(),
    "innovations": RowSection(
        Innovation.objects.published, "innovations:detail", "published_at", "-pk"
    ),
    "agencies": RowSection(Agency.objects.all, "innovations:agency", "pk", dated=False),
    "visits": RowSection(Visit.objects.published, "visits:detail", "published_at", "pk"),
}


@require_safe
def index(request):
    """The list of the sitemap's parts."""
    lines = []
    for name, parts, changed_at in kept("sitemap", _parts):
        url = f"{settings.SITE_URL}{reverse('sitemap_section', args=[name])}"
        local = changed_at and timezone.localtime(changed_at).isoformat()
        stamp = f"<lastmod>{local}</lastmod>" if local else ""
        addresses = [url, *(f"{url}?p={number}" for number in range(2, parts + 1))]
        lines += [f"<sitemap><loc>{part}</loc>{stamp}</sitemap>\n" for part in addresses]
    return _xml("sitemapindex", lines)


@require_safe
def section(request, section):
    """A part of the sitemap: `?p=2` is the second of its section."""
    if section not in SECTIONS:
        raise Http404
    pages = Paginator(SECTIONS[section].pages(), LIMIT)
    try:
        part = pages.page(request.GET.get("p", 1))
    except InvalidPage as error:
        raise Http404 from error
    entries = SECTIONS[section].entries(part.object_list)
    response = _xml("urlset", [_entry(paths, changed) for paths, changed in entries])
    changes = [changed for _paths, changed in entries if changed]
    if changes:
        response["Last-Modified"] = http_date(max(changes).timestamp())
    return response


def _parts() -> list[tuple]:
    """The name, number of parts and last change of each section."""
    return [
        (name, Paginator(section.pages(), LIMIT).num_pages, section.changed_at())
        for name, section in SECTIONS.items()
    ]


def _entry(paths, changed) -> str:
    """A page as XML: under each of its addresses with all of its twins."""
    urls = {language: f"{settings.SITE_URL}{path}" for language, path in paths.items()}
    twins = {**urls, "x-default": urls[settings.LANGUAGE_CODE]}
    links = "".join(
        f'<xhtml:link rel="alternate" hreflang="{language}" href="{url}"/>'
        for language, url in twins.items()
    )
    day = f"<lastmod>{timezone.localdate(changed).isoformat()}</lastmod>" if changed else ""
    return "".join(f"<url><loc>{url}</loc>{day}{links}</url>\n" for url in urls.values())


def _xml(root, lines) -> HttpResponse:
    text = f"{DECLARATION}<{root} {NAMESPACES}>\n{''.join(lines)}</{root}>\n"
    headers = {"X-Robots-Tag": "noindex, noodp, noarchive"}
    return HttpResponse(text, content_type="application/xml", headers=headers)
