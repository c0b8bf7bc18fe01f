"""Lock-out after failed logins, and how whoever manages the accounts lets people back in."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from magelang_portal.models import User
from tests.factories import UserFactory
from tests.groups import group
from tests.portal.second_factor import enrol, log_in, sees_admin
from tests.staff import actions, change_page, changelist, logged_in

pytestmark = pytest.mark.django_db

USERS = changelist(User)
HERE, ELSEWHERE = {"REMOTE_ADDR": "192.0.2.1"}, {"REMOTE_ADDR": "192.0.2.2"}


def fail(user, times, **address):
    return [
        log_in(Client(), user, password="tebakan", **address).status_code for _try in range(times)
    ]


def log_in_again(user, **address):
    return log_in(Client(), user, **(address or HERE)).status_code


def act(client, action, *users):
    return client.post(USERS, {"action": action, "_selected_action": [user.pk for user in users]})


def with_right(codename):
    staff = UserFactory()
    staff.user_permissions.add(
        *Permission.objects.filter(
            content_type__app_label="magelang_portal", codename__in=["view_user", codename]
        )
    )
    return logged_in(staff)


def test_fifth_failed_login_locks_the_account_with_our_page(user):
    assert fail(user, 5, **HERE) == [200, 200, 200, 200, 429]
    locked = log_in(Client(), user, **HERE)
    assert locked.status_code == 429
    assert "lockout.html" in [template.name for template in locked.templates]
    assert locked.text.count("<h1") == 1
    assert "_auth_user_id" not in locked.client.session


def test_four_failed_logins_do_not_lock(user):
    fail(user, 4, **HERE)
    assert log_in_again(user) == 302


def test_success_wipes_the_slate(user):
    fail(user, 4, **HERE)
    log_in_again(user)
    assert fail(user, 4, **HERE) == [200] * 4
    assert log_in_again(user) == 302


def test_lock_is_on_this_username_at_this_address_alone(user):
    other = UserFactory()
    fail(user, 5, **HERE)
    assert log_in_again(user, **HERE) == 429
    assert log_in_again(user, **ELSEWHERE) == 302
    assert log_in_again(other, **HERE) == 302


def test_address_that_a_stranger_claims_does_not_count(user):
    for attempt in range(5):
        fail(user, 1, **HERE, HTTP_X_FORWARDED_FOR=f"198.51.100.{attempt}")
    assert log_in_again(user, **HERE) == 429


def test_account_that_does_not_exist_is_locked_alike():
    nobody = UserFactory.build(username="tidak_ada")
    assert fail(nobody, 6, **HERE) == [200, 200, 200, 200, 429, 429]


def test_release_lets_the_right_password_in_at_once(user, admin_client):
    other = UserFactory()
    fail(user, 5, **HERE)
    fail(other, 5, **HERE)
    act(admin_client, "release_lockout", user)
    assert log_in_again(user) == 302
    assert log_in_again(other) == 429
    log = LogEntry.objects.get()
    assert (log.user.username, log.object_id) == ("admin", str(user.pk))


def test_reset_takes_app_and_recovery_codes_of_the_chosen_alone(user, admin_client):
    other = UserFactory()
    enrol(user)
    enrol(other)
    act(admin_client, "reset_second_factor", user)
    assert [device.user for device in TOTPDevice.objects.all()] == [other]
    assert [device.user for device in StaticDevice.objects.all()] == [other]
    log = LogEntry.objects.get()
    assert (log.user.username, log.object_id) == ("admin", str(user.pk))


def test_reset_ends_the_sessions_that_the_lost_app_opened(user, admin_client, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    device, _recovery = enrol(user)
    client = logged_in(user)
    session = client.session
    session["otp_device_id"] = device.persistent_id
    session.save()
    assert sees_admin(client)
    # Whoever resets is let in by the password for this test.
    settings.SECOND_FACTOR_REQUIRED = False
    act(admin_client, "reset_second_factor", user)
    settings.SECOND_FACTOR_REQUIRED = True
    assert not sees_admin(client)


@pytest.mark.parametrize(
    ("codename", "offered"),
    [
        ("view_user", set()),
        ("add_user", set()),
        ("change_user", {"reset_second_factor", "release_lockout"}),
    ],
)
def test_ways_back_in_are_offered_to_who_may_change_accounts(user, codename, offered):
    assert actions(with_right(codename).get(USERS)) == offered


def test_who_may_only_view_accounts_resets_and_releases_nobody(user):
    enrol(user)
    fail(user, 5, **HERE)
    client = with_right("view_user")
    act(client, "reset_second_factor", user)
    act(client, "release_lockout", user)
    assert TOTPDevice.objects.filter(user=user).exists()
    assert log_in_again(user) == 429


def test_list_tells_who_has_enrolled(user, admin_client):
    enrol(user)
    unconfirmed = UserFactory()
    TOTPDevice.objects.create(user=unconfirmed, name="app", confirmed=False)
    users = admin_client.get(USERS).context["cl"].result_list
    assert {each.username: each.has_device for each in users} == {
        "admin": False,
        "siti": True,
        unconfirmed.username: False,
    }


def test_list_takes_the_same_queries_for_1_and_for_3(admin_client, django_assert_num_queries):
    for more in (1, 2):
        for _row in range(more):
            enrol(user := UserFactory())
            user.groups.add(group("visit officer"))
        with django_assert_num_queries(9):
            admin_client.get(USERS)


def test_account_page_shows_nothing_of_the_secret(user, admin_client):
    device, recovery = enrol(user)
    text = admin_client.get(change_page(user)).text
    assert user.username in text
    assert [secret for secret in (device.key, *recovery) if secret in text] == []


def test_groups_are_shown_in_the_language_of_the_reader_and_keep_their_names():
    user, superuser = UserFactory(), logged_in(UserFactory(is_superuser=True))
    officers, own = group("visit officer"), Group.objects.create(name="Panitia lomba")
    user.groups.add(officers, own)
    [row] = [row for row in superuser.get(USERS).context["cl"].result_list if row == user]
    assert superuser.get(USERS).context["cl"].model_admin.group_titles(row) == (
        "petugas kunjungan, Panitia lomba"
    )
    choices = superuser.get(change_page(user)).context["adminform"].form.fields["groups"].choices
    titles = {str(value): title for value, title in choices}
    assert titles[str(officers.pk)] == "petugas kunjungan"
    assert titles[str(own.pk)] == "Panitia lomba"
    assert "petugas kunjungan" in superuser.get(changelist(Group)).text
    assert Group.objects.filter(name="visit officer").exists()
