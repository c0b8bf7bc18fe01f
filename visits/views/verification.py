"""Whether a paper is genuine: for anyone who holds it, shown from the record itself."""

from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from magelang_portal.rate_limits import VERIFICATIONS
from visits.documents.checking import printed_on
from visits.forms.verification import CodeForm, clean_code
from visits.models import Paper


@require_safe
def ask(request):
    """Where a code is typed in, by whoever has no camera at hand."""
    form = CodeForm(request.GET if "code" in request.GET else None)
    if form.is_valid():
        return redirect("visits:verify", form.cleaned_data["code"])
    return render(request, "visits/paper_verify.html", {"form": form})


@require_safe
def verify(request, code):
    """What is printed on the paper of this code, so that it can be compared.

    A withdrawn paper, and one of which the names are erased, say so and show no more than what
    they were. Whoever tries many codes that do not exist is held back.
    """
    stored = clean_code(code)
    papers = Paper.objects.select_related("visit")
    paper = papers.filter(code=stored).first() if stored else None
    if paper is None:
        return _unknown(request, code)
    shown = None if paper.withdrawn_at or paper.erased_at else printed_on(paper)
    context = {"paper": paper, "shown": shown, "form": CodeForm()}
    return _unkept(render(request, "visits/paper_verify.html", context))


def _unknown(request, code):
    allowed = VERIFICATIONS.allows(request)
    context = {"code": code if allowed else "", "form": CodeForm(), "held_back": not allowed}
    status = 404 if allowed else 429
    return _unkept(render(request, "visits/paper_verify.html", context, status=status))


def _unkept(response):
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    return response
