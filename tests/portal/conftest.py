import pytest
from django_otp.plugins.otp_totp.models import TOTPDevice

from tests.factories import UserFactory
from tests.portal.second_factor import PAGE, enrol, log_in


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
