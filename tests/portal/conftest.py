import json
import os
import subprocess
import sys

import pytest
from django.conf import settings as configured
from django_otp.plugins.otp_totp.models import TOTPDevice

from tests.factories import UserFactory
from tests.portal.second_factor import PAGE, enrol, log_in

# A developer's own .env would answer in place of the defaults.
PRELUDE = """
import environ, os
environ.Env.read_env = lambda *args, **kwargs: None
os.environ["DJANGO_SETTINGS_MODULE"] = "magelang_portal.settings"
"""
SHOW = '''
import json, sys
from magelang_portal import settings
names = """
    ALLOWED_HOSTS CACHES CONTENT_SECURITY_POLICY CSRF_TRUSTED_ORIGINS DATABASES DEBUG
    DEFAULT_FROM_EMAIL EMAIL_BACKEND EMAIL_FILE_PATH EMAIL_HOST EMAIL_HOST_PASSWORD
    EMAIL_HOST_USER EMAIL_PORT EMAIL_USE_TLS MEDIA_ROOT PAGE_CACHE SECOND_FACTOR_REQUIRED
    SECRET_KEY SESSION_ENGINE SHARED_CACHE
    SITE_URL STORAGES
""".split()
json.dump({name: getattr(settings, name, None) for name in names}, sys.stdout, default=str)
'''


@pytest.fixture
def kept_pages(settings):
    """Public pages are kept, as they are in production; the cache is empty to begin with."""
    settings.PAGE_CACHE = True


@pytest.fixture
def required(settings):
    settings.SECOND_FACTOR_REQUIRED = True


@pytest.fixture
def optional(settings):
    settings.SECOND_FACTOR_REQUIRED = False


@pytest.fixture
def slow_guessing(settings):
    """One wrong code closes a device for an hour: no test waits for it to open."""
    settings.OTP_TOTP_THROTTLE_FACTOR = settings.OTP_STATIC_THROTTLE_FACTOR = 3600


@pytest.fixture
def user():
    return UserFactory(username="siti", is_superuser=True)


@pytest.fixture
def enrolled(user):
    """The user's app and recovery codes."""
    return enrol(user)


@pytest.fixture
def enrolling(client, required, user):
    """A browser on the enrolment page, and the app that scanned its QR code."""
    log_in(client, user)
    client.get(PAGE)
    return client, TOTPDevice.objects.get(user=user)


@pytest.fixture
def start(tmp_path):
    """Run Python code in a process that knows nothing but PATH, DATA_DIR and `variables`."""

    def run(code, **variables):
        known = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path / "data")}
        return subprocess.run(  # noqa: S603 (our own code, in our own Python)
            [sys.executable, "-c", PRELUDE + code],
            cwd=configured.BASE_DIR,
            env=known | variables,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@pytest.fixture
def settings_of(start):
    """What some settings are in a process that knows nothing but `variables`."""

    def read(**variables):
        result = start(SHOW, **variables)
        assert result.stderr == ""
        return json.loads(result.stdout)

    return read
