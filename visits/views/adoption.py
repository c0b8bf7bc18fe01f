"""What was adopted: the delegation tells it at its private link, the public sees the chain."""

from itertools import groupby

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from innovations.models import Innovation
from magelang_portal.pagination import NearerEndPaginator
from magelang_portal.public_pages import public_page
from magelang_portal.public_state import kept
from magelang_portal.structured_data import breadcrumbs
from visits.family_tree import grow, prune
from visits.forms.adoption import AdoptionForm
from visits.forms.adoption_filter import AdoptionFilter
from visits.guests import shown_innovations
from visits.models import Adoption
from visits.province_map import draw_places
from visits.views.private import private_page, visit_at
from visits.views.private_actions import may_change

# Innovations whose trees stand on one page.
TREES = 10


@require_http_methods(["GET", "HEAD", "POST"])
@private_page
def tell_adoption(request, token):
    """Ask a delegation what it has adopted; it may answer again whenever something changes."""
    visit = visit_at(token)
    context = {"visit": visit, "token": token}
    innovations = shown_innovations(visit)
    if not visit.has_begun or not innovations:
        return render(request, "visits/adoption_closed.html", context)
    form = AdoptionForm(request.POST or None, visit=visit, innovations=innovations)
    if request.method == "POST" and may_change(request, form):
        if form.save():
            text = _("Thank you. Once staff have confirmed it, it stands in the family tree.")
        else:
            text = _("Thank you. Nothing new to add: come back whenever something changes.")
        messages.success(request, text)
        return redirect("visits:request", token=token)
    return render(request, "visits/adoption_tell.html", context | {"form": form})


@public_page("page", "innovation", "province", "state")
@require_safe
def adoption_list(request):
    """Confirmed adoptions: figures and a map of all, and family trees, some innovations a page."""
    confirmed = Adoption.objects.confirmed()
    overview = kept("adoptions", confirmed.overview, request=request)
    form = AdoptionFilter(request.GET.dict(), places=overview["places"])
    is_empty = not overview["places"]
    adoptions = form.narrow(confirmed)
    if "innovation" in form.chosen:
        overview = adoptions.overview()
    elif form.chosen:
        overview = kept(
            "-".join(["adoptions", *form.chosen.values()]), adoptions.overview, request=request
        )
    places = overview["places"]
    adopted = adoptions.order_by().filter(innovation=OuterRef("pk"))
    pages = NearerEndPaginator(
        Innovation.objects.published().filter(Exists(adopted)).order_by("name", "pk"), TREES
    )
    pages.count = overview["innovations"]
    page = pages.get_page(request.GET.get("page"))
    shown = confirmed.filter(innovation__in=list(page)).for_tree()
    trees = [
        (innovation, prune(grow(group), form.wants))
        for innovation, group in groupby(shown, key=lambda each: each.innovation)
    ]
    return render(
        request,
        "visits/adoption_list.html",
        {
            "form": form,
            "trees": trees,
            "page_obj": page,
            "map": draw_places(places),
            "figures": {
                "adoptions": sum(places.values()),
                "organisations": overview["organisations"],
                "provinces": len({province for province, state in places} - {""}),
                "running": sum(
                    number
                    for (province, state), number in places.items()
                    if state == Adoption.State.RUNNING
                ),
            },
            "is_empty": is_empty,
            "structured_data": [
                breadcrumbs((_("Home"), reverse("home")), here=_("Adoptions")),
            ],
        },
    )
