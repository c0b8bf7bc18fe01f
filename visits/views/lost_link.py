from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from magelang_portal.rate_limits import LOST_LINKS
from visits.forms.private import LostLinkForm


@require_http_methods(["GET", "HEAD", "POST"])
def lost_link(request):
    """Have private links sent again; the answer is the same for every address."""
    form = LostLinkForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        if LOST_LINKS.allows(request):
            form.send()
            text = _(
                "If there is a request with this e-mail address, its private link is on its way "
                "there. Look into the folder for unwanted mail, too."
            )
            messages.success(request, text)
            return redirect("visits:lost_link")
        form.add_error(
            None, _("Too many requests came from your connection. Try again in an hour.")
        )
    response = render(request, "visits/lost_link.html", {"form": form})
    if form.is_bound:
        # What was typed shall not lie in the cache of an office's shared computer.
        response["Cache-Control"] = "private, no-store"
    return response
