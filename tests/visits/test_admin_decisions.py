"""What an officer is told and asked before a decision, and what comes of it."""

import datetime
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from tests.factories import (
    AgencyFactory,
    ClosedDateFactory,
    InnovationFactory,
    SlotFactory,
    StopFactory,
    VisitFactory,
    working_day,
)
from tests.staff import (
    change_page,
    changelist,
    errors_of,
    make_transition,
    message_levels,
    outcome,
    transition_page,
)
from tests.visits.conftest import visit_in
from visits.models import Visit

pytestmark = pytest.mark.django_db

S = Visit.Status
DAY = datetime.date(2030, 9, 10)
OVER = "Ini akan menjadi yang ke-2: melampaui batas."


def asked(officer, name, *visits):
    return officer.get(transition_page(name, *visits))


def notes(response):
    """(text, whether it is a warning) of everything told."""
    return [(note.text, note.is_warning) for note in response.context["form"].notes()]


def warnings(response):
    return [text for text, is_warning in notes(response) if is_warning]


def fresh(visit):
    return Visit.objects.get(pk=visit.pk)


def what(visit):
    return [event.what for event in visit.events.all()]


@pytest.fixture
def dishub():
    """An agency at its ceiling of one visit in the month of DAY."""
    agency = AgencyFactory(abbreviation="Dishub", visit_ceiling=1)
    StopFactory(
        visit=VisitFactory(status=S.CONFIRMED, held_on=DAY),
        innovation=InnovationFactory(agency=agency),
        answer="accepted",
    )
    return agency


# What is told


def test_confirming_tells_seats_silent_and_declined_hosts_and_their_load(officer, dishub):
    slot = SlotFactory(date=DAY, capacity=50)
    visit = visit_in(S.SUBMITTED, slot=slot)
    for name, answer, agency in (
        ("Data Go", "accepted", dishub),
        ("Si Bahenol", "pending", AgencyFactory(abbreviation="BPKAD")),
        ("Galeri", "declined", AgencyFactory()),
    ):
        innovation = InnovationFactory(name=name, agency=agency)
        StopFactory(visit=visit, innovation=innovation, answer=answer)
    assert notes(asked(officer, "confirm", visit)) == [
        ("Selasa, 10 September 2030, 09.00–11.30, 20 orang.", False),
        ("Memegang 20 tempat di slotnya; selain itu masih tersisa 30.", False),
        ("Belum dijawab: Si Bahenol.", True),
        ("Ditolak tuan rumah: Galeri.", True),
        ("BPKAD: 0 kunjungan pada September 2030. Ini akan menjadi yang ke-1.", False),
        (f"Dishub: 1 dari 1 kunjungan pada September 2030. {OVER}", True),
        ("Tuan rumah yang menjawab untuk waktu lain akan ditanya kembali.", False),
    ]


def test_notes_stand_on_the_page_with_what_people_typed_escaped(officer):
    visit = VisitFactory(wished_on=DAY)
    stop = StopFactory(visit=visit, innovation=InnovationFactory(name="<b>Data</b>"))
    text = asked(officer, "confirm", stop.visit).text
    assert "Belum dijawab: &lt;b&gt;Data&lt;/b&gt;." in text
    assert text.count('class="notes__warning"') == 1


def test_confirming_where_everything_is_in_order_warns_of_nothing(officer):
    stop = StopFactory(visit=visit_in(S.SUBMITTED, slot=SlotFactory(date=DAY)), answer="accepted")
    assert warnings(asked(officer, "confirm", stop.visit)) == []


def test_confirming_warns_of_a_closed_day_and_of_an_empty_itinerary(officer):
    visit = VisitFactory(wished_on=DAY)
    ClosedDateFactory(date=DAY, reason="Hari Jadi")
    assert warnings(asked(officer, "confirm", visit)) == [
        "Kantor tutup pada 10 September 2030: Hari Jadi.",
        "Daftar tujuan kosong: tidak ada tuan rumah yang ditanya.",
    ]


def test_confirming_a_visit_that_waits_tells_that_there_is_no_room(officer):
    seated = visit_in(S.SUBMITTED, slot=SlotFactory(date=DAY, capacity=20))
    visit = visit_in(S.WAITING_LIST, slot=seated.slot)
    StopFactory(visit=visit, answer="accepted")
    [warning] = warnings(asked(officer, "confirm", visit))
    assert "tersisa 0" in warning


def test_load_of_the_other_wished_month_is_told_too(officer, dishub):
    visit = VisitFactory(wished_on=DAY.replace(month=10), alternative_on=DAY)
    StopFactory(visit=visit, innovation=InnovationFactory(agency=dishub), answer="accepted")
    told = [text.split(".")[0] for text, _warns in notes(asked(officer, "confirm", visit))]
    assert "Dishub: 0 dari 1 kunjungan pada Oktober 2030" in told
    assert "Dishub: 1 dari 1 kunjungan pada September 2030" in told


def test_declining_tells_what_becomes_free_and_who_comes_along(officer):
    visit = visit_in(S.CONFIRMED)
    joining = VisitFactory(joins=visit)
    VisitFactory(joins=visit, status=S.CANCELLED)
    told = notes(asked(officer, "decline", visit))
    assert [is_warning for _text, is_warning in told] == [False, True]
    assert told[0][0].startswith("20 tempat")
    assert str(joining) in told[1][0]


def test_several_at_once_are_told_apart_by_name(officer):
    first, second = visit_in(S.CONFIRMED), visit_in(S.CONFIRMED)
    told = [text for text, _warns in notes(asked(officer, "decline", first, second))]
    assert sorted(text.split(": ")[0] for text in told) == sorted([str(first), str(second)])


def test_erasing_tells_what_goes(officer):
    visit = VisitFactory(status=S.DECLINED, letter=ContentFile(b"%PDF-1.4", name="surat.pdf"))
    told = [text for text, _warns in notes(asked(officer, "erase", visit))]
    assert told[1:] == ["Surat permohonan: 1", "Ini tidak dapat dibatalkan lagi."]
    assert warnings(asked(officer, "erase", visit)) == ["Ini tidak dapat dibatalkan lagi."]


def test_page_leads_back_to_the_visit_or_to_the_list(officer):
    one, other = VisitFactory(), VisitFactory()
    assert asked(officer, "decline", one).context["back"] == change_page(one)
    assert asked(officer, "decline", one, other).context["back"] == changelist(Visit)


# Confirming and moving


def test_confirming_in_a_chosen_slot(officer):
    visit, slot = VisitFactory(), SlotFactory()
    make_transition(officer, "confirm", visit, slot=slot.pk, reason="Sampai jumpa.")
    assert (fresh(visit).status, fresh(visit).slot, fresh(visit).seats) == (S.CONFIRMED, slot, 20)
    assert visit.events.get().reason == "Sampai jumpa."


def test_only_slots_to_come_with_room_for_all_are_offered(officer):
    visit = visit_in(S.SUBMITTED, slot=SlotFactory(capacity=20))
    enough = SlotFactory(capacity=20, date=working_day(50))
    SlotFactory(capacity=19, date=working_day(51))
    SlotFactory(capacity=100, booked=81, date=working_day(52))
    SlotFactory(date=timezone.localdate() - timedelta(days=1))
    slots = asked(officer, "confirm", visit).context["form"].fields["slot"].queryset
    assert list(slots) == [visit.slot, enough]


def test_slot_without_room_cannot_be_smuggled_in(officer):
    visit, full = VisitFactory(), SlotFactory(capacity=19)
    response = make_transition(officer, "confirm", visit, slot=full.pk)
    assert errors_of(response) == {"slot": ["invalid_choice"]}
    assert fresh(visit).status == S.SUBMITTED


def test_slot_and_another_day_contradict_each_other(officer):
    visit, slot = VisitFactory(), SlotFactory()
    response = make_transition(officer, "confirm", visit, slot=slot.pk, on=working_day(60))
    assert errors_of(response) == {"on": ["slot_or_day"]}


def test_over_the_ceiling_only_with_a_second_yes(officer, dishub):
    visit = VisitFactory(wished_on=DAY)
    StopFactory(visit=visit, innovation=InnovationFactory(agency=dishub), answer="accepted")
    response = make_transition(officer, "confirm", visit)
    assert errors_of(response) == {"over_ceiling": ["over_ceiling"]}
    assert "melampaui batas" in response.text
    assert 'type="checkbox" name="over_ceiling"' in response.text
    assert fresh(visit).status == S.SUBMITTED
    make_transition(officer, "confirm", visit, over_ceiling="on")
    assert fresh(visit).status == S.CONFIRMED


def test_ceiling_of_the_chosen_day_counts_not_of_the_wished_one(officer, dishub):
    visit = VisitFactory(wished_on=DAY)
    StopFactory(visit=visit, innovation=InnovationFactory(agency=dishub), answer="accepted")
    make_transition(officer, "confirm", visit, on=DAY.replace(month=10))
    assert fresh(visit).status == S.CONFIRMED


def test_ceiling_is_asked_about_only_where_it_matters(officer):
    visit = StopFactory(answer="accepted").visit
    assert 'type="hidden" name="over_ceiling"' in asked(officer, "confirm", visit).text


def test_moving_takes_another_slot_and_tells_why(officer, visit_officer):
    visit, slot = visit_in(S.CONFIRMED), SlotFactory(date=working_day(50))
    make_transition(officer, "move", visit, slot=slot.pk, reason="Aula dipakai.")
    event = visit.events.get()
    assert (fresh(visit).slot, event.what, event.by) == (slot, "moved", visit_officer)


def test_moving_nowhere_comes_back(officer):
    visit = visit_in(S.CONFIRMED)
    assert outcome(make_transition(officer, "move", visit)) == ["error"]
    assert outcome(make_transition(officer, "move", visit, slot=visit.slot.pk)) == ["error"]
    assert what(visit) == []


def test_refused_page_shows_the_visit_as_it_is(officer):
    visit = StopFactory(answer="declined").visit
    response = make_transition(officer, "confirm", visit)
    assert outcome(response) == ["error"]
    assert [each.status for each in response.context["objects"]] == [S.SUBMITTED]


# The others


@pytest.mark.parametrize(
    ("name", "status", "answers", "recorded", "becomes"),
    [
        ("ask", S.SUBMITTED, {"reason": "Siapa?"}, "asked", S.NEEDS_INFORMATION),
        ("put_on_waiting_list", S.SUBMITTED, {}, "waiting_list", S.WAITING_LIST),
        ("change_numbers", S.CONFIRMED, {"number": "12"}, "numbers", S.CONFIRMED),
        ("cancel", S.CONFIRMED, {"reason": "Diminta lewat telepon."}, "cancelled", S.CANCELLED),
        ("send_link", S.SUBMITTED, {}, "link_sent", S.SUBMITTED),
        ("publish", S.COMPLETED, {}, "published", S.COMPLETED),
    ],
)
def test_transition_is_made_and_recorded(
    officer, visit_officer, *, name, status, answers, recorded, becomes
):
    visit = visit_in(status)
    response = make_transition(officer, name, visit, **answers)
    assert message_levels(response) == ["success"]
    event = visit.events.get()
    assert (event.what, event.by, fresh(visit).status) == (recorded, visit_officer, becomes)


@pytest.mark.parametrize(
    ("name", "field"), [("ask", "reason"), ("cancel", "reason"), ("change_numbers", "number")]
)
def test_what_must_be_said_is_asked_for(officer, name, field):
    visit = visit_in(S.SUBMITTED)
    assert errors_of(make_transition(officer, name, visit)) == {field: ["required"]}
    assert what(visit) == []


def test_number_beyond_the_room_is_refused(officer):
    visit = visit_in(S.CONFIRMED, slot=SlotFactory(capacity=30))
    assert "30" in notes(asked(officer, "change_numbers", visit))[1][0]
    assert outcome(make_transition(officer, "change_numbers", visit, number="31")) == ["error"]
    assert fresh(visit).expected_participants == 20


def test_completing_keeps_who_came(officer):
    visit = VisitFactory(status=S.CONFIRMED, held_on=timezone.localdate())
    visit.attendees.create(name="Siti", attended_at=timezone.now())
    assert notes(asked(officer, "complete", visit)) == [
        ("1 tercatat hadir dengan nama, 20 diperkirakan.", False)
    ]
    make_transition(officer, "complete", visit, participants="37")
    assert (fresh(visit).status, fresh(visit).participants) == (S.COMPLETED, 37)


def test_visit_to_come_offers_no_completion(officer):
    visit = visit_in(S.CONFIRMED)
    offered = [name for name, _url in officer.get(change_page(visit)).context["open_transitions"]]
    assert "complete" not in [transition.name for transition in offered]


def test_revoking_the_link_warns_and_closes_it(officer):
    visit = visit_in(S.SUBMITTED)
    visit.make_link()
    visit.save()
    old = visit.private_token
    [warning] = warnings(asked(officer, "renew_link", visit))
    assert visit.contact_email in warning
    make_transition(officer, "renew_link", visit)
    assert not Visit.objects.at_private_link(old).exists()


@pytest.mark.parametrize("name", ["ask", "move", "change_numbers", "cancel", "renew_link"])
def test_what_is_asked_of_one_visit_is_not_done_to_several(officer, name):
    visits = [visit_in(S.SUBMITTED), visit_in(S.SUBMITTED)]
    response = officer.post(transition_page(name, *visits), {"reason": "x", "number": "5"})
    assert (response.url, message_levels(response)) == (changelist(Visit), ["warning"])
    assert [what(visit) for visit in visits] == [[], []]


def test_confirming_takes_the_same_queries_for_1_and_for_3_stops(
    officer, django_assert_max_num_queries
):
    visit = visit_in(S.SUBMITTED)
    StopFactory(visit=visit)
    with django_assert_max_num_queries(100) as one:
        asked(officer, "confirm", visit)
    StopFactory.create_batch(2, visit=visit)
    with django_assert_max_num_queries(len(one)):
        asked(officer, "confirm", visit)
