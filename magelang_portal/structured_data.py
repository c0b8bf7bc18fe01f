"""The portal in schema.org's words, and what all that is described so has in common."""

from urllib.parse import urljoin

from django.conf import settings
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import get_language
from django.utils.translation import gettext as _

CONTEXT = {"@context": "https://schema.org"}
CITY = {"@type": "GovernmentOrganization", "name": "Pemerintah Kota Magelang"}


def absolute(url: str) -> str:
    """`url`, which may be a path on this portal, as other sites know it."""
    return urljoin(settings.SITE_URL, url)


def without_empty(data: dict) -> dict:
    """`data` without what is empty or unknown."""
    return {key: value for key, value in data.items() if value}


def breadcrumbs(*steps: tuple[str, str], here: str) -> dict:
    """The way to a page as its breadcrumbs show it: name and path of each step, then the page."""
    items = [{"name": name, "item": absolute(path)} for name, path in steps]
    return {
        **CONTEXT,
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": position, **item}
            for position, item in enumerate([*items, {"name": here}], start=1)
        ],
    }


def page_with_sources(path: str, sources, *, changed_at=None) -> dict:
    """The page at `path`, as main entity's page, with the sources that it cites.

    In schema.org a page can cite; a service, an organisation and an event cannot.
    """
    citations = {source.pk: _citation(source) for source in sources}
    return without_empty(
        {
            "@type": "WebPage",
            "@id": absolute(path),
            "inLanguage": get_language(),
            "dateModified": changed_at and localdate(changed_at).isoformat(),
            "citation": list(citations.values()),
        }
    )


def _citation(source) -> dict:
    publisher = source.publisher and {"@type": "Organization", "name": source.publisher}
    return without_empty(
        {
            "@type": "CreativeWork",
            "name": source.title,
            "url": source.url,
            "publisher": publisher,
            "datePublished": source.published_on,
        }
    )


def portal_data() -> dict:
    """The portal itself, with its search."""
    return {
        **CONTEXT,
        "@type": "WebSite",
        "name": _("Innovation portal of Kota Magelang"),
        "url": absolute(reverse("home")),
        "inLanguage": get_language(),
        "publisher": CITY,
        "potentialAction": {
            "@type": "SearchAction",
            "target": {
                "@type": "EntryPoint",
                "urlTemplate": f"{absolute(reverse('innovations:list'))}?q={{q}}",
            },
            "query-input": "required name=q",
        },
    }
