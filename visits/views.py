from django.contrib.auth.decorators import permission_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe
from django.views.generic import DetailView, ListView

from innovations.models import Innovation
from innovations.notes import Notes
from innovations.share_pictures import SharePicture
from magelang_portal.pagination import ForgivingPagination
from magelang_portal.rate_limits import REGISTRATIONS
from visits.forms import VisitRequestForm
from visits.letters import letter_response
from visits.models import Visit
from visits.structured_data import visit_breadcrumbs, visit_data, when


class VisitListView(ForgivingPagination, ListView):
    """Past visits, the newest first."""

    template_name = "visits/visit_list.html"
    context_object_name = "visits"
    paginate_by = 12

    def get_queryset(self):
        return Visit.objects.published().for_cards()

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs, totals=Visit.objects.published().totals())


class VisitDetailView(DetailView):
    """The public record of a visit."""

    template_name = "visits/visit_detail.html"
    context_object_name = "visit"

    def get_queryset(self):
        return Visit.objects.published().for_cards().prefetch_related("sources")

    def get_context_data(self, **kwargs):
        innovations = Innovation.objects.published().for_cards().filter(stops__visit=self.object)
        return super().get_context_data(
            **kwargs,
            notes=Notes(self.object.sources.all()),
            innovations=innovations.order_by("stops__position", "stops__pk"),
            structured_data=[*visit_data(self.object), visit_breadcrumbs(self.object)],
        )


@require_safe
def share_picture(request, slug):
    """The picture that stands beside a link to a past visit."""
    visit = get_object_or_404(Visit.objects.published(), slug=slug)
    line = when(visit)
    if visit.participants:
        people = ngettext("%(number)s person", "%(number)s persons", visit.participants)
        line += " · " + people % {"number": number_format(visit.participants)}
    picture = SharePicture(
        title=visit.organisation, line=line, owner=_("Innovation portal of Kota Magelang")
    )
    return picture.response(request)


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
