"""Dated truth: who says that an entry is still right, since when, and when it is asked again."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from innovations.models import Innovation
from tests.factories import InnovationFactory
from tests.staff import changelist, logged_in, make_transition, rows, transition_page

pytestmark = pytest.mark.django_db

YEAR = datetime.timedelta(days=365)
DAY = datetime.timedelta(days=1)


@pytest.mark.parametrize(
    ("ago", "due"), [(None, True), (YEAR + DAY, True), (YEAR, False), (DAY, False)]
)
def test_entry_is_to_confirm_a_year_after_the_last_time(ago, due):
    on = None if ago is None else timezone.localdate() - ago
    innovation = InnovationFactory(published=True, confirmed_on=on)
    assert innovation.is_to_confirm is due
    assert Innovation.objects.to_confirm().exists() is due


def test_setting_says_after_how_many_days_owners_are_asked_again(settings):
    settings.CONFIRM_EVERY_DAYS = 30
    on = timezone.localdate() - datetime.timedelta(days=31)
    innovation = InnovationFactory(published=True, confirmed_on=on)
    assert innovation.is_to_confirm
    assert Innovation.objects.to_confirm().get() == innovation


def test_nobody_is_asked_about_drafts_and_what_has_stopped():
    draft = InnovationFactory()
    stopped = InnovationFactory(published=True, running=False, stopped_reason="Digabung.")
    assert [draft.is_to_confirm, stopped.is_to_confirm] == [False, False]
    assert not Innovation.objects.to_confirm().exists()


def test_confirming_dates_the_entry_today_and_stands_in_its_history(publisher):
    innovation = InnovationFactory(published=True)
    innovation.confirm(by=publisher)
    innovation.refresh_from_db()
    assert innovation.confirmed_on == timezone.localdate()
    assert not innovation.is_to_confirm
    assert innovation.history.first().history_user == publisher


def test_draft_cannot_be_confirmed(publisher):
    with pytest.raises(ValidationError):
        InnovationFactory().confirm(by=publisher)


def test_host_confirms_entries_of_the_own_agency_and_no_other(host):
    own = InnovationFactory(published=True, agency=host.agency)
    other = InnovationFactory(published=True)
    client = logged_in(host)
    make_transition(client, "confirm", own)
    assert client.get(transition_page("confirm", other)).status_code == 403
    assert client.post(transition_page("confirm", other), {"x": "y"}).status_code == 403
    confirmed = Innovation.objects.filter(confirmed_on__isnull=False)
    assert list(confirmed) == [own]


@pytest.mark.parametrize(
    ("name", "status"), [("editor", 403), ("publisher", 200), ("visit_officer", 403)]
)
def test_publishers_confirm_any_entry_editors_and_officers_none(request, name, status):
    client = logged_in(request.getfixturevalue(name))
    innovation = InnovationFactory(published=True)
    assert client.get(transition_page("confirm", innovation)).status_code == status


def test_list_shows_what_is_due_for_confirmation(publisher):
    due = InnovationFactory(published=True)
    InnovationFactory(published=True, confirmed_on=timezone.localdate())
    InnovationFactory()
    response = logged_in(publisher).get(changelist(Innovation), {"confirmation": "due"})
    assert rows(response) == {due}


def test_page_of_an_old_entry_shows_its_age(client):
    old = InnovationFactory(published=True, confirmed_on=datetime.date(2020, 1, 2))
    text = client.get(old.get_absolute_url()).text
    assert "2 Januari 2020" in text
    assert "Itu sudah agak lama" in text
    fresh = InnovationFactory(published=True, confirmed_on=timezone.localdate())
    assert "Itu sudah agak lama" not in client.get(fresh.get_absolute_url()).text
