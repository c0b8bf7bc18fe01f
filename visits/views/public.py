from django.shortcuts import get_object_or_404
from django.utils.decorators import method_decorator
from django.utils.formats import number_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe
from django.views.generic import DetailView, ListView

from innovations.models import Innovation
from innovations.notes import Notes
from innovations.share_pictures import SharePicture
from magelang_portal.pagination import ForgivingPagination
from magelang_portal.public_pages import public_page
from magelang_portal.public_state import kept
from visits.models import Visit
from visits.results import results_of
from visits.structured_data import visit_breadcrumbs, visit_data, when


@method_decorator(public_page("page"), name="dispatch")
class VisitListView(ForgivingPagination, ListView):
    """Past visits, the newest first."""

    template_name = "visits/visit_list.html"
    context_object_name = "visits"
    paginate_by = 12

    def get_queryset(self):
        return Visit.objects.published().for_cards()

    def get_paginator(self, *args, **kwargs):
        paginator = super().get_paginator(*args, **kwargs)
        paginator.count = self.totals["visits"]
        return paginator

    @cached_property
    def totals(self):
        return kept("visits", Visit.objects.published().totals, request=self.request)

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs, totals=self.totals)


@method_decorator(public_page(), name="dispatch")
class VisitDetailView(DetailView):
    """The public record of a visit."""

    template_name = "visits/visit_detail.html"
    context_object_name = "visit"

    def get_queryset(self):
        return Visit.objects.published().for_cards().prefetch_related("sources", "pictures")

    def get_context_data(self, **kwargs):
        seen = [stop.innovation_id for stop in self.object.shown_stops]
        innovations = Innovation.objects.for_cards().in_bulk(seen)
        return super().get_context_data(
            **kwargs,
            notes=Notes(self.object.sources.all()),
            innovations=[innovations[pk] for pk in dict.fromkeys(seen)],
            results=results_of(self.object),
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
