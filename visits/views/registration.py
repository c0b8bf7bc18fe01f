from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from magelang_portal.rate_limits import REGISTRATIONS
from visits.forms.request import VisitRequestForm


@require_http_methods(["GET", "HEAD", "POST"])
def register(request):
    """Ask for a visit; `?innovation=<slug>` ticks what brought the reader here."""
    if request.method == "POST":
        form = VisitRequestForm(request.POST, request.FILES)
        if form.is_valid():
            if REGISTRATIONS.allows(request):
                token = form.submit(browser=request.META.get("CSRF_COOKIE", ""))
                return redirect("visits:request", token=token)
            form.add_error(
                None, _("Too many requests came from your connection. Try again in an hour.")
            )
    else:
        form = VisitRequestForm(initial={"innovations": request.GET.getlist("innovation")})
    response = render(request, "visits/visit_create.html", {"form": form})
    if form.is_bound:
        # What was typed shall not lie in the cache of an office's shared computer.
        response["Cache-Control"] = "private, no-store"
    return response
