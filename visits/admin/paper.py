from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from magelang_portal.long_lists import LongListAdmin
from magelang_portal.transitions import Transition, TransitionAdmin
from visits.admin.names import full_name
from visits.admin.read_only import ReadOnly
from visits.forms.papers import IssueForm, ReplyForm
from visits.models import Paper, Visit
from visits.views.papers import certificates_response, pdf_response


def papers_of(visit) -> str:
    """The papers of a visit, each with its copy, and what can be issued: for the visit's form."""
    # What is still to be answered has no papers: nothing to look for.
    papers = visit.papers.none() if visit.is_open else visit.papers.valid().drawable()
    standing = {}
    for paper in papers.but_certificates():
        standing.setdefault(paper.kind, paper)
    open_kinds = Paper.kinds_open_for(visit)
    rows = [
        {"kind": kind, "paper": standing.get(kind), "is_open": kind in open_kinds}
        for kind in Paper.Kind
    ]
    context = {
        "visit": visit,
        "rows": [row for row in rows if row["paper"] or row["is_open"]],
        "certificates": papers.certificates().count(),
    }
    return render_to_string("admin/visits/papers_of_visit.html", context)


@admin.register(Paper)
class PaperAdmin(ReadOnly, LongListAdmin, TransitionAdmin):
    """Every paper that was issued; a paper is never changed, only withdrawn."""

    list_display = [
        "number",
        "kind",
        "reference",
        "participant",
        "issued_at",
        "issuer",
        "holds",
    ]
    list_select_related = ["visit", "participant", "issued_by"]
    list_filter = [
        "kind",
        ("withdrawn_at", admin.EmptyFieldListFilter),
        ("erased_at", admin.EmptyFieldListFilter),
        "language",
    ]
    reference_path = "visit__reference"
    search_fields = ["number", "code", "visit__reference", "visit__organisation"]
    search_help_text = _("Number, code, reference or organisation.")
    date_hierarchy = "issued_at"
    fields = [
        ("kind", "number"),
        ("code", "check_link"),
        "copy_link",
        "visit",
        "participant",
        "language",
        ("issued_at", "issuer"),
        ("withdrawn_at", "erased_at"),
    ]
    transitions = (Transition("withdraw", _("Withdraw"), "issue_paper"),)

    def has_delete_permission(self, request, obj=None):
        return False

    def get_queryset(self, request):
        return super().get_queryset(request).defer("data")

    @admin.display(description=_("visit"), ordering="visit__reference")
    def reference(self, paper):
        return paper.visit.reference

    @admin.display(description=_("issued by"), ordering="issued_by")
    def issuer(self, paper):
        return full_name(paper.issued_by)

    @admin.display(description=_("holds"), boolean=True)
    def holds(self, paper):
        return paper.withdrawn_at is None

    @admin.display(description=_("copy"))
    def copy_link(self, paper):
        if paper.erased_at:
            return "–"
        url = reverse("admin:visits_paper_pdf", args=[paper.pk])
        return format_html('<a href="{}">{}</a>', url, _("Download the PDF"))

    @admin.display(description=_("public page"))
    def check_link(self, paper):
        return format_html(
            '<a href="{}">{}</a>', paper.get_absolute_url(), _("What anyone sees who checks it")
        )

    def get_urls(self):
        gate = self.admin_site.admin_view
        return [
            path("<int:pk>/pdf/", gate(self.pdf_view), name="visits_paper_pdf"),
            path(
                "certificates/<str:reference>/",
                gate(self.certificates_view),
                name="visits_paper_certificates",
            ),
            path(
                "issue/<str:reference>/<slug:kind>/",
                gate(self.issue_view),
                name="visits_paper_issue",
            ),
            *super().get_urls(),
        ]

    def pdf_view(self, request, pk):
        """A copy of any paper, withdrawn ones too."""
        self._ensure_view(request)
        paper = get_object_or_404(Paper.objects.drawable(), pk=pk)
        return pdf_response(paper.pdf(), paper.file_name)

    def certificates_view(self, request, reference):
        self._ensure_view(request)
        return certificates_response(get_object_or_404(Visit, reference=reference))

    def _ensure_view(self, request):
        if not self.has_view_permission(request):
            raise PermissionDenied

    def issue_view(self, request, reference, kind):
        """Ask whether to issue papers of `kind`, say what they lack, then issue what is new."""
        if not request.user.has_perm("visits.issue_paper"):
            raise PermissionDenied
        visit = get_object_or_404(Visit, reference=reference)
        if kind not in Paper.Kind:
            raise Http404
        label = _("Issue: %(kind)s") % {"kind": Paper.Kind(kind).label}
        asked = {"kind": kind, "objects": [visit]}
        if kind == Paper.Kind.REPLY:
            asked["initial"] = {"message": Paper.message_of(visit)}
        form = (ReplyForm if kind == Paper.Kind.REPLY else IssueForm)(
            request.POST or None, **asked
        )
        back = reverse("admin:visits_visit_change", args=[visit.pk])
        if request.method == "POST" and form.is_valid():
            try:
                issued = Paper.issue(visit, kind, by=request.user, **form.cleaned_data)
            except ValidationError as error:
                form.add_error(None, error)
            else:
                self._tell(request, issued)
                return HttpResponseRedirect(back)
        context = {
            **self.admin_site.each_context(request),
            "title": label,
            "opts": self.admin_site.get_model_admin(Visit).opts,
            "transition": {"label": label},
            "objects": [visit],
            "form": form,
            "changelist": back,
        }
        return TemplateResponse(request, "admin/transitions/confirm.html", context)

    def _tell(self, request, issued):
        for paper in issued:
            self.log_addition(request, paper, "")
        if issued:
            text = ngettext("%(count)d paper issued.", "%(count)d papers issued.", len(issued))
            self.message_user(request, text % {"count": len(issued)}, messages.SUCCESS)
        else:
            self.message_user(
                request,
                _("Nothing new: what was issued still says what is so, or nobody has come."),
                messages.WARNING,
            )
