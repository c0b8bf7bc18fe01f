"""What is held about a visit: handed out whole, erased on request, and the receipt of that."""

from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from visits.export import archive_response
from visits.forms.privacy import EraseForm
from visits.models import Visit
from visits.models.visit_erasure import KINDS_OF_DATA
from visits.views.private import private_page, visit_at


@require_safe
@private_page
def export(request, token):
    """All that is held about the visit, for whoever holds its private link."""
    return archive_response(visit_at(token), for_staff=False)


@require_safe
@permission_required("visits.view_visit", raise_exception=True)
def staff_export(request, reference):
    """The same for staff who handle visits; served inside the admin's own gate."""
    return archive_response(get_object_or_404(Visit, reference=reference), for_staff=True)


@require_http_methods(["GET", "HEAD", "POST"])
@private_page
def erase(request, token):
    """Ask once more, then erase; a visit still to come is told to cancel first."""
    visit = visit_at(token)
    if visit.erased_at:
        return redirect("visits:receipt", token)
    form = EraseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            visit.erase(actor="delegation")
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect("visits:receipt", token)
    context = {
        "visit": visit,
        "token": token,
        "form": form,
        "may_erase": "erase" in visit.open_transitions,
        "data": [(KINDS_OF_DATA[kind], count) for kind, count in visit.held_data().items()],
    }
    return render(request, "visits/request_erase.html", context)


@require_safe
@private_page
def receipt(request, token):
    """The receipt of an erasure, to read, print or keep."""
    visit = visit_at(token)
    event = visit.events.filter(what="erased").last()
    if not (visit.erased_at and event):
        raise Http404
    erased = event.details.get("erased", {})
    context = {
        "visit": visit,
        "token": token,
        "event": event,
        "erased": [
            (KINDS_OF_DATA[kind], erased[kind]) for kind in KINDS_OF_DATA if kind in erased
        ],
    }
    return render(request, "visits/request_receipt.html", context)
