import datetime

import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError

from benchmarks.generate import check_empty, generate
from innovations.models import Agency, Citation, Innovation, Source
from tests.factories import InnovationFactory, VisitFactory
from visits.models import Adoption, Message, Participant, Stop, TimeSlot, Visit

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 11, 25)


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def make(**changes):
    generate(**({"innovations": 20, "visits": 80, "participants": 300, "today": TODAY} | changes))


def what_it_says():
    """All that is the same each time, as far as a reader notices."""
    return [
        list(Innovation.objects.order_by("pk").values_list("name", "problem", "created_at")),
        list(Visit.objects.order_by("pk").values_list("reference", "status", "held_on", "report")),
        list(Participant.objects.order_by("pk").values_list("name", "attended_at")),
        list(Stop.objects.order_by("pk").values_list("position", "answer", "innovation__slug")),
    ]


def test_as_many_are_made_as_were_asked_for():
    make()
    assert [each.objects.count() for each in (Innovation, Visit, Participant)] == [20, 80, 300]


def test_what_is_made_is_what_a_form_would_take():
    make()
    for model in (Innovation, Visit, Stop, Adoption, Message, Participant):
        for item in model.objects.all():
            try:
                item.full_clean()
            except ValidationError as error:
                pytest.fail(f"{item!r}: {error}")


def test_every_published_innovation_cites_a_source():
    make()
    published = Innovation.objects.published()
    assert published.exclude(pk__in=Citation.objects.values("innovation")).count() == 0
    assert published.exists()


def test_a_slot_counts_the_seats_that_its_visits_hold():
    make()
    seats = {}
    for slot, held in Visit.objects.filter(seats__gt=0).values_list("slot", "seats"):
        seats[slot] = seats.get(slot, 0) + held
    booked = dict(TimeSlot.objects.filter(booked__gt=0).values_list("pk", "booked"))
    assert booked == seats
    assert seats


def test_no_name_of_an_organisation_could_be_taken_for_a_real_one():
    make()
    names = [
        name.partition(",")[0] for name in Visit.objects.values_list("organisation", flat=True)
    ]
    assert {name.rpartition(" ")[2] for name in names} == {"Contoh"}


def test_the_same_seed_makes_the_same_data():
    make()
    first = what_it_says()
    for model in (Adoption, Visit, TimeSlot, Innovation, Source, get_user_model(), Agency):
        model.objects.all().delete()
    make()
    assert what_it_says() == first


def test_times_are_those_of_the_data_and_no_longer_once_it_is_done():
    make()
    assert Visit.objects.latest("created_at").created_at.date() <= TODAY
    assert Visit.objects.earliest("created_at").created_at.year < 2026
    assert VisitFactory().created_at is not None


def test_nothing_is_made_beside_what_is_there():
    InnovationFactory()
    with pytest.raises(SystemExit, match="already"):
        check_empty()


def test_nothing_is_made_on_a_public_address(settings):
    settings.PRODUCTION, settings.SITE_URL = True, "https://inovasi.magelang.example"
    with pytest.raises(SystemExit, match="public address"):
        check_empty()
