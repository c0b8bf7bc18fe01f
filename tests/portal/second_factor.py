"""An authenticator app, and a browser in which someone types its codes."""

import time

from django.test import Client
from django.urls import reverse
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from magelang_portal.second_factor import make_recovery_codes
from tests.factories import PASSWORD

PAGE = reverse("admin:second_factor")


def _tokens(device, around):
    """What the app shows now, and in the half minutes `around` it."""
    app = TOTP(device.bin_key, device.step, device.t0, device.digits)
    for step in around:
        app.time = time.time() + step * device.step
        yield f"{app.token():06}"


def code_of(device):
    """What the app shows now."""
    return next(_tokens(device, [0]))


def wrong_code(device):
    """Six digits that the app shows neither now nor soon."""
    right = set(_tokens(device, range(-10, 11)))
    return next(code for code in map("{:06}".format, range(100)) if code not in right)


def enrol(user):
    """The user's app and recovery codes, as if set up some time ago."""
    return TOTPDevice.objects.create(user=user, name="app"), make_recovery_codes(user)


def log_in(client, user, *, password=PASSWORD, following="", **extra):
    """Give the password on the login page."""
    url = reverse("admin:login")
    data = {"username": user.username, "password": password, "next": following}
    return client.post(url, data, **extra)


def give_code(client, code, **data):
    return client.post(PAGE, {"code": code} | data)


def verified_browser(user, device):
    client = Client()
    log_in(client, user)
    give_code(client, code_of(device))
    return client


def sees_admin(client):
    return client.get(reverse("admin:index")).status_code == 200


def error_codes(response):
    return [error.code for error in response.context["form"].errors.as_data()["code"]]
