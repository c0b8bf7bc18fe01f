"""The least that Django can answer: one view, no middleware, no database. What pages are held to.

Served by gunicorn as `benchmarks.bare`, beside the portal and with the same workers.
"""

from django.conf import settings
from django.core.management.utils import get_random_secret_key
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import path


def hello(request):
    return HttpResponse("<!doctype html><title>Halo</title><h1>Halo</h1>")


urlpatterns = [path("", hello)]
settings.configure(
    ALLOWED_HOSTS=["127.0.0.1", "localhost"],
    ROOT_URLCONF=__name__,
    MIDDLEWARE=[],
    SECRET_KEY=get_random_secret_key(),
)
application = get_wsgi_application()
