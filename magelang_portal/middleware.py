from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import Http404
from django.shortcuts import render

CHUNK = 64 * 1024


class NoNulMiddleware:
    """Nothing has an address with a NUL in it: PostgreSQL cannot even be asked for one.

    What is typed into forms they refuse themselves; addresses and filters reach queries as they
    are.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if "\0" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            raise Http404
        return self.get_response(request)


class RequestSizeMiddleware:
    """Answer a request that is too large with a page instead of a broken connection.

    A browser shows our answer only once it has sent its own data, so up to four times the limit
    is read and thrown away; whoever sends more is cut off.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        stated = request.META.get("CONTENT_LENGTH") or "0"
        if not (stated.isascii() and stated.isdecimal()):
            raise BadRequest("Content-Length is no number.")
        length = int(stated)
        if length <= settings.MAX_REQUEST_BYTES:
            return self.get_response(request)
        left = min(length, 4 * settings.MAX_REQUEST_BYTES)
        while left > 0 and (chunk := request.read(min(CHUNK, left))):
            left -= len(chunk)
        return render(request, "413.html", status=413)
