from django.contrib.auth.decorators import permission_required
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from visits.letters import letter_response
from visits.models import Visit


@require_safe
def request_detail(request, token):
    """What a delegation sees of its own request, and nobody else without the link."""
    visit = get_object_or_404(Visit.objects.at_private_link(token).for_request_page())
    response = render(request, "visits/visit_request.html", {"visit": visit, "token": token})
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response


@require_safe
def request_letter(request, token):
    """The letter, for whoever holds the private link."""
    return letter_response(_with_letter(Visit.objects.at_private_link(token)))


@require_safe
@permission_required("visits.view_visit", raise_exception=True)
def staff_letter(request, reference):
    """The letter, for staff who handle visits; served inside the admin's own gate."""
    return letter_response(_with_letter(Visit.objects.filter(reference=reference)))


def _with_letter(visits):
    visit = get_object_or_404(visits)
    if not visit.letter:
        raise Http404
    return visit
