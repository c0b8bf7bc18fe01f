"""Copies of papers for the delegation, and for each who came, behind their private links."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_safe

from visits.models import Paper, Participant
from visits.views.private import UnknownPass, private_page, visit_at


def pdf_response(content: bytes, name: str) -> HttpResponse:
    """A PDF to keep, which no cache and no search engine keeps too."""
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


def certificates_response(visit) -> HttpResponse:
    """All certificates of `visit` in one file. Raises Http404 where there is none."""
    certificates = list(visit.papers.certificates())
    if not certificates:
        raise Http404
    with override(visit.language):
        name = f"{visit.reference}-{_('certificates.pdf')}"
    return pdf_response(Paper.certificates_pdf(certificates), name)


@require_safe
@private_page
def of_delegation(request, token, code):
    """One paper of the visit whose private link this is."""
    paper = get_object_or_404(visit_at(token).papers.for_delegation(), code=code)
    return pdf_response(paper.pdf(), paper.file_name)


@require_safe
@private_page
def certificates_of_delegation(request, token):
    return certificates_response(visit_at(token))


@require_safe
@private_page
def certificate_of_participant(request, token):
    """The certificate of whoever holds this pass."""
    participant = Participant.objects.at_private_link(token).first()
    if participant is None:
        raise UnknownPass
    certificate = participant.papers.certificates().first()
    if certificate is None:
        raise Http404
    return pdf_response(certificate.pdf(), certificate.file_name)
