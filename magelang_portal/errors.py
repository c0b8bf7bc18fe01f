"""What a reader sees when something fails that no page of ours has foreseen."""

import sys
from http import HTTPStatus

from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.template import loader
from django.utils.translation import get_language_from_request, override
from django.views import defaults

RETRY_SECONDS = 30


def server_error(request) -> HttpResponse:
    """The page for an error; where the database does not answer it says so, with status 503.

    It asks nothing of the database itself.
    """
    if not isinstance(sys.exception(), (InterfaceError, OperationalError)):
        return defaults.server_error(request)
    # It may have failed before anybody looked which language the address asks for.
    with override(get_language_from_request(request, check_path=True)):
        page = loader.get_template("503.html").render()
    return HttpResponse(
        page,
        status=HTTPStatus.SERVICE_UNAVAILABLE,
        headers={"Retry-After": str(RETRY_SECONDS)},
    )
