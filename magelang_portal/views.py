from django.conf import settings
from django.db import connection
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from innovations.models import Agency, Award, Innovation, Source
from visits.models import Visit

FEATURED = 6


@require_safe
def home(request):
    published = Innovation.objects.published()
    return render(
        request,
        "home.html",
        {
            "featured": published.for_cards().order_by("-featured", "-published_at", "name")[
                :FEATURED
            ],
            "figures": {
                "innovations": published.count(),
                "agencies": Agency.objects.with_published_innovations().count(),
                "awards": Award.objects.published().won().count(),
                **Visit.objects.published().totals(),
            },
        },
    )


@require_safe
def about(request):
    sources = Source.objects.filter(
        Q(pk__in=Source.objects.cited_in_public())
        | Q(pk__in=Visit.objects.published().values("sources"))
    )
    return render(request, "about.html", {"sources": sources})


@require_safe
def health(request):
    """Answer 200 once the database answers; for the proxy and for supervision."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")


@require_safe
def robots(request):
    lines = ["User-agent: *", "Disallow: /admin/", f"# {settings.SITE_URL}"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain")
