"""Public pages made once for all readers, but for the few places that are each reader's own.

`magelang_portal.page_cache` answers readers without a session before anything else is asked. This
serves those with one, a delegation that puts its visit together above all: the page is the same,
and only the places marked by the tag `own` are made for the reader.
"""

import functools
import json
import re

from django.conf import settings
from django.core.cache import cache
from django.http import HttpResponse, QueryDict
from django.template.loader import render_to_string

from magelang_portal.page_cache import keep, may_be_kept, public_key
from magelang_portal.public_state import state_of

# No text of ours has a NUL: forms and PostgreSQL refuse it.
PLACE = re.compile("\0([^\0]+)\0")


def public_page(*params: str):
    """Keep the page that a view makes for the public; only `params` of its query tell pages apart.

    Other parameters never reach the view, so that no page shows what another reader has typed
    into an address. Whoever is logged in gets a page of their own.
    """

    def decorate(view):
        @functools.wraps(view)
        def kept_view(request, *args, **kwargs):
            # Asked before anything is read: nothing old is ever kept as what came after it.
            state_of(request)
            if not settings.PAGE_CACHE or request.method != "GET" or is_logged_in(request):
                return view(request, *args, **kwargs)
            request.known_params = params
            request.GET = only(request.GET, params)
            key = f"body:{public_key(request, request.path, request.GET.urlencode())}"
            if (page := cache.get(key)) is None:
                response = make(view, request, *args, **kwargs)
                if not may_be_kept(response):
                    return filled(response, request)
                page = keep(key, response)
            return filled(page, request)

        return kept_view

    return decorate


def is_logged_in(request) -> bool:
    """Whether the reader is; without a session cookie no session is asked."""
    return settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated


def only(query, params):
    """The query with nothing but `params` in it, in one order."""
    kept = QueryDict(mutable=True)
    for name in sorted(query.keys() & set(params)):
        kept.setlist(name, query.getlist(name))
    return kept


def make(view, request, *args, **kwargs) -> HttpResponse:
    """The page with marks where the reader's own places are."""
    request.marks_own_places = True
    try:
        response = view(request, *args, **kwargs)
        return response.render() if hasattr(response, "render") else response
    finally:
        request.marks_own_places = False


def own_place(request, template: str, context: dict) -> str:
    """What stands at a reader's own place; a mark for it while the page is made for all."""
    if getattr(request, "marks_own_places", False):
        return f"\0{json.dumps([template, context])}\0"
    return render_to_string(template, context, request)


def filled(response, request) -> HttpResponse:
    """The page with the places of this reader filled in."""
    page = response.content.decode()
    if "\0" in page:
        response.content = PLACE.sub(
            lambda mark: render_to_string(*json.loads(mark[1]), request), page
        )
    return response
