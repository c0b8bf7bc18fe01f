"""The year's figures, for staff who may see them: as a page with charts, and as a workbook."""

from django import forms
from django.contrib import admin
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from magelang_portal.public_state import kept
from visits.charts import column_chart, shares
from visits.figure_sheets import figures_xlsx
from visits.figures import Figures, figures_of, years

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _counted(request) -> tuple[Figures, list[int]]:
    """The figures of the year asked for, and the years that have some.

    Counted once until anything changes: a year of ten thousand visits takes most of a second.
    """
    year = YearForm(request.GET).value()
    name = f"year {year} {get_language()}"
    return kept(name, lambda: (figures_of(year), years()), request=request)


class YearForm(forms.Form):
    year = forms.IntegerField(min_value=2000, max_value=2100, required=False)

    def value(self) -> int:
        """The year asked for; this one where none was, or none that could be."""
        chosen = self.cleaned_data.get("year") if self.is_valid() else None
        return chosen or timezone.localdate().year


@require_safe
@permission_required("visits.see_figures", raise_exception=True)
def figures_page(request):
    figures, having_figures = _counted(request)
    by_visits = [
        (_("Province"), _("Visits by province"), figures.provinces),
        (_("Kind of organisation"), _("Visits by kind of organisation"), figures.kinds),
    ]
    context = {
        **admin.site.each_context(request),
        "title": _("Figures of %(year)s") % {"year": figures.year},
        "figures": figures,
        "years": having_figures,
        "requests_chart": column_chart(
            [(month.name[:3], (month.requests, month.visits)) for month in figures.months]
        ),
        "people_chart": column_chart(
            [(month.name[:3], (month.people,)) for month in figures.months]
        ),
        "origins": [
            (column, title, _with_shares(lines, "visits")) for column, title, lines in by_visits
        ],
        "most_wanted": _with_shares(figures.most_wanted, "requests"),
        "most_visited": _with_shares(figures.most_visited, "visits"),
    }
    return TemplateResponse(request, "admin/figures.html", context)


@require_safe
@permission_required("visits.see_figures", raise_exception=True)
def figures_workbook(request):
    figures, _years = _counted(request)
    response = HttpResponse(figures_xlsx(figures), content_type=XLSX)
    name = _("visit-figures-%(year)s.xlsx") % {"year": figures.year}
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


def _with_shares(lines, name):
    """Each line with the length of its bar, in hundredths of the longest."""
    return list(zip(lines, shares([getattr(line, name) for line in lines]), strict=True))
