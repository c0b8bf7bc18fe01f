"""Files that machines look for at addresses everyone knows."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.http import Http404, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

VALID_DAYS = 180


@require_safe
def robots(request):
    """Keep robots out of the admin and of private links; the form to ask for a visit is public."""
    lines = ["User-agent: *", f"Disallow: {reverse('admin:index')}"]
    for language, _name in settings.LANGUAGES:
        with override(language):
            form = reverse("visits:register")
            private = reverse("visits:request", args=["-"]).removesuffix("-/")
        lines += [f"Disallow: {private}", f"Allow: {form}$"]
    lines.append(f"Sitemap: {settings.SITE_URL}{reverse('sitemap')}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain")


@require_safe
def security(request):
    """Where to report a weakness (RFC 9116); not there until staff have named a contact."""
    if not settings.SECURITY_CONTACT:
        raise Http404
    expires = datetime.now(UTC).date() + timedelta(days=VALID_DAYS)
    lines = [
        *(f"Contact: {contact}" for contact in settings.SECURITY_CONTACT),
        f"Expires: {expires.isoformat()}T00:00:00Z",
        f"Preferred-Languages: {', '.join(code for code, _name in settings.LANGUAGES)}",
        f"Canonical: {settings.SITE_URL}{reverse('security')}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
@cache_control(public=True, max_age=24 * 60 * 60)
def manifest(request):
    """What a telephone needs to put the portal on its home screen."""
    data = {
        "name": _("Innovation portal of Kota Magelang"),
        "short_name": _("Innovations"),
        "description": _(
            "Find a service, see what proves that it works, and come to learn from those who "
            "run it."
        ),
        "lang": get_language(),
        "dir": "ltr",
        "id": reverse("home"),
        "start_url": reverse("home"),
        "scope": "/",
        "display": "minimal-ui",
        "theme_color": "#0f3d33",
        "background_color": "#fbf8f2",
        "icons": [
            _icon("icon-192.png", "192x192"),
            _icon("icon-512.png", "512x512"),
            _icon("icon-maskable-512.png", "512x512", purpose="maskable"),
        ],
    }
    return JsonResponse(data, content_type="application/manifest+json")


def _icon(name, sizes, purpose="any"):
    return {"src": static(f"img/{name}"), "sizes": sizes, "type": "image/png", "purpose": purpose}
