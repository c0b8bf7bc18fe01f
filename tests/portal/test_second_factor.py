import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from django.utils.http import urlencode
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from innovations.models import Innovation
from tests.factories import AgencyFactory, InnovationFactory, UserFactory, VisitFactory
from tests.portal.second_factor import (
    PAGE,
    code_of,
    enrol,
    error_codes,
    give_code,
    log_in,
    sees_admin,
    wrong_code,
)
from tests.staff import changelist, make_transition
from tests.visits.conftest import pdf_bytes

pytestmark = pytest.mark.django_db


@pytest.fixture
def protected():
    """Pages that only staff may see, each of which answers 200 to whoever may."""
    AgencyFactory()
    letter = ContentFile(pdf_bytes(), name="surat.pdf")
    autocomplete = {"app_label": "innovations", "model_name": "innovation", "field_name": "agency"}
    draft = InnovationFactory()
    return {
        "index": reverse("admin:index"),
        "list": changelist(Innovation),
        "autocomplete": f"{reverse('admin:autocomplete')}?{urlencode(autocomplete)}",
        "users": reverse("admin:magelang_portal_user_changelist"),
        "password change": reverse("admin:password_change"),
        "letter": reverse("visits:letter", args=[VisitFactory(letter=letter).reference]),
        "draft": draft.get_absolute_url(),
    }


def codes_of(client, pages):
    codes = {}
    for name, url in pages.items():
        response = client.get(url)
        codes[name] = response.status_code
        b"".join(response)  # a download is closed by whoever reads it to its end
    return codes


# Where it is asked for


def test_password_suffices_where_the_setting_is_off(client, optional, user, protected):
    response = log_in(client, user, following=protected["list"])
    assert response.url == protected["list"]
    assert codes_of(client, protected) == dict.fromkeys(protected, 200)


@pytest.mark.parametrize("state", ["enrolled already", "not enrolled"])
def test_password_alone_opens_no_page_where_the_setting_is_on(
    client, required, user, protected, state
):
    if state == "enrolled already":
        enrol(user)
    log_in(client, user)
    assert codes_of(client, protected) == dict.fromkeys(protected, 302) | {"draft": 404}
    answers = {client.get(url).get("Location", "") for url in protected.values()}
    assert {answer.partition("?")[0] for answer in answers} == {"", reverse("admin:login")}


def test_password_alone_changes_nothing_where_the_setting_is_on(client, required, user):
    draft = InnovationFactory()
    log_in(client, user)
    assert make_transition(client, "submit_for_review", draft).status_code == 302
    assert Innovation.objects.get().status == Innovation.Status.DRAFT


def test_login_leads_to_enrolment_and_remembers_where_to_go(client, required, user):
    response = log_in(client, user, following=changelist(Innovation))
    page = client.get(response.url, follow=True)
    assert page.redirect_chain[-1][0] == f"{PAGE}?{urlencode({'next': changelist(Innovation)})}"
    assert "secret" in page.context
    assert page.context["next"] == changelist(Innovation)


def test_who_has_enrolled_is_asked_even_where_the_setting_is_off(
    client, optional, user, enrolled, protected
):
    log_in(client, user)
    assert codes_of(client, protected) == dict.fromkeys(protected, 302) | {"draft": 404}
    device, _recovery = enrolled
    response = give_code(client, code_of(device), next=protected["list"])
    assert response.url == protected["list"]
    assert codes_of(client, protected) == dict.fromkeys(protected, 200)


def test_session_of_before_the_enrolment_is_asked_too(client, optional, user):
    log_in(client, user)
    assert sees_admin(client)
    enrol(user)
    assert not sees_admin(client)


def test_new_login_is_asked_anew(client, user, enrolled):
    device, _recovery = enrolled
    log_in(client, user)
    give_code(client, code_of(device))
    client.post(reverse("admin:logout"))
    log_in(client, user)
    assert not sees_admin(client)


@pytest.mark.parametrize("fields", [None, {"is_staff": False}, {"is_active": False}])
def test_page_is_for_staff_who_gave_their_password(client, fields):
    if fields is not None:
        client.force_login(UserFactory(**fields))
    for response in (client.get(PAGE), give_code(client, "123456")):
        assert response.url == f"{reverse('admin:login')}?next={PAGE}"
    assert not TOTPDevice.objects.exists()


# Being asked


def test_code_is_good_for_one_login(user, enrolled):
    device, _recovery = enrolled
    code = code_of(device)
    first, second = Client(), Client()
    log_in(first, user)
    log_in(second, user)
    give_code(first, code)
    assert error_codes(give_code(second, code)) == ["wrong"]
    assert (sees_admin(first), sees_admin(second)) == (True, False)


def test_recovery_code_is_good_for_one_login(user, enrolled):
    _device, recovery = enrolled
    first, second = Client(), Client()
    log_in(first, user)
    log_in(second, user)
    give_code(first, recovery[0].upper())
    assert error_codes(give_code(second, recovery[0])) == ["wrong"]
    assert (sees_admin(first), sees_admin(second)) == (True, False)
    assert first.get(PAGE).context["codes_left"] == 9


def test_wrong_code_comes_back_without_showing_the_secret(client, user, enrolled):
    device, _recovery = enrolled
    log_in(client, user)
    response = give_code(client, wrong_code(device))
    assert error_codes(response) == ["wrong"]
    assert "secret" not in response.context
    assert "qr-code" not in response.text
    assert not sees_admin(client)


def test_whoever_guesses_codes_is_slowed_down(client, user, enrolled, slow_guessing):
    device, _recovery = enrolled
    log_in(client, user)
    give_code(client, wrong_code(device))
    assert error_codes(give_code(client, code_of(device))) == ["throttled"]
    assert not sees_admin(client)
    device.refresh_from_db()
    device.throttle_reset()
    give_code(client, code_of(device))
    assert sees_admin(client)


def test_waiting_time_doubles_with_each_wrong_code(user, enrolled):
    device, _recovery = enrolled
    for _guess in range(3):
        device.throttling_failure_timestamp = None
        device.verify_token(wrong_code(device))
    failed_at = device.throttling_failure_timestamp
    locked_until = device.verify_is_allowed()[1]["locked_until"]
    assert (locked_until - failed_at).total_seconds() == 4


def test_other_browser_of_the_same_account_is_slowed_down_too(user, enrolled, slow_guessing):
    device, _recovery = enrolled
    first, second = Client(), Client()
    log_in(first, user)
    log_in(second, user)
    give_code(first, wrong_code(device))
    assert error_codes(give_code(second, code_of(device))) == ["throttled"]


def test_wrong_recovery_code_does_not_slow_the_app_down(client, user, enrolled, slow_guessing):
    device, recovery = enrolled
    log_in(client, user)
    assert error_codes(give_code(client, "aaaaaaaa")) == ["wrong"]
    assert error_codes(give_code(client, recovery[0])) == ["throttled"]
    give_code(client, code_of(device))
    assert sees_admin(client)


def test_wrong_code_of_the_app_does_not_slow_recovery_down(client, user, enrolled, slow_guessing):
    device, recovery = enrolled
    log_in(client, user)
    give_code(client, wrong_code(device))
    give_code(client, recovery[0])
    assert sees_admin(client)


def test_fellows_device_does_not_help(client, user, enrolled):
    fellow_device, fellow_recovery = enrol(UserFactory())
    log_in(client, user)
    assert error_codes(give_code(client, fellow_recovery[0])) == ["wrong"]
    assert error_codes(give_code(client, code_of(fellow_device))) == ["wrong"]
    session = client.session
    session["otp_device_id"] = fellow_device.persistent_id
    session.save()
    assert not sees_admin(client)
    assert StaticToken.objects.filter(token=fellow_recovery[0]).exists()


@pytest.mark.parametrize(
    ("wanted", "reached"),
    [
        (reverse("admin:password_change"), reverse("admin:password_change")),
        ("", reverse("admin:index")),
        ("https://pencuri.example/", reverse("admin:index")),
        ("//pencuri.example/", reverse("admin:index")),
        (r"\\pencuri.example", reverse("admin:index")),
        ("javascript:alert(1)", reverse("admin:index")),
    ],
)
def test_next_is_followed_on_this_host_alone(client, user, enrolled, wanted, reached):
    device, _recovery = enrolled
    log_in(client, user)
    page = client.get(PAGE, {"next": wanted})
    assert page.context["next"] == (wanted if reached == wanted else "")
    assert give_code(client, code_of(device), next=wanted).url == reached
