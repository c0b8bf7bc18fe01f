from functools import partial

from django.conf import settings
from django.utils.functional import SimpleLazyObject

from magelang_portal.public_state import state_of


def site(request):
    """What every template may need.

    `site_url` is the portal's own address, without a slash at its end; `public_state` changes
    with whatever the public sees, for parts of pages that Django's tag `cache` keeps.
    """
    return {
        "site_url": settings.SITE_URL,
        "public_state": SimpleLazyObject(partial(state_of, request)),
    }
