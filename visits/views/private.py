"""What a delegation sees and does behind its private link, and who gets the letter."""

from functools import wraps

from django.contrib.auth.decorators import permission_required
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from visits.letters import letter_response
from visits.models import Visit, VisitSettings


class UnknownLink(Http404):
    """The link opens nothing: mistyped, cut off, or revoked."""

    template = "visits/request_unknown.html"


class UnknownPass(UnknownLink):
    """The link of somebody who comes along opens nothing, or no longer."""

    template = "visits/pass_unknown.html"


def private_page(view):
    """Has no browser keep, no search engine list and no other site learn what `view` answers.

    Not `no-referrer`: under it a browser sends forms with the origin `null`, which Django refuses.
    """

    @wraps(view)
    def private_view(request, *args, **kwargs):
        try:
            response = view(request, *args, **kwargs)
        except UnknownLink as unknown:
            response = render(request, unknown.template, status=404)
        response["Cache-Control"] = "private, no-store"
        response["Referrer-Policy"] = "strict-origin"
        response["X-Robots-Tag"] = "noindex"
        return response

    return private_view


def visit_at(token, visits=None) -> Visit:
    """The visit whose private link ends in `token`, out of `visits`; raises UnknownLink.

    Every view behind the link calls it first, and is a `private_page`.
    """
    visits = Visit.objects.all() if visits is None else visits
    visit = visits.at_private_link(token).first()
    if visit is None:
        raise UnknownLink
    return visit


@require_safe
@private_page
def request_detail(request, token):
    """What a delegation sees of its own request, and nobody else without the link."""
    visit = visit_at(token, Visit.objects.for_request_page())
    context = {"visit": visit, "token": token, "office": VisitSettings.load()}
    return render(request, "visits/visit_request.html", context)


@require_safe
@private_page
def request_letter(request, token):
    """The letter, for whoever holds the private link."""
    return letter_response(visit_at(token))


@require_safe
@permission_required("visits.view_visit", raise_exception=True)
def staff_letter(request, reference):
    """The letter, for staff who handle visits; served inside the admin's own gate."""
    return letter_response(get_object_or_404(Visit, reference=reference))
