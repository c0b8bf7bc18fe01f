import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from django.utils.translation import override

from tests.factories import (
    AgencyFactory,
    InnovationFactory,
    PaperFactory,
    SourceFactory,
    StopFactory,
    UserFactory,
    VisitFactory,
)
from tests.staff import (
    actions,
    change_page,
    changelist,
    logged_in,
    make_transition,
    transition_page,
)
from tests.visits.conftest import pdf_bytes, visit_in
from visits.admin import VisitAdmin
from visits.models import Stop, Visit

pytestmark = pytest.mark.django_db

S = Visit.Status
DAY = datetime.date(2019, 9, 4)


def form_of(visit, **changes):
    """What the form of a visit sends, its itinerary and history untouched."""
    data = {
        "organisation": visit.organisation,
        "organisation_kind": visit.organisation_kind,
        "contact_email": visit.contact_email,
        "language": visit.language,
        "held_on": visit.held_on or "",
        "slug": visit.slug or "",
    }
    for prefix in ("stops", "pictures", "events"):
        data |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
    return data | changes


def test_officer_writes_the_record_but_neither_reference_nor_status(officer):
    visit = VisitFactory()
    hidden = {
        "reference": "KM-2026-PALSU",
        "status": "completed",
        "published_at": "2026-01-01",
        "link_hash": "0" * 64,
        "letter": "",
    }
    response = officer.post(change_page(visit), form_of(visit, venue="Aula", **hidden))
    changed = Visit.objects.get()
    assert response.status_code == 302
    assert changed.venue == "Aula"
    assert (changed.reference, changed.status) == (visit.reference, S.SUBMITTED)
    assert (changed.published_at, changed.link_hash) == (None, None)


def test_officer_adds_a_past_visit_with_a_source(officer):
    source = SourceFactory()
    new = form_of(Visit(organisation="DPRD Contoh", organisation_kind="regional_council"))
    officer.post(
        reverse("admin:visits_visit_add"),
        new | {"held_on": "2019-09-04", "sources": [source.pk], "status": "completed"},
    )
    visit = Visit.objects.get()
    assert (visit.organisation, visit.status, visit.held_on) == ("DPRD Contoh", S.SUBMITTED, DAY)
    assert list(visit.sources.all()) == [source]


def stop_form(number, stop, **changes):
    """What the row of a stop sends."""
    fields = {
        "id": stop.pk or "",
        "visit": stop.visit.pk,
        "innovation": stop.innovation.pk,
        "position": number + 1,
        "starts_at": stop.starts_at or "",
        "ends_at": stop.ends_at or "",
        "venue": stop.venue,
        "speaker": stop.speaker,
    }
    return {f"stops-{number}-{name}": value for name, value in (fields | changes).items()}


def post_programme(officer, visit, *rows, added=0, **changes):
    """Send the form of `visit` with these rows, the last `added` of which are new."""
    data = form_of(visit, held_on=visit.held_on or "", venue=visit.venue, **changes)
    data |= {"stops-TOTAL_FORMS": len(rows), "stops-INITIAL_FORMS": len(rows) - added}
    for row in rows:
        data |= row
    return officer.post(change_page(visit), data)


def programme(visit):
    return [(event.what, event.details) for event in visit.events.all()]


def test_officer_changes_the_programme_and_it_is_recorded_and_told(officer, visit_officer):
    visit = visit_in(S.CONFIRMED)
    kept, timed, dropped = StopFactory.create_batch(3, visit=visit)
    host = UserFactory(agency=AgencyFactory(), email="tuan@contoh.example")
    new = StopFactory.build(visit=visit, innovation=InnovationFactory(agency=host.agency))
    response = post_programme(
        officer,
        visit,
        stop_form(0, kept, position=0),
        stop_form(1, timed, starts_at="10:00", speaker="Kepala Bidang", position=0),
        stop_form(2, dropped, DELETE="on"),
        stop_form(3, new),
        added=1,
    )
    assert response.status_code == 302
    event = visit.events.get()
    assert (event.what, event.by) == ("programme", visit_officer)
    assert event.details == {
        "added": [new.innovation.name],
        "removed": [dropped.innovation.name],
        "changed": [timed.innovation.name],
    }
    assert sorted(visit.messages.values_list("kind", "to")) == [
        ("programme_changed", visit.contact_email),
        ("stops_to_answer", host.email),
    ]


def test_saving_without_a_change_to_the_programme_leaves_no_trace(officer):
    visit = visit_in(S.CONFIRMED)
    stop = StopFactory(visit=visit, starts_at="10:00")
    post_programme(officer, visit, stop_form(0, stop, position=0), unit="Angkatan IV")
    assert (programme(visit), Visit.objects.get().unit) == ([], "Angkatan IV")


def test_new_venue_is_a_change_of_the_programme(officer):
    visit = visit_in(S.CONFIRMED)
    officer.post(change_page(visit), form_of(visit, venue="Pendopo"))
    assert programme(visit) == [("programme", {"changed": ["Pendopo"]})]


def test_programme_of_a_past_visit_is_put_right_in_silence(officer):
    visit = VisitFactory(completed=True)
    new = StopFactory.build(visit=visit, innovation=InnovationFactory())
    post_programme(officer, visit, stop_form(0, new), added=1)
    assert (visit.stops.count(), programme(visit), visit.messages.count()) == (1, [], 0)


@pytest.mark.parametrize(
    ("times", "field"),
    [
        ({"starts_at": "08:00"}, "starts_at"),
        ({"ends_at": "12:00"}, "ends_at"),
        ({"starts_at": "10:00", "ends_at": "09:30"}, "ends_at"),
    ],
)
def test_stop_outside_the_hours_of_its_visit_comes_back(officer, times, field):
    visit = visit_in(S.CONFIRMED)
    stop = StopFactory(visit=visit)
    response = post_programme(officer, visit, stop_form(0, stop, **times))
    [form] = response.context["inline_admin_formsets"][0].formset.forms
    assert list(form.errors) == [field]
    assert programme(visit) == []


def test_stop_that_a_host_was_asked_for_does_not_become_another(officer):
    stop, other = StopFactory(), InnovationFactory()
    post_programme(officer, stop.visit, stop_form(0, stop, innovation=other.pk, position=0))
    assert (stop.visit.stops.get().innovation, programme(stop.visit)) == (stop.innovation, [])


def test_answer_of_a_host_is_read_and_not_written_on_the_form_of_the_visit(officer):
    stop = StopFactory(answer="declined", answer_reason="Ada <rapat>.")
    text = officer.get(change_page(stop.visit)).text
    assert "Ada &lt;rapat&gt;." in text
    assert f'href="{transition_page("accept", stop)}"' in text
    post_programme(officer, stop.visit, stop_form(0, stop, answer="accepted"))
    stop.refresh_from_db()
    assert stop.answer == "declined"


@pytest.mark.parametrize(
    ("status", "in_slot", "locked"),
    [
        (S.SUBMITTED, True, {"expected_participants", "held_on", "held_until"}),
        (S.CONFIRMED, True, {"expected_participants", "held_on", "held_until"}),
        (S.COMPLETED, True, {"expected_participants", "held_on", "held_until"}),
        (S.SUBMITTED, False, {"expected_participants"}),
        (S.CONFIRMED, False, {"expected_participants", "held_on", "held_until"}),
        (S.COMPLETED, False, set()),
    ],
)
def test_what_has_seats_and_messages_behind_it_is_changed_by_a_transition(
    officer, status, in_slot, locked
):
    visit = visit_in(status) if in_slot else VisitFactory(status=status, held_on=DAY)
    response = officer.get(change_page(visit))
    fields = {"expected_participants", "held_on", "held_until", "organisation"}
    assert fields - set(response.context["adminform"].form.fields) == locked
    officer.post(change_page(visit), form_of(visit, held_on="2031-03-04", expected_participants=9))
    changed = Visit.objects.get(pk=visit.pk)
    assert (changed.expected_participants == 9) == ("expected_participants" not in locked)
    assert (str(changed.held_on) == "2031-03-04") == ("held_on" not in locked)


def test_saving_leaves_alone_what_changed_meanwhile(officer, monkeypatch):
    visit = visit_in(S.SUBMITTED)
    real = VisitAdmin.save_model

    def meanwhile(self, request, obj, form, change):
        Visit.objects.filter(pk=visit.pk).update(seats=7, unit="Dari tempat lain")
        real(self, request, obj, form, change)

    monkeypatch.setattr(VisitAdmin, "save_model", meanwhile)
    officer.post(change_page(visit), form_of(visit, organisation="DPRD Contoh"))
    changed = Visit.objects.get()
    assert (changed.organisation, changed.seats) == ("DPRD Contoh", 7)


def test_form_shows_slot_seats_and_whoever_comes_along(officer):
    visit = visit_in(S.CONFIRMED)
    joining = visit_in(S.SUBMITTED, slot=visit.slot, joins=visit, organisation="DPRD <Contoh>")
    text = officer.get(change_page(visit)).text
    assert f'href="{change_page(visit.slot)}"' in text
    assert f'href="{change_page(joining)}"' in text
    assert "DPRD &lt;Contoh&gt;" in text
    assert f'href="{change_page(visit)}"' in officer.get(change_page(joining)).text


def test_form_shows_the_place_in_the_waiting_list_and_the_offer(officer):
    visit = visit_in(S.WAITING_LIST)
    assert "nomor 1 di daftar tunggu" in officer.get(change_page(visit)).text
    Visit.objects.filter(pk=visit.pk).update(seats=20, offered_until="2031-03-04T10:05+07:00")
    assert "ditawarkan sampai 4 Maret 2031 10.05" in officer.get(change_page(visit)).text


def test_same_innovation_twice_in_an_itinerary_comes_back(officer):
    visit, innovation = VisitFactory(), InnovationFactory()
    data = form_of(visit, **{"stops-TOTAL_FORMS": 2})
    for number in (0, 1):
        data |= {
            f"stops-{number}-visit": visit.pk,
            f"stops-{number}-innovation": innovation.pk,
            f"stops-{number}-position": number,
            f"stops-{number}-answer": "pending",
        }
    response = officer.post(change_page(visit), data)
    stops = response.context["inline_admin_formsets"][0].formset
    assert len(stops.non_form_errors()) == 1
    assert not visit.stops.exists()


def test_history_can_be_read_and_not_rewritten(officer, visit_officer):
    visit = VisitFactory()
    visit.decline(by=visit_officer, reason="Penuh.")
    event = visit.events.get()
    data = form_of(visit, **{"events-TOTAL_FORMS": 2, "events-INITIAL_FORMS": 1})
    data |= {
        "events-0-id": event.pk,
        "events-0-visit": visit.pk,
        "events-0-status": "confirmed",
        "events-0-reason": "Disusupkan.",
        "events-0-DELETE": "on",
        "events-1-visit": visit.pk,
        "events-1-status": "confirmed",
    }
    assert "Penuh." in officer.get(change_page(visit)).text
    officer.post(change_page(visit), data)
    [kept] = visit.events.all()
    assert (kept.status, kept.by, kept.reason) == ("declined", visit_officer, "Penuh.")


def test_visit_that_took_place_keeps_its_day(officer):
    visit = VisitFactory(status=S.COMPLETED, held_on=DAY)
    response = officer.post(change_page(visit), form_of(visit, held_on=""))
    assert response.status_code == 200
    assert response.context["adminform"].form.errors
    assert Visit.objects.get().held_on == DAY


def test_public_visit_keeps_its_address(officer):
    visit = VisitFactory(completed=True)
    response = officer.post(change_page(visit), form_of(visit, slug=""))
    assert response.status_code == 200
    assert response.context["adminform"].form.errors
    assert Visit.objects.get().slug == visit.slug


def test_officer_deletes_no_visit(officer):
    visit = VisitFactory()
    url = reverse("admin:visits_visit_delete", args=[visit.pk])
    assert officer.post(url, {"post": "yes"}).status_code == 403
    assert actions(officer.get(changelist(Visit))) == {
        "confirm",
        "put_on_waiting_list",
        "decline",
        "complete",
        "publish",
        "unpublish",
        "send_link",
        "erase",
    }
    assert Visit.objects.get() == visit


def test_form_opened_before_the_erasure_brings_no_personal_data_back(officer):
    visit = VisitFactory(status=S.DECLINED)
    stale = form_of(visit, contact_name="Sekretaris", purpose="Belajar.", venue="Aula")
    visit.erase(by=None)
    officer.post(change_page(visit), stale)
    saved = Visit.objects.get()
    assert (saved.contact_name, saved.contact_email, saved.purpose) == ("", "", "")
    assert saved.venue == "Aula"


def test_visit_with_seats_is_cancelled_before_it_is_deleted():
    superuser = logged_in(UserFactory(is_superuser=True))
    visit = visit_in(S.SUBMITTED)
    delete = reverse("admin:visits_visit_delete", args=[visit.pk])
    assert superuser.post(delete, {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [visit.pk], "post": "yes"}
    superuser.post(changelist(Visit), chosen)
    assert Visit.objects.filter(pk=visit.pk).exists()
    visit.cancel()
    superuser.post(delete, {"post": "yes"})
    assert not Visit.objects.exists()


def test_hosts_are_asked_of_a_visit_that_staff_enter(officer):
    host = UserFactory(email="tuan@rumah.example", agency=AgencyFactory())
    innovation = InnovationFactory(published=True, agency=host.agency)
    new = form_of(Visit(organisation="DPRD", organisation_kind="regional_council"))
    new |= stop_form(0, Stop(visit=Visit(), innovation=innovation), visit="")
    new["stops-TOTAL_FORMS"] = 1
    officer.post(reverse("admin:visits_visit_add"), new)
    assert [message.to for message in Visit.objects.get().messages.all()] == [host.email]


def test_itinerary_stands_before_the_request(officer):
    page = officer.get(change_page(VisitFactory())).content.decode()
    places = [page.index(f'id="{name}"') for name in ("stops-group", "id_organisation")]
    assert places == sorted(places)
    assert page.count('id="stops-group"') == 1


@pytest.mark.parametrize(("status", "closed"), [(S.SUBMITTED, True), (S.COMPLETED, False)])
def test_public_page_is_folded_away_until_the_visit_is_over(officer, status, closed):
    visit = VisitFactory(status=status, held_on=DAY)
    context = officer.get(change_page(visit)).context
    *_above, public = context["adminform"]
    [pictures] = [f for f in context["inline_admin_formsets"] if f.formset.prefix == "pictures"]
    assert [public.is_collapsible, pictures.is_collapsible] == [closed, closed]


def test_new_visit_takes_the_letter_and_shows_no_reference_before_it_has_one(officer):
    add = reverse("admin:visits_visit_add")
    assert "KM-" not in officer.get(add).content.decode()
    new = form_of(Visit(organisation="DPRD Contoh", organisation_kind="regional_council"))
    letter = SimpleUploadedFile("surat.exe", pdf_bytes(), "application/pdf")
    response = officer.post(add, new | {"letter": letter}, follow=True)
    visit = Visit.objects.get()
    assert visit.letter.name.endswith(".pdf")
    assert visit.reference in response.content.decode()


def test_letter_that_is_none_is_refused_at_its_field(officer):
    new = form_of(Visit(organisation="DPRD Contoh", organisation_kind="regional_council"))
    letter = SimpleUploadedFile("surat.pdf", b"MZ nothing")
    response = officer.post(reverse("admin:visits_visit_add"), new | {"letter": letter})
    assert list(response.context["adminform"].form.errors) == ["letter"]
    assert not Visit.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_transition_of_one_visit_leads_back_where_rows_are_locked(monkeypatch):
    """As on PostgreSQL, where a lock outside a transaction is an error."""
    monkeypatch.setattr(connection.features, "has_select_for_update", True)
    monkeypatch.setattr(connection.ops, "for_update_sql", lambda **_options: "")
    superuser, visit = logged_in(UserFactory(is_superuser=True)), VisitFactory()
    response = make_transition(superuser, "decline", visit, reason="Penuh.")
    assert (response.status_code, response["Location"]) == (302, change_page(visit))


def test_row_of_a_stop_writes_no_answer_of_its_host(officer, monkeypatch):
    stop = StopFactory()
    real = VisitAdmin.save_model

    def meanwhile(self, *args):
        type(stop).objects.filter(pk=stop.pk).update(answer="accepted")
        real(self, *args)

    monkeypatch.setattr(VisitAdmin, "save_model", meanwhile)
    post_programme(officer, stop.visit, stop_form(0, stop, venue="Aula"))
    stop.refresh_from_db()
    assert (stop.answer, stop.venue) == ("accepted", "Aula")


def test_venue_taken_away_is_told_in_the_language_of_the_reader(officer):
    visit = visit_in(S.CONFIRMED)
    Visit.objects.update(venue="Pendopo")
    officer.post(change_page(visit), form_of(visit, venue=""))
    event = visit.events.get()
    assert event.details == {"changed": [""]}
    with override("en"):
        assert event.title == "Programme changed: another time, place or speaker: no venue"


@pytest.mark.parametrize(("held_on", "asked"), [("", 1), ("2019-09-04", 0)])
def test_hosts_are_asked_for_a_request_that_staff_enter(officer, held_on, asked):
    host = UserFactory(agency=AgencyFactory(), email="tuan@contoh.example", is_staff=True)
    innovation = InnovationFactory(agency=host.agency)
    new = form_of(Visit(organisation="DPRD", organisation_kind="regional_council"))
    new |= {"held_on": held_on, "stops-TOTAL_FORMS": 1}
    new |= {"stops-0-innovation": innovation.pk, "stops-0-position": 1}
    officer.post(reverse("admin:visits_visit_add"), new)
    messages = Visit.objects.get().messages.values_list("kind", "to")
    assert list(messages) == [("stops_to_answer", host.email)] * asked


@pytest.mark.parametrize("in_bulk", [False, True])
def test_visit_without_seats_is_deleted_with_its_papers_and_stops(in_bulk):
    visit = VisitFactory(status=S.CANCELLED)
    PaperFactory(visit=visit)
    StopFactory(visit=visit)
    chosen = {"action": "delete_selected", "_selected_action": [visit.pk]} if in_bulk else {}
    delete = reverse("admin:visits_visit_delete", args=[visit.pk])
    page = changelist(Visit) if in_bulk else delete
    response = logged_in(UserFactory(is_superuser=True)).post(page, chosen | {"post": "yes"})
    assert (response.status_code, Visit.objects.exists()) == (302, False)
