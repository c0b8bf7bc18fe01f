"""Hosts answer in the admin, and see what belongs to their own agency."""

import datetime

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from tests.factories import (
    AgencyFactory,
    InnovationFactory,
    SlotFactory,
    StopFactory,
    UserFactory,
    VisitFactory,
)
from tests.staff import (
    NO_ANSWERS,
    actions,
    change_page,
    changelist,
    errors_of,
    logged_in,
    make_transition,
    message_levels,
    rows,
    transition_page,
)
from tests.visits.conftest import visit_in
from visits.models import Stop, Visit

pytestmark = pytest.mark.django_db

S = Visit.Status
LIST = changelist(Stop)


@pytest.fixture
def agency():
    return AgencyFactory(abbreviation="Dishub", visit_ceiling=2)


@pytest.fixture
def host_user(agency):
    user = UserFactory(username="tuan_rumah", agency=agency)
    user.groups.add(Group.objects.get(name="host"))
    return user


@pytest.fixture
def host(host_user):
    return logged_in(host_user)


def stop_of(agency, **fields):
    return StopFactory(innovation=InnovationFactory(agency=agency), **fields)


def fresh(stop):
    return Stop.objects.get(pk=stop.pk)


# Who sees what


def test_host_sees_the_stops_of_the_own_agency_and_officers_all(host, officer, agency):
    own, other = stop_of(agency), stop_of(AgencyFactory())
    assert rows(host.get(LIST)) == {own}
    assert rows(officer.get(LIST)) == {own, other}


def test_host_without_an_agency_sees_none(agency):
    user = UserFactory()
    user.groups.add(Group.objects.get(name="host"))
    stop_of(agency)
    assert rows(logged_in(user).get(LIST)) == set()


def test_stop_of_another_agency_is_not_there(host, agency):
    other = stop_of(AgencyFactory())
    assert host.get(change_page(other)).status_code == 404
    assert host.get(reverse("admin:visits_stop_history", args=[other.pk])).status_code == 404
    for name in ("accept", "decline", "plan"):
        response = make_transition(host, name, other, reason="Rapat.")
        assert (response.url, set(message_levels(response))) == (LIST, {"warning"})
    assert (fresh(other).answer, other.visit.events.count()) == ("pending", 0)


def test_stop_of_another_agency_is_left_out_of_a_mixed_choice(host, agency):
    own, other = stop_of(agency), stop_of(AgencyFactory())
    make_transition(host, "accept", own, other)
    assert [fresh(stop).answer for stop in (own, other)] == ["accepted", "pending"]


# Asked for with GET, and sent as an empty form: by an officer, by a host.
PAGES = [
    (lambda stop: LIST, 200, 200),
    (change_page, 200, 200),
    (lambda stop: reverse("admin:visits_stop_add"), 403, 403),
    (lambda stop: reverse("admin:visits_stop_delete", args=[stop.pk]), 403, 403),
    (lambda stop: transition_page("accept", stop), 200, 200),
    (lambda stop: changelist(Visit), 200, 403),
    (lambda stop: change_page(stop.visit), 200, 403),
    (lambda stop: transition_page("confirm", stop.visit), 200, 403),
    (lambda stop: reverse("visits:letter", args=[stop.visit.reference]), 404, 403),
    (lambda stop: reverse("admin:visits_timeslot_changelist"), 200, 403),
    (lambda stop: reverse("admin:visits_visitsettings_changelist"), None, 403),
]


@pytest.mark.parametrize("row", range(len(PAGES)))
def test_page_opens_to_whom_it_belongs(officer, host, agency, row):
    url_of, for_officer, for_host = PAGES[row]
    url = url_of(stop_of(agency))
    assert (url, host.get(url).status_code) == (url, for_host)
    if for_officer is not None:
        assert (url, officer.get(url).status_code) == (url, for_officer)


@pytest.mark.parametrize("role", ["editor", "publisher"])
def test_catalogue_staff_see_no_stops(role, request, agency):
    client = logged_in(request.getfixturevalue(role))
    stop = stop_of(agency)
    for url in (LIST, change_page(stop), transition_page("accept", stop)):
        assert (url, client.get(url).status_code) == (url, 403)


def test_nobody_edits_a_stop_here(host, officer, agency):
    stop = stop_of(agency)
    for client in (host, officer):
        response = client.post(change_page(stop), NO_ANSWERS | {"answer": "accepted"})
        assert response.status_code == 403
    assert fresh(stop).answer == "pending"


def test_host_reads_what_is_needed_and_no_contact_data(host, agency):
    stop = stop_of(
        agency,
        visit=visit_in(
            S.SUBMITTED,
            organisation="DPRD <Contoh>",
            unit="Komisi A",
            purpose="Belajar uji kir.",
            contact_name="Nama Narahubung",
            head_name="Nama Pimpinan",
        ),
    )
    text = host.get(change_page(stop)).text
    shown = ["DPRD &lt;Contoh&gt;, Komisi A", "Belajar uji kir.", str(stop.visit.slot), "20 orang"]
    assert [each in text for each in shown] == [True] * len(shown)
    kept = [stop.visit.contact_name, stop.visit.contact_email, stop.visit.head_name]
    assert [each in text for each in kept] == [False] * len(kept)
    assert reverse("visits:letter", args=[stop.visit.reference]) not in text


def test_host_reads_the_load_of_the_month_and_its_ceiling(host, agency):
    day = datetime.date(2030, 9, 10)
    stop_of(agency, visit=VisitFactory(status=S.CONFIRMED, held_on=day))
    stop = stop_of(agency, visit=VisitFactory(wished_on=day))
    assert "Dishub: 1 dari 2 kunjungan pada September 2030." in host.get(change_page(stop)).text
    asked = host.get(transition_page("accept", stop))
    assert "Ini akan menjadi yang ke-2." in asked.text
    assert [note.is_warning for note in asked.context["form"].notes()] == [False, False]


def test_accepting_over_the_ceiling_is_warned_of(host, agency):
    day = datetime.date(2030, 9, 10)
    for _visit in range(2):
        stop_of(agency, visit=VisitFactory(status=S.CONFIRMED, held_on=day))
    stop = stop_of(agency, visit=VisitFactory(wished_on=day))
    told = host.get(transition_page("accept", stop)).context["form"].notes()
    assert [note.is_warning for note in told] == [False, True]


# The list


def test_list_opens_on_what_waits_and_shows_the_rest_on_demand(host, agency):
    waiting = stop_of(agency)
    accepted, declined = stop_of(agency, answer="accepted"), stop_of(agency, answer="declined")
    over = stop_of(agency, visit=VisitFactory(completed=True))
    off = stop_of(agency, visit=VisitFactory(status=S.CANCELLED), answer="accepted")
    assert rows(host.get(LIST)) == {waiting}
    assert rows(host.get(LIST, {"answer": "accepted"})) == {accepted}
    assert rows(host.get(LIST, {"answer": "declined"})) == {declined}
    everything = host.get(LIST, {"answer": "all"})
    assert rows(everything) == {waiting, accepted, declined, over, off}


def test_what_waits_comes_first_and_then_the_nearest_day(host, agency):
    def on(day, **fields):
        return stop_of(agency, visit=VisitFactory(wished_on=f"2030-09-{day}"), **fields)

    answered, late, soon = on("01", answer="accepted"), on("20"), on("10")
    shown = host.get(LIST, {"answer": "all"}).context["cl"].result_list
    assert list(shown) == [soon, late, answered]


def test_list_finds_an_organisation_and_a_reference(host, agency):
    stop = stop_of(agency, visit=VisitFactory(organisation="DPRD Contoh"))
    stop_of(agency)
    assert rows(host.get(LIST, {"q": "dprd"})) == {stop}
    assert rows(host.get(LIST, {"q": stop.visit.reference})) == {stop}


def test_list_takes_the_same_queries_for_1_and_for_3(host, agency, django_assert_num_queries):
    for more in (1, 2):
        for _row in range(more):
            stop_of(agency, visit=visit_in(S.SUBMITTED))
        with django_assert_num_queries(8):
            host.get(LIST)


def test_list_offers_to_answer(host, agency):
    stop_of(agency)
    assert actions(host.get(LIST)) == {"accept", "decline"}


# Answering


def test_host_accepts_with_speaker_place_and_time(host, host_user, agency):
    stop = stop_of(agency, visit=visit_in(S.SUBMITTED))
    response = make_transition(
        host,
        "accept",
        stop,
        speaker="Kepala Bidang",
        venue="Gedung uji",
        starts_at="10:00",
        ends_at="10:45",
        reason="Mohon memakai sepatu tertutup.",
    )
    answered = fresh(stop)
    assert (response.url, message_levels(response)) == (change_page(stop), ["success"])
    assert (answered.answer, answered.answered_by) == ("accepted", host_user)
    assert (answered.speaker, answered.venue, answered.starts_at, answered.ends_at) == (
        "Kepala Bidang",
        "Gedung uji",
        datetime.time(10),
        datetime.time(10, 45),
    )
    event = stop.visit.events.get()
    assert (event.what, event.by, event.reason) == (
        "stop_accepted",
        host_user,
        "Mohon memakai sepatu tertutup.",
    )


def test_time_outside_the_visit_comes_back_with_what_was_typed(host, agency):
    stop = stop_of(agency, visit=visit_in(S.SUBMITTED))
    response = make_transition(host, "accept", stop, starts_at="07:00", speaker="Ka <bid>")
    assert errors_of(response) == {"starts_at": ["outside"]}
    assert "Ka &lt;bid&gt;" in response.text
    assert fresh(stop).answer == "pending"


@pytest.mark.parametrize(("reason", "code"), [("", "required"), ("x" * 501, "max_length")])
def test_declining_needs_a_reason_that_fits(host, agency, reason, code):
    stop = stop_of(agency)
    response = make_transition(host, "decline", stop, reason=reason)
    assert errors_of(response) == {"reason": [code]}
    assert fresh(stop).answer == "pending"


def test_host_declines_with_a_reason(host, agency):
    stop = stop_of(agency)
    make_transition(host, "decline", stop, reason="Ada akreditasi.")
    assert (fresh(stop).answer, fresh(stop).answer_reason) == ("declined", "Ada akreditasi.")


def test_host_corrects_speaker_and_time_after_accepting(host, agency):
    stop = stop_of(agency, visit=visit_in(S.CONFIRMED), answer="accepted", speaker="Camat")
    asked = host.get(transition_page("plan", stop))
    assert asked.context["form"]["speaker"].value() == "Camat"
    make_transition(host, "plan", stop, speaker="Sekretaris", starts_at="10:00")
    assert (fresh(stop).speaker, fresh(stop).starts_at) == ("Sekretaris", datetime.time(10))
    assert stop.visit.events.get().what == "programme"


def test_several_stops_are_accepted_at_once_without_a_plan(host, agency):
    stops = [stop_of(agency, speaker="Camat") for _stop in range(2)]
    asked = host.get(transition_page("accept", *stops))
    assert list(asked.context["form"].fields) == ["reason"]
    make_transition(host, "accept", *stops)
    assert [(fresh(stop).answer, fresh(stop).speaker) for stop in stops] == [
        ("accepted", "Camat"),
        ("accepted", "Camat"),
    ]


@pytest.mark.parametrize(
    ("status", "answer", "offered"),
    [
        (S.SUBMITTED, "pending", ["accept", "decline"]),
        (S.CONFIRMED, "accepted", ["decline", "plan"]),
        (S.CONFIRMED, "declined", ["accept"]),
        (S.COMPLETED, "pending", []),
        (S.CANCELLED, "accepted", []),
    ],
)
def test_form_offers_what_is_open(host, agency, status, answer, offered):
    visit = VisitFactory(status=status, held_on="2030-09-10")
    stop = stop_of(agency, visit=visit, answer=answer)
    buttons = host.get(change_page(stop)).context["open_transitions"]
    assert [transition.name for transition, _url in buttons] == offered


def test_host_at_another_time_is_asked_anew_and_sees_it_first(host, agency, visit_officer):
    stop = stop_of(agency, visit=visit_in(S.CONFIRMED), answer="accepted")
    assert rows(host.get(LIST)) == set()
    stop.visit.move(by=visit_officer, slot=SlotFactory(date=datetime.date(2030, 9, 10)))
    assert rows(host.get(LIST)) == {stop}


def test_stop_leads_back_to_the_visit_those_who_may_see_it(agency, host, officer):
    stop = stop_of(agency)
    link = f'href="{change_page(stop.visit)}"'
    assert link in officer.get(change_page(stop)).content.decode()
    page = host.get(change_page(stop)).content.decode()
    assert stop.visit.reference in page
    assert link not in page


def test_who_answered_is_named_without_a_link_to_the_account(agency, host, host_user):
    host_user.first_name, host_user.last_name = "Sri", "Contoh"
    host_user.save()
    stop = stop_of(agency)
    make_transition(host, "accept", stop)
    page = host.get(change_page(stop)).content.decode()
    assert "Sri Contoh" in page
    assert "/accounts/user/" not in page
