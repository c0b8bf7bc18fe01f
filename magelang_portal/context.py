from django.conf import settings


def site(request):
    """`site_url`: the portal's own address, without a slash at its end."""
    return {"site_url": settings.SITE_URL}
