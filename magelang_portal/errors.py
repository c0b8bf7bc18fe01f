"""The pages a reader sees when something went wrong, each in the site's face and with a way on."""

from django.shortcuts import render
from django.views.decorators.csrf import requires_csrf_token


def bad_request(request, exception=None):
    return render(request, "400.html", status=400)


def permission_denied(request, exception=None):
    return render(request, "403.html", status=403)


def page_not_found(request, exception=None):
    return render(request, "404.html", status=404)


def server_error(request):
    # No request in the context: whatever broke may break the context processors too.
    return render(None, "500.html", status=500)


@requires_csrf_token
def csrf_failure(request, reason=""):
    return render(request, "403_csrf.html", status=403)


def request_too_large(request):
    return render(request, "413.html", status=413)
