"""Setting the second factor up, and changing it later."""

import base64
import re

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from innovations.models import Innovation
from tests.portal.second_factor import (
    PAGE,
    code_of,
    error_codes,
    give_code,
    log_in,
    sees_admin,
    verified_browser,
    wrong_code,
)
from tests.staff import changelist

pytestmark = pytest.mark.django_db


def test_enrolment_shows_the_secret_as_qr_code_and_as_text(enrolling):
    client, device = enrolling
    response = client.get(PAGE)
    assert re.search(r'<div class="qr-code"[^>]*>\s*<svg [^>]*>', response.text)
    secret = response.context["secret"]
    assert base64.b32decode(secret.replace(" ", "")) == device.bin_key
    assert f'<code class="secret">{secret}</code>' in response.text
    assert "no-store" in response["Cache-Control"]


def test_enrolment_keeps_its_secret_when_the_page_is_opened_again(enrolling):
    client, device = enrolling
    first = client.get(PAGE).context["secret"]
    assert client.get(PAGE).context["secret"] == first
    assert TOTPDevice.objects.get() == device


def test_right_code_confirms_the_app_and_shows_ten_recovery_codes_once(enrolling, user):
    client, device = enrolling
    response = give_code(client, code_of(device))
    shown = response.context["codes"]
    assert [len(code) for code in shown] == [8] * 10
    assert len(set(shown)) == 10
    assert [f"<code>{code}</code>" in response.text for code in shown] == [True] * 10
    assert "no-store" in response["Cache-Control"]
    device.refresh_from_db()
    assert device.confirmed
    assert set(StaticToken.objects.values_list("token", flat=True)) == set(shown)
    assert sees_admin(client)
    later = client.get(PAGE)
    assert later.context["codes_left"] == 10
    assert [code for code in shown if code in later.text] == []


@pytest.mark.parametrize("typed", ["", "{wrong}", "12345", "enam angka", "0" * 21, "²²²²²²"])
def test_wrong_code_confirms_nothing_and_comes_back_with_an_error(enrolling, typed):
    client, device = enrolling
    response = give_code(client, typed.format(wrong=wrong_code(device)))
    expected = {"": ["required"], "0" * 21: ["max_length"]}
    assert error_codes(response) == expected.get(typed, ["wrong"])
    assert response.context["secret"]
    device.refresh_from_db()
    assert not device.confirmed
    assert not StaticToken.objects.exists()
    assert not sees_admin(client)


def test_code_may_be_typed_with_a_space_as_the_app_shows_it(enrolling):
    client, device = enrolling
    code = code_of(device)
    give_code(client, f" {code[:3]} {code[3:]} ")
    assert sees_admin(client)


def test_app_that_was_never_confirmed_asks_nobody(client, optional, user):
    log_in(client, user)
    client.get(PAGE)
    assert TOTPDevice.objects.get().confirmed is False
    assert sees_admin(client)


def test_enrolling_is_slowed_down_for_who_guesses(enrolling, slow_guessing):
    client, device = enrolling
    give_code(client, wrong_code(device))
    assert error_codes(give_code(client, code_of(device))) == ["throttled"]
    assert not sees_admin(client)


def test_link_below_the_recovery_codes_stays_on_this_host(enrolling):
    client, device = enrolling
    response = give_code(client, code_of(device), next="https://pencuri.example/")
    assert response.context["next"] == reverse("admin:index")
    assert "pencuri.example" not in response.text


# Managing it


def test_new_recovery_codes_replace_the_old(user, enrolled):
    device, old = enrolled
    client = verified_browser(user, device)
    new = client.post(PAGE, {"action": "codes"}).context["codes"]
    assert set(StaticToken.objects.values_list("token", flat=True)) == set(new)
    other = Client()
    log_in(other, user)
    assert error_codes(give_code(other, old[0])) == ["wrong"]
    StaticToken.objects.get(token=new[0]).device.throttle_reset()
    give_code(other, new[0])
    assert sees_admin(other)


def test_new_codes_keep_in_who_came_in_with_an_old_one(client, user, enrolled):
    _device, recovery = enrolled
    log_in(client, user)
    give_code(client, recovery[0])
    client.post(PAGE, {"action": "codes"})
    assert sees_admin(client)


def test_code_sent_twice_leaves_the_recovery_codes_alone(user, enrolled):
    device, recovery = enrolled
    client = verified_browser(user, device)
    give_code(client, code_of(device), next=changelist(Innovation))
    assert set(StaticToken.objects.values_list("token", flat=True)) == set(recovery)


def test_who_forgets_the_app_enrols_another(required, user, enrolled):
    device, recovery = enrolled
    client = verified_browser(user, device)
    response = client.post(PAGE, {"action": "forget"}, follow=True)
    assert response.redirect_chain == [(PAGE, 302)]
    assert not sees_admin(client)
    assert not StaticToken.objects.exists()
    fresh = TOTPDevice.objects.get()
    assert (fresh.confirmed, fresh.key == device.key) == (False, False)
    assert error_codes(give_code(client, recovery[0])) == ["wrong"]


@pytest.mark.parametrize("action", ["forget", "codes"])
def test_nothing_is_managed_before_the_code_is_given(client, user, enrolled, action):
    device, recovery = enrolled
    log_in(client, user)
    client.post(PAGE, {"action": action})
    client.post(PAGE, {"action": action, "code": wrong_code(device)})
    assert TOTPDevice.objects.get() == device
    assert set(StaticToken.objects.values_list("token", flat=True)) == set(recovery)


def test_devices_and_their_secrets_have_no_page_in_the_admin():
    apps = {model._meta.app_label for model in admin.site._registry}
    assert apps == {"auth", "innovations", "magelang_portal", "visits"}
