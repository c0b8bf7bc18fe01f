from urllib.parse import urljoin

from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from visits.itinerary import MOST_STOPS, Itinerary, keep_slugs, kept_slugs
from visits.registration import Draft
from visits.views.private import private_page


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@private_page
def itinerary(request):
    """The reader's own itinerary; with `?i=<slug>,<slug>` one that somebody shares.

    The button that adds to it stands on public pages, which set no cookie and so carry no token:
    a form is believed, too, where the browser says that it stands on a page of ours.
    """
    if request.method == "POST":
        return _change(request) if _is_ours(request) else csrf_protect(_change)(request)
    own = kept_slugs(request)
    shared = request.GET.get("i", "").split(",") if "i" in request.GET else own
    plan = Itinerary.of_slugs(shared)
    draft = Draft(request)
    people = draft.said("expected_participants")
    return render(
        request,
        "visits/itinerary.html",
        {
            "itinerary": plan,
            "is_own": plan.slugs == own or "i" not in request.GET,
            "own_number": len(own),
            "warnings": [
                message
                for error in (
                    *plan.clashes(),
                    *plan.too_many(people),
                    *plan.not_spoken(draft.said("language")),
                )
                for message in error.messages
            ],
            "most": MOST_STOPS,
            "share_url": urljoin(settings.SITE_URL, f"{reverse('visits:itinerary')}?{plan.query}"),
        },
    )


def _is_ours(request) -> bool:
    """Whether the browser says that the form stands on a page of this portal."""
    here = f"{request.scheme}://{request.get_host()}"
    return request.headers.get("Origin") in {here, *settings.CSRF_TRUSTED_ORIGINS}


def _change(request):
    """Add, remove or move one innovation, or take over a whole itinerary; then show it."""
    slugs, posted = kept_slugs(request), request.POST
    if slug := posted.get("add"):
        _add(request, slugs, slug)
    elif slug := posted.get("remove"):
        keep_slugs(request, [each for each in slugs if each != slug])
    elif slug := posted.get("earlier"):
        _move(request, slugs, slug, -1)
    elif slug := posted.get("later"):
        _move(request, slugs, slug, 1)
    elif "use" in posted:
        plan = Itinerary.of_slugs(posted["use"].split(","))
        keep_slugs(request, plan.slugs[:MOST_STOPS])
        messages.success(request, _("This itinerary is yours now. Change it as you like."))
    return redirect("visits:itinerary")


def _add(request, slugs, slug):
    (added,) = Itinerary.of_slugs([slug]).innovations or [None]
    if added is None:
        messages.error(request, _("This innovation cannot be visited, or no longer."))
    elif slug in slugs:
        messages.info(request, _("“%(name)s” is in your visit already.") % {"name": added.name})
    elif len(slugs) >= MOST_STOPS:
        messages.error(
            request,
            _("One visit has room for %(most)s innovations. Take one out, then add “%(name)s”.")
            % {"most": MOST_STOPS, "name": added.name},
        )
    else:
        keep_slugs(request, [*slugs, slug])
        messages.success(request, _("“%(name)s” is in your visit.") % {"name": added.name})


def _move(request, slugs, slug, step):
    if slug in slugs:
        moved, place = [each for each in slugs if each != slug], slugs.index(slug) + step
        keep_slugs(request, [*moved[: max(0, place)], slug, *moved[max(0, place) :]])
