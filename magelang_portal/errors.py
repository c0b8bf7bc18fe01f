"""What a reader sees when something fails that no page of ours has foreseen."""

import sys
from http import HTTPStatus

from csp.utils import build_policy
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.template import loader
from django.utils.translation import get_language_from_request, override
from django.views import defaults

from magelang_portal.store_away import store_errors

RETRY_SECONDS = 30


def server_error(request) -> HttpResponse:
    """The page for an error; where database or store do not answer it says so, with status 503.

    It asks nothing of the database itself.
    """
    error = sys.exception()
    if isinstance(error, (InterfaceError, OperationalError)):
        template = "503.html"
    elif isinstance(error, store_errors()):
        template = "503_store.html"
    else:
        return defaults.server_error(request)
    # It may have failed before anybody looked which language the address asks for.
    with override(get_language_from_request(request, check_path=True)):
        page = loader.get_template(template).render()
    return HttpResponse(
        page,
        status=HTTPStatus.SERVICE_UNAVAILABLE,
        # It may also have failed outside of what sets the last two for every page.
        headers={
            "Retry-After": str(RETRY_SECONDS),
            "Content-Security-Policy": build_policy(),
            "X-Frame-Options": settings.X_FRAME_OPTIONS,
        },
    )
