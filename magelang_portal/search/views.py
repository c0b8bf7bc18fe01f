from django import forms
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import ListView

from magelang_portal.pagination import ForgivingPagination
from magelang_portal.public_pages import public_page
from magelang_portal.search.entries import Kind
from magelang_portal.search.query import LONGEST_TEXT, Query
from magelang_portal.search.results import Results, understand


class SearchForm(forms.Form):
    """What the address asks for: the words, and the kind of things, or all kinds."""

    q = forms.CharField(
        label=_("What are you looking for?"),
        required=False,
        max_length=LONGEST_TEXT,
        error_messages={
            "max_length": _("Write a few words instead: at most %(limit_value)d characters.")
        },
    )
    kind = forms.ChoiceField(choices=[("", ""), *Kind.choices], required=False)
    as_typed = forms.BooleanField(required=False)


@method_decorator(public_page("q", "kind", "as_typed", "page"), name="dispatch")
class SearchView(ForgivingPagination, ListView):
    """One list of whatever the portal shows, the most relevant first."""

    template_name = "search.html"
    context_object_name = "results"
    paginate_by = 20

    @cached_property
    def form(self) -> SearchForm:
        form = SearchForm(self.request.GET)
        form.is_valid()
        return form

    @cached_property
    def found(self) -> Results:
        asked = self.form.cleaned_data
        as_typed = asked.get("as_typed", False)
        query = understand(asked.get("q", ""), as_typed=as_typed, request=self.request)
        kind = asked.get("kind")
        return Results(query, Kind(kind) if kind else None, request=self.request)

    def get_queryset(self):
        return self.found

    def get_context_data(self, **kwargs):
        typed = self.form.cleaned_data.get("q", "")
        return super().get_context_data(
            **kwargs,
            form=self.form,
            found=self.found,
            typed=typed,
            has_words=bool(Query.parse(typed)),
        )
