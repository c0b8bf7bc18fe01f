"""The admin works under our Content-Security-Policy: its scripts run, and none is refused."""

import io

from django.urls import reverse

from innovations.models import Innovation
from tests.browser import places
from tests.browser.conftest import log_in
from tests.factories import (
    AgencyFactory,
    SlotFactory,
    SourceFactory,
    StopFactory,
    VisitFactory,
    picture_file,
)
from tests.staff import transition_page
from visits.models import TimeSlot, Visit


def choose(page, field, text):
    """Choose in an autocomplete field the only match of what is typed."""
    page.click(f"#id_{field} + .select2-container")
    page.fill(".select2-dropdown .select2-search__field", text)
    page.click(f".select2-results__option--highlighted:has-text('{text}')")
    page.wait_for_selector(".select2-container--open", state="detached")


def test_staff_write_source_and_publish_an_innovation(watched, live_server, superuser):
    AgencyFactory(name="Dinas Perhubungan", abbreviation="Dishub")
    SourceFactory(title="Berita uji kendaraan")
    page = watched
    log_in(page, live_server, superuser)
    page.goto(f"{live_server.url}/admin/innovations/innovation/add/")
    page.fill("#id_name", "Siap Uji Bersama")
    page.fill("#id_summary", "Mendaftar uji kendaraan dari rumah.")
    choose(page, "agency", "Dinas Perhubungan")
    page.click("#citations-group .add-row a")
    choose(page, "citations-0-source", "Berita uji kendaraan")
    page.click("#pictures-group .add-row a")
    page.set_input_files(
        "#id_pictures-0-image",
        {"name": "foto.png", "mimeType": "image/png", "buffer": picture_file().read()},
    )
    page.fill("#id_pictures-0-alt", "Petak hijau")
    page.fill("#id_pictures-0-credit", "Dishub")
    places.press(page, ".submit-row input[name=_continue] >> nth=0")

    innovation = Innovation.objects.get()
    assert innovation.slug == "siap-uji-bersama", "the script fills the address from the name"
    assert [c.source.title for c in innovation.citations.all()] == ["Berita uji kendaraan"]
    places.press(page, ".transition--publish")
    places.press(page, ".submit-row input[type=submit]")
    innovation.refresh_from_db()
    assert innovation.status == Innovation.Status.PUBLISHED
    page.goto(live_server.url + innovation.get_absolute_url())
    assert page.locator("h1").inner_text() == "Siap Uji Bersama"
    image = page.locator(".innovation__cover img")
    image.evaluate("image => image.decode()")


def test_staff_decline_a_request_with_a_reason(watched, live_server, superuser):
    visit = VisitFactory()
    page = watched
    log_in(page, live_server, superuser)
    page.goto(live_server.url + reverse("admin:visits_visit_changelist"))
    page.check(f"input.action-select[value='{visit.pk}']")
    page.select_option("select[name=action]", "decline")
    places.press(page, ".actions button[type=submit]")
    page.fill("#id_reason", "Gedung sedang diperbaiki.")
    places.press(page, ".submit-row input[type=submit]")
    visit.refresh_from_db()
    assert visit.status == Visit.Status.DECLINED
    assert [event.reason for event in visit.events.all()] == ["Gedung sedang diperbaiki."]


def test_staff_make_a_series_of_slots(watched, live_server, superuser):
    page = watched
    log_in(page, live_server, superuser)
    page.goto(live_server.url + reverse("admin:visits_timeslot_changelist"))
    places.press(page, f"a[href='{reverse('admin:visits_timeslot_series')}']")
    for number in (2, 4):
        page.check(f"input[name=weekdays][value='{number}']")
    page.fill("#id_starts_at", "09:00")
    page.fill("#id_ends_at", "11:30")
    page.fill("#id_first", "2030-03-01")
    page.fill("#id_last", "2030-03-31")
    page.fill("#id_venue", "Aula")
    page.fill("#id_capacity", "100")
    places.press(page, "[name=_preview]")
    assert page.locator(".series__left-out").all_inner_texts() == [
        "Selasa, 5 Maret 2030\tDilewati: Hari Suci Nyepi"
    ]
    places.press(page, "[name=_change]")
    assert page.input_value("#id_capacity") == "100"
    page.fill("#id_capacity", "80")
    places.press(page, "[name=_preview]")
    places.press(page, "[name=_create]")
    page.wait_for_selector("#result_list")
    assert page.locator("#result_list tbody tr").count() == 7
    assert set(TimeSlot.objects.values_list("capacity", flat=True)) == {80}


def test_list_filters_history_and_calendar_break_no_policy(
    watched, live_server, superuser, innovation
):
    visit, slot = VisitFactory(), SlotFactory()
    stop = StopFactory(visit=visit, innovation=innovation)
    page = watched
    log_in(page, live_server, superuser)
    for path in (
        reverse("admin:index"),
        f"{reverse('admin:innovations_innovation_changelist')}?waiting=yes",
        reverse("admin:innovations_innovation_change", args=[innovation.pk]),
        reverse("admin:innovations_innovation_history", args=[innovation.pk]),
        reverse("admin:innovations_innovation_delete", args=[innovation.pk]),
        reverse("admin:innovations_source_add"),
        reverse("admin:magelang_portal_user_changelist"),
        reverse("admin:password_change"),
        reverse("admin:second_factor"),
        reverse("admin:visits_timeslot_changelist"),
        reverse("admin:visits_timeslot_change", args=[slot.pk]),
        reverse("admin:visits_timeslot_series"),
        reverse("admin:visits_closeddate_add"),
        reverse("admin:visits_stop_changelist"),
        reverse("admin:visits_stop_change", args=[stop.pk]),
        transition_page("accept", stop),
        transition_page("confirm", visit),
        reverse("admin:visits_visit_change", args=[visit.pk]),
    ):
        response = page.goto(live_server.url + path)
        assert response.status == 200, path
        assert page.evaluate("window.violations") == [], path
    page.click(".datetimeshortcuts a >> nth=0")
    assert page.input_value("#id_wished_on") != ""


def test_admin_fits_a_phone(page, live_server, superuser, innovation):
    page.set_viewport_size({"width": 360, "height": 740})
    log_in(page, live_server, superuser)
    for path in (
        reverse("admin:index"),
        reverse("admin:innovations_innovation_change", args=[innovation.pk]),
        reverse("admin:visits_timeslot_series"),
        reverse("admin:second_factor"),
    ):
        page.goto(live_server.url + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path


def test_qr_code_of_the_second_factor_is_drawn(watched, live_server, superuser, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    log_in(watched, live_server, superuser)
    box = watched.locator(".qr-code svg").bounding_box()
    assert box["width"] >= 150
    shot = io.BytesIO(watched.locator(".qr-code").screenshot())
    assert shot.getbuffer().nbytes > 1000
