"""Public pages for anonymous readers, made once and kept until anything public changes.

The state of all that is public (`magelang_portal.public_state`) is part of the key: a page made
before a change is never found after it, on no server that shares the database.
"""

import hashlib
import re
import time

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.cache import cache
from django.http import HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response

from magelang_portal.public_state import state_of
from magelang_portal.release import release

# Pages also tell of the hours that are left; so long may they be behind the clock.
SECONDS = 5 * 60
LARGEST = 256 * 1024
CONDITIONS = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_IF_UNMODIFIED_SINCE")


class PageCacheMiddleware:
    """Answer from the cache whoever has no session and no message waiting.

    A page is kept if it is a whole one, sets no cookie (each page with a form does) and forbids
    nobody to keep it. Browsers ask each time whether theirs is still the one: `304` is the answer.
    """

    def __init__(self, get_response):
        self.get_response = get_response
        # Asked at the start: later, the files may be those of the release to come.
        release()

    def __call__(self, request):
        response = self._answer(request)
        if request.method == "HEAD" and not response.streaming:
            # Servers that drop the body themselves complain about each.
            response.setdefault("Content-Length", str(len(response.content)))
            response.content = b""
        return response

    def _answer(self, request):
        if not is_anonymous(request):
            response = self.get_response(request)
            # Without a word on it, browsers would guess for how long a page stays right.
            response.setdefault("Cache-Control", "private, no-cache")
            return response
        if not settings.PAGE_CACHE:
            return self.get_response(request)
        request.get_host()  # refuses what is not ours; no page depends on it
        key, asked = key_of(request), request.GET.keys()
        response = cache.get(key)
        if response is None and request.method == "HEAD":
            return self.get_response(request)
        if response is None:
            # The whole page is wanted, whatever the reader has of it already.
            conditions = {name: request.META.pop(name, None) for name in CONDITIONS}
            response = self.get_response(request)
            request.META |= {name: value for name, value in conditions.items() if value}
            if not may_be_kept(response):
                response.setdefault("Cache-Control", "private, no-cache")
                return response
            response.setdefault("Cache-Control", "no-cache")
            # An address that asks for more than the page reads is one of endless many.
            if asked <= set(getattr(request, "known_params", ())):
                response = keep(key, response)
        return get_conditional_response(request, etag=response.get("ETag"), response=response)


def is_anonymous(request) -> bool:
    """Whether everybody who asks this would be answered the same."""
    return (
        request.method in {"GET", "HEAD"}
        and settings.SESSION_COOKIE_NAME not in request.COOKIES
        and CookieStorage.cookie_name not in request.COOKIES
    )


def key_of(request) -> str:
    """The key under which the answer to this request is kept."""
    # As Django's middleware asks it.
    packs = "gzip" if re.search(r"\bgzip\b", request.META.get("HTTP_ACCEPT_ENCODING", "")) else ""
    return f"page:{public_key(request, request.get_full_path(), packs)}"


def public_key(request, *parts: str) -> str:
    """A digest of `parts` and of what every public page depends on: code, data and day."""
    parts = (release(), state_of(request), str(timezone.localdate()), *parts)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def keep(key: str, response) -> HttpResponse:
    """Keep the answer under `key`, and return what is kept: a plain one, without what made it.

    It goes `SECONDS` after it was made, also where it was made of one that is kept itself.
    """
    now = time.time()
    plain = HttpResponse(response.content, headers=response.headers)
    plain.made_at = getattr(response, "made_at", now)
    cache.set(key, plain, SECONDS - (now - plain.made_at))
    return plain


def may_be_kept(response) -> bool:
    """Whether this answer is the same for everybody, and small enough to keep."""
    asked = response.get("Cache-Control", "")
    return (
        response.status_code == 200  # noqa: PLR2004
        and not response.streaming
        and not response.cookies
        and not any(word in asked for word in ("private", "no-store", "no-cache"))
        and len(response.content) <= LARGEST
    )
