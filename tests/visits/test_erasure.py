"""Personal data go when they were promised to; what the visit was stays."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from tests.factories import VisitFactory
from tests.staff import logged_in, make_transition
from visits.models import Visit
from visits.models.settings import VisitSettings
from visits.querysets import hash_of_link

pytestmark = pytest.mark.django_db

TOKEN = "t" * 43
KEPT = datetime.timedelta(days=VisitSettings().keep_days)


@pytest.fixture
def visit():
    visit = VisitFactory(
        status="completed",
        held_on=datetime.date(2024, 9, 4),
        participants=78,
        link_hash=hash_of_link(TOKEN),
    )
    visit.letter.save("surat.pdf", ContentFile(b"%PDF-1.4"))
    return visit


def test_erasing_takes_names_contact_purpose_and_letter_and_keeps_the_rest(
    visit, visit_officer, django_capture_on_commit_callbacks
):
    letter, storage = visit.letter.name, visit.letter.storage
    with django_capture_on_commit_callbacks(execute=True):
        make_transition(logged_in(visit_officer), "erase", visit)
    visit.refresh_from_db()
    assert [getattr(visit, name) for name in Visit.personal_fields] == [""] * 7
    assert (visit.participants, visit.organisation) == (78, "Pemerintah Kota Contoh")
    assert visit.erased_at is not None
    assert not storage.exists(letter)


def test_private_link_then_says_so_and_shows_no_trace(visit, visit_officer, client):
    told = [visit.contact_name, visit.contact_email, visit.head_name, visit.purpose]
    address = reverse("visits:request", args=[TOKEN])
    before = client.get(address).text
    assert [text in before for text in told] == [True] * 4
    visit.erase(by=visit_officer)
    after = client.get(address).text
    assert [text in after for text in told] == [False] * 4
    assert visit.reference in after
    assert f"{timezone.localdate():%Y}" in after


@pytest.mark.parametrize("status", ["submitted", "confirmed"])
def test_what_is_still_open_is_not_erased(visit, visit_officer, status):
    Visit.objects.update(status=status)
    with pytest.raises(ValidationError):
        visit.erase(by=visit_officer)
    assert Visit.objects.get().contact_name


def test_nothing_is_erased_twice(visit, visit_officer):
    visit.erase(by=visit_officer)
    with pytest.raises(ValidationError):
        visit.erase(by=visit_officer)


@pytest.mark.parametrize(("days", "due"), [(1, True), (0, False), (-1, False)])
def test_visit_is_due_one_year_after_its_day(visit, days, due):
    Visit.objects.update(held_on=timezone.localdate() - KEPT - datetime.timedelta(days=days))
    assert Visit.objects.due_for_erasure().exists() is due


def test_declined_request_is_due_one_year_after_its_last_change(visit):
    long_ago = timezone.now() - KEPT - datetime.timedelta(days=2)
    Visit.objects.update(status="declined", held_on=None, updated_at=long_ago)
    assert Visit.objects.due_for_erasure().exists()


def test_record_that_staff_wrote_from_public_sources_is_never_due(visit):
    Visit.objects.update(link_hash=None)
    assert not Visit.objects.due_for_erasure().exists()
