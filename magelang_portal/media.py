"""Public uploads, served by the portal itself where no proxy does."""

from django.conf import settings
from django.views.decorators.http import require_safe
from django.views.static import serve


@require_safe
def serve_upload(request, path):
    """The upload at `path`; its name is random and its content never changes."""
    response = serve(request, path, document_root=settings.MEDIA_ROOT)
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    if path.endswith(".pdf"):
        response["Content-Disposition"] = "attachment"
    return response
