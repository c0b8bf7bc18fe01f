"""What was adopted: the delegation tells it at its private link, the public sees the chain."""

from itertools import groupby

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from magelang_portal.structured_data import breadcrumbs
from visits.family_tree import grow, prune
from visits.forms.adoption import AdoptionForm
from visits.forms.adoption_filter import AdoptionFilter
from visits.guests import shown_innovations
from visits.models import Adoption
from visits.province_map import draw_map
from visits.views.private import private_page, visit_at
from visits.views.private_actions import may_change


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


@require_safe
def adoption_list(request):
    """Every confirmed adoption: figures, map, and a family tree for each innovation."""
    adoptions = list(Adoption.objects.confirmed().for_tree())
    form = AdoptionFilter(request.GET, adoptions=adoptions)
    slug = form.chosen.get("innovation")
    of_innovation = [
        (innovation, prune(grow(group), form.wants))
        for innovation, group in groupby(adoptions, key=lambda each: each.innovation)
        if slug in {None, innovation.slug}
    ]
    trees = [(innovation, tree) for innovation, tree in of_innovation if tree]
    shown = [adoption for _innovation, tree in trees for adoption in tree.adoptions]
    return render(
        request,
        "visits/adoption_list.html",
        {
            "form": form,
            "trees": trees,
            "map": draw_map(shown),
            "figures": {
                "adoptions": len(shown),
                "organisations": len({adoption.organisation for adoption in shown}),
                "provinces": len({adoption.province for adoption in shown} - {""}),
                "running": sum(each.state == Adoption.State.RUNNING for each in shown),
            },
            "is_empty": not adoptions,
            "structured_data": [
                breadcrumbs((_("Home"), reverse("home")), here=_("Adoptions")),
            ],
        },
    )
