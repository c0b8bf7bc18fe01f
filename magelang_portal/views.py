from django.conf import settings
from django.core.paginator import Paginator
from django.db import connection
from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from innovations.models import Agency, Award, Innovation, Source
from innovations.share_pictures import SharePicture
from magelang_portal.public_pages import public_page
from magelang_portal.public_state import kept
from magelang_portal.structured_data import portal_data
from visits.models import Adoption, Visit, VisitSettings

FEATURED, LATEST = 6, 3
SOURCES_SHOWN = 50


@public_page()
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
            "visits": Visit.objects.published().for_cards()[:LATEST],
            "figures": kept("home", _figures, request=request),
            "structured_data": [portal_data()],
        },
    )


def _figures() -> dict[str, int]:
    """How much of everything is public."""
    return {
        "innovations": Innovation.objects.published().count(),
        "agencies": Agency.objects.with_published_innovations().count(),
        "awards": Award.objects.published().won().count(),
        **Visit.objects.published().totals(),
        "adoptions": Adoption.objects.confirmed().count(),
    }


@public_page("page")
@require_safe
def about(request):
    pages = Paginator(kept("sources", _sources, request=request), SOURCES_SHOWN)
    page = pages.get_page(request.GET.get("page"))
    sources = Source.objects.filter(pk__in=page.object_list).order_by("title", "pk")
    return render(request, "about.html", {"page_obj": page, "sources": sources})


def _sources() -> list[int]:
    """Keys of the sources of what the public can see, by title."""
    of_visits = Visit.sources.through.objects.filter(
        source=OuterRef("pk"), visit__published_at__isnull=False
    )
    cited = Source.objects.cited_in_public().filter(pk=OuterRef("pk"))
    sources = Source.objects.filter(Exists(cited) | Exists(of_visits))
    return list(sources.order_by("title", "pk").values_list("pk", flat=True))


@public_page()
@require_safe
def privacy(request):
    """What is asked of whom and when it goes; the contact as far as staff have filled it in."""
    context = {"office": VisitSettings.load(), "login_days": settings.LOGIN_LOG_DAYS}
    return render(request, "privacy.html", context)


@never_cache
@require_safe
def health(request):
    """Answer 200 once the database answers; for the proxy and for supervision."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")


@require_safe
def share_picture(request):
    """The picture that stands beside a link to any page that has none of its own."""
    picture = SharePicture(
        title=_("Innovations of Kota Magelang"),
        line=_(
            "Find a service, see what proves that it works, and come to learn from those who "
            "run it."
        ),
        owner=_("Innovation portal of Kota Magelang"),
    )
    return picture.response(request)
