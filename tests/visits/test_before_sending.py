"""What a delegation is shown before it sends its request: earlier visits, and whom it may join."""

import datetime

import pytest
from django.urls import reverse

from tests.factories import (
    InnovationFactory,
    QuestionFactory,
    SlotFactory,
    StopFactory,
    VisitFactory,
    working_day,
)
from visits.models import TimeSlot, Visit
from visits.same_topic import earlier_visits, is_same_organisation, normalised

pytestmark = pytest.mark.django_db

SUMMARY = "visits:register_summary"
S = Visit.Status


@pytest.fixture
def summary(client, fill):
    """The summary of a request for one slot of 200 seats; `changes` are to its answers."""

    def summary(**changes):
        fill(last="register_letter", **changes)
        return client.get(reverse(SUMMARY))

    return summary


@pytest.fixture
def slot(db):
    return SlotFactory(capacity=200)


def other_request(innovation, slot=None, **fields):
    fields = {"open_to_joining": True, "organisation": "Pemerintah Kota Tetangga"} | fields
    visit = VisitFactory.build(**fields)
    visit.submit(innovations=[innovation], slot=slot and TimeSlot.objects.get(pk=slot.pk))
    return visit


def offered(page):
    return [offer.visit for offer in page.context["offers"]]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Pemkot. Contoh", "Pemerintah Kota Contoh", True),
        ("KEMENTERIAN SOSIAL RI", "Kementerian Sosial Republik Indonesia", True),
        ("Kemensos", "Pusdiklat Kesejahteraan Sosial, Kementerian Sosial (Kemensos)", True),
        ("DPRD Kab. Banjar", "DPRD Kabupaten Banjar", True),
        ("Pemerintah Kota Contoh", "Pemerintah Kabupaten Contoh", False),
        ("Dinas A (Kominfo), Kota A", "Dinas B (Kominfo), Kota B", False),
        ("Universitas Indonesia", "Universitas Gadjah Mada", False),
        ("Indonesia", "Republik Indonesia", False),
    ],
)
def test_organisation_is_known_again_however_it_is_written(one, other, same):
    assert is_same_organisation(one, other) is is_same_organisation(other, one) is same


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Pemkot. Contoh", "PEMERINTAH KOTA CONTOH"),
        ("Kemensos", "Pusdiklat Kesejahteraan Sosial, Kementerian Sosial (Kemensos)"),
        ("Pusdiklat X, Kementerian Sosial RI", "kemensos"),
        ("DPRD Kab. Banjar", "DPRD Kabupaten Banjar"),
        ("École Contoh", "ÉCOLE CONTOH"),
        ("Разом", "РАЗОМ"),
        ("Indonesia", "indonesia"),
    ],
)
def test_earlier_visits_are_found_however_the_organisation_is_written(one, other):
    for asking, came in ((one, other), (other, one)):
        visit = VisitFactory(completed=True, organisation=came)
        assert earlier_visits(organisation=asking, innovations=[]).own == [visit]
        visit.delete()


def test_name_of_nothing_but_common_words_keeps_them():
    assert normalised("Republik Indonesia") == "republik indonesia"


def test_earlier_visits_of_the_organisation_and_on_the_innovations_are_shown(summary, innovation):
    own = VisitFactory(completed=True, organisation="PUSDIKLAT KESEJAHTERAAN SOSIAL")
    StopFactory(visit=own, innovation=innovation)
    other = VisitFactory(completed=True, organisation="Pemerintah Kota Tetangga")
    StopFactory(visit=other, innovation=innovation)
    VisitFactory(completed=True, organisation="Pemerintah Kota Jauh")
    page = summary()
    earlier = page.context["earlier"]
    assert (earlier.own, earlier.others) == ([own], [other])
    for visit in (own, other):
        assert f'href="{visit.get_absolute_url()}"' in page.text
    assert "Pemerintah Kota Jauh" not in page.text


def test_answered_questions_are_pointed_to(summary, innovation):
    QuestionFactory(innovation=innovation, published=True, answer="Ya.")
    QuestionFactory(innovation=innovation, published=True)
    QuestionFactory(innovation=innovation, answer="Belum terbit.")
    page = summary()
    assert f'href="{innovation.get_absolute_url()}#questions">1 jawaban' in page.text


def test_nothing_unpublished_is_shown(summary, innovation):
    hidden = {"organisation": "Pusdiklat Kesejahteraan Sosial", "summary": "Rahasia."}
    for visit in (
        VisitFactory(completed=True, published_at=None, **hidden),
        VisitFactory(**hidden),
        VisitFactory(status=S.CONFIRMED, held_on=working_day(20), **hidden),
    ):
        StopFactory(visit=visit, innovation=innovation)
    page = summary()
    assert not page.context["earlier"]
    assert "Rahasia" not in page.text


def test_visit_in_the_same_slot_is_offered_and_joined(client, summary, innovation, slot):
    host = other_request(innovation, slot)
    page = summary(slot=slot.pk)
    assert offered(page) == [host]
    assert "Bergabung dengan kunjungan Pemerintah Kota Tetangga" in page.text
    client.post(reverse(SUMMARY), {"join": host.pk})
    page = client.get(reverse(SUMMARY))
    assert page.context["joined"].visit == host
    client.post(reverse(SUMMARY), {"draft": page.context["draft"].stamp, "seen": "seated"})
    visit = Visit.objects.latest("pk")
    slot.refresh_from_db()
    assert (visit.joins, visit.slot, visit.seats, slot.booked) == (host, slot, 78, 98)


def test_joining_a_nearby_slot_takes_its_day_and_its_seats(client, summary, innovation):
    own = SlotFactory(date=working_day(40), capacity=78)
    other_request(innovation, own, expected_participants=1, open_to_joining=False)
    near = SlotFactory(date=working_day(47), capacity=200)
    host = other_request(innovation, near)
    page = summary(slot=own.pk)
    assert page.context["choice"].waits
    assert offered(page) == [host]
    client.post(reverse(SUMMARY), {"join": host.pk})
    page = client.get(reverse(SUMMARY))
    assert not page.context["choice"].waits
    client.post(reverse(SUMMARY), {"draft": page.context["draft"].stamp, "seen": "seated"})
    visit = Visit.objects.latest("pk")
    assert (visit.joins, visit.slot, visit.wished_on) == (host, near, near.date)
    assert visit.status == S.SUBMITTED


def test_visit_without_a_slot_on_the_wished_day_is_offered(client, summary, innovation):
    host = other_request(innovation, wished_on=working_day(40))
    other_request(innovation, wished_on=working_day(47))
    page = summary()
    assert offered(page) == [host]
    client.post(reverse(SUMMARY), {"join": host.pk})
    client.post(reverse(SUMMARY), {"draft": page.context["draft"].stamp})
    visit = Visit.objects.latest("pk")
    assert (visit.joins, visit.slot, visit.wished_on) == (host, None, working_day(40))


def test_who_does_not_allow_it_has_no_room_or_shows_something_else_is_not_offered(
    summary, innovation, slot
):
    small = SlotFactory(date=working_day(41), capacity=90)
    far = SlotFactory(date=working_day(70), capacity=200)
    english = SlotFactory(date=working_day(42), capacity=200, language="en")
    other_request(innovation, slot, open_to_joining=False)
    other_request(innovation, small)
    other_request(innovation, far)
    other_request(innovation, english)
    other_request(InnovationFactory(published=True), slot)
    declined = other_request(innovation, slot)
    declined.stops.update(answer="declined")
    for status in (S.DECLINED, S.CANCELLED):
        Visit.objects.filter(pk=other_request(innovation, wished_on=working_day(40)).pk).update(
            status=status
        )
    full = SlotFactory(date=working_day(43), capacity=100)
    other_request(innovation, full, open_to_joining=False, expected_participants=90)
    waiting = other_request(innovation, full, expected_participants=20)
    assert waiting.status == S.WAITING_LIST
    assert offered(summary(slot=slot.pk)) == []


def test_nearest_three_are_offered_in_order(summary, innovation, slot):
    days = [slot.date + datetime.timedelta(days=days) for days in (7, 1, 8, 2)]
    visits = [
        other_request(innovation, SlotFactory(date=day, capacity=200), organisation=f"Kota {day}")
        for day in days
    ]
    assert offered(summary(slot=slot.pk)) == [visits[1], visits[3], visits[0]]


def test_joining_is_undone_by_leaving_and_by_another_date(client, summary, innovation, slot):
    host = other_request(innovation, slot)
    own = SlotFactory(date=slot.date + datetime.timedelta(days=1))
    summary(slot=own.pk)
    client.post(reverse(SUMMARY), {"join": host.pk})
    assert client.get(reverse(SUMMARY)).context["choice"].slot == slot
    client.post(reverse(SUMMARY), {"leave": "1"})
    assert client.get(reverse(SUMMARY)).context["choice"].slot == own
    client.post(reverse(SUMMARY), {"join": host.pk})
    client.post(reverse("visits:register_date"), {"slot": own.pk})
    page = client.get(reverse(SUMMARY))
    assert (page.context["joined"], page.context["choice"].slot) == (None, own)


@pytest.mark.parametrize("wanted", ["{other}", "999999", "satu", "9" * 40, ""])
def test_nobody_joins_a_visit_that_was_not_offered(client, summary, innovation, slot, wanted):
    other = other_request(innovation, slot, open_to_joining=False)
    summary(slot=slot.pk)
    client.post(reverse(SUMMARY), {"join": wanted.format(other=other.pk)})
    page = client.get(reverse(SUMMARY))
    assert page.context["joined"] is None
    assert "Pemerintah Kota Tetangga" not in page.text


def test_host_that_is_gone_when_the_request_is_sent_is_said_before(
    client, summary, innovation, slot
):
    host = other_request(innovation, slot)
    own = SlotFactory(date=slot.date + datetime.timedelta(days=1))
    summary(slot=own.pk)
    client.post(reverse(SUMMARY), {"join": host.pk})
    stamp = client.get(reverse(SUMMARY)).context["draft"].stamp
    host.cancel()
    response = client.post(reverse(SUMMARY), {"draft": stamp, "seen": "seated"})
    assert len(response.context["form"].non_field_errors()) == 1
    assert response.context["choice"].slot == own
    assert Visit.objects.count() == 1
    client.post(reverse(SUMMARY), {"draft": stamp, "seen": "seated"})
    assert Visit.objects.latest("pk").joins is None


def test_others_may_join_only_who_says_so(send):
    send()
    assert Visit.objects.get().open_to_joining is False
    from tests.visits.conftest import stamp

    send(draft=stamp(), open_to_joining="on")
    assert Visit.objects.latest("pk").open_to_joining is True
