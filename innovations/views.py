from django.contrib import admin, messages
from django.db.models import prefetch_related_objects
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django.views.generic import DetailView, ListView
from django_filters.views import FilterView

from innovations.filters import CatalogueFilter
from innovations.forms import SuggestionForm
from innovations.models import Agency, Award, Innovation
from innovations.notes import Notes
from innovations.share_pictures import SharePicture
from innovations.structured_data import (
    agency_breadcrumbs,
    agency_data,
    innovation_breadcrumbs,
    innovation_data,
)
from magelang_portal.pagination import ForgivingPagination
from magelang_portal.public_pages import public_page
from magelang_portal.rate_limits import SUGGESTIONS
from magelang_portal.transitions import PRIMARY_KEY

RELATED = 3
SHOWN_OF_AGENCY, SHOWN_PARTNERED = 6, 3
SHOWN_VOICES = 20


@method_decorator(public_page("page", "as_typed", *CatalogueFilter.base_filters), name="dispatch")
class InnovationListView(ForgivingPagination, FilterView):
    """The catalogue."""

    filterset_class = CatalogueFilter
    template_name = "innovations/innovation_list.html"
    context_object_name = "innovations"
    paginate_by = 12
    strict = False

    def get_queryset(self):
        return Innovation.objects.published().for_cards()

    def get_paginator(self, queryset, per_page, **kwargs):
        paginator = super().get_paginator(queryset, per_page, **kwargs)
        paginator.count = self.filterset.total
        return paginator


@method_decorator(public_page("question"), name="dispatch")
class InnovationDetailView(DetailView):
    """One innovation; staff who may view drafts see theirs before the public does."""

    template_name = "innovations/innovation_detail.html"
    context_object_name = "innovation"

    def get_queryset(self):
        innovations = Innovation.objects.for_page()
        # The admin's own gate, so that a preview asks for the second factor too.
        if admin.site.has_permission(self.request) and self.request.user.has_perm(
            "innovations.view_innovation"
        ):
            return innovations
        return innovations.published()

    def get_context_data(self, **kwargs):
        related = list(
            Innovation.objects.published()
            .for_cards()
            .prefetch_related(None)
            .related_to(self.object)[:RELATED]
        )
        prefetch_related_objects([self.object, *related], "pictures")
        structured_data = [innovation_data(self.object), innovation_breadcrumbs(self.object)]
        return super().get_context_data(
            **kwargs,
            notes=Notes.of_innovation(self.object),
            related=related,
            **self._questions(),
            suggestions=self.object.suggestions.published()[:SHOWN_VOICES],
            structured_data=structured_data,
        )

    def _questions(self) -> dict:
        """The latest answered ones, and the one that the address asks for, which stands open."""
        answered = self.object.questions.published().exclude(answer="")
        questions = list(answered[:SHOWN_VOICES])
        asked = self.request.GET.get("question", "")
        asked = int(asked) if PRIMARY_KEY.fullmatch(asked) else None
        if asked and asked not in {each.pk for each in questions}:
            questions += answered.filter(pk=asked)
        return {"questions": questions, "asked": asked}

    def render_to_response(self, context, **kwargs):
        response = super().render_to_response(context, **kwargs)
        if not self.object.is_published:
            response["Cache-Control"] = "private, no-store"
        return response


@require_safe
def share_picture(request, slug):
    """The picture that stands beside a link to an innovation."""
    published = Innovation.objects.published().select_related("agency")
    innovation = get_object_or_404(published, slug=slug)
    picture = SharePicture(
        title=innovation.name,
        line=innovation.agency.text("name").value,
        owner=_("Innovation portal of Kota Magelang"),
    )
    return picture.response(request)


@require_http_methods(["GET", "HEAD", "POST"])
def suggest(request, slug):
    innovation = get_object_or_404(Innovation.objects.published(), slug=slug)
    form = SuggestionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if SUGGESTIONS.allows(request):
            form.instance.innovation = innovation
            form.instance.language = get_language()
            form.save()
            messages.success(
                request, _("Thank you. Staff read your suggestion before anyone else can see it.")
            )
            return redirect(innovation)
        form.add_error(
            None, _("Too many suggestions came from your connection. Try again in an hour.")
        )
    return render(
        request,
        "innovations/suggestion_create.html",
        {"innovation": innovation, "form": form},
    )


@method_decorator(public_page(), name="dispatch")
class AgencyListView(ListView):
    template_name = "innovations/agency_list.html"
    context_object_name = "agencies"

    def get_queryset(self):
        return Agency.objects.with_innovation_count().select_related("succeeded_by")


@method_decorator(public_page(), name="dispatch")
class AgencyDetailView(DetailView):
    template_name = "innovations/agency_detail.html"
    context_object_name = "agency"
    queryset = Agency.objects.select_related("succeeded_by").prefetch_related(
        "predecessors", "sources"
    )

    def get_context_data(self, **kwargs):
        innovations = Innovation.objects.published().for_cards()
        return super().get_context_data(
            **kwargs,
            notes=Notes(self.object.sources.all()),
            innovations=innovations.filter(agency=self.object)[:SHOWN_OF_AGENCY],
            partnered=innovations.filter(partner_agencies=self.object)[:SHOWN_PARTNERED],
            structured_data=[agency_data(self.object), agency_breadcrumbs(self.object)],
        )


@method_decorator(public_page("page", "award"), name="dispatch")
class AwardListView(ForgivingPagination, ListView):
    template_name = "innovations/award_list.html"
    context_object_name = "awards"
    paginate_by = 16

    def get_queryset(self):
        return Award.objects.published().select_related("innovation", "source")

    def page_asked_for(self):
        """Its number, or that of the page on which an award stands (`?award=slug`)."""
        number, award = super().page_asked_for(), self.request.GET.get("award")
        if number or not award:
            return number
        slugs = list(Award.objects.published().values_list("slug", flat=True))
        return slugs.index(award) // self.paginate_by + 1 if award in slugs else number

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs, notes=Notes([]))
