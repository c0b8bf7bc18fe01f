"""What a delegation, or staff for it, does with the list: by hand, by file, on paper."""

import io
import re

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone
from lxml import html

from tests.factories import ParticipantFactory, VisitFactory
from tests.staff import logged_in
from tests.visits.conftest import upload
from tests.visits.workbooks import HEADER, xlsx
from visits.models import GroupPass, Participant, Visit

pytestmark = pytest.mark.django_db

BUDI = ("Budi Santoso", "Dinas Sosial", "Analis")
EVIL = "<script>alert(1)</script>"
SEVENTY_EIGHT = [(f"Orang {number}", "Dinas", "Analis") for number in range(78)]


@pytest.fixture
def visit():
    visit = VisitFactory.build(expected_participants=78, status=Visit.Status.CONFIRMED)
    visit.held_on = timezone.localdate()
    visit.make_link()
    visit.save()
    return visit


def at(visit, name, *args):
    return reverse(f"visits:{name}", args=[visit.private_token, *args])


def send_file(client, visit, content, *, name="peserta.xlsx"):
    return client.post(at(visit, "participant_upload"), {"file": upload(content, name)})


def save_button(response):
    """What the preview's form would send; None where nothing can be saved."""
    fields = html.fromstring(response.text).xpath("//input[@name='content']/@value")
    return {"content": fields[0]} if fields else None


def save(client, visit, response):
    return client.post(at(visit, "participant_upload"), save_button(response))


def names(visit):
    return list(visit.attendees.values_list("name", flat=True))


def file_errors(response):
    return [error.code for error in response.context["form"].errors.as_data().get("file", [])]


def test_78_participants_are_previewed_and_then_saved_in_one_go(client, visit):
    preview = send_file(client, visit, xlsx(HEADER, *SEVENTY_EIGHT))
    assert len(preview.context["comparison"].new) == 78
    assert names(visit) == []
    response = save(client, visit, preview)
    assert response.url == at(visit, "participants")
    assert names(visit) == [name for name, _institution, _title in SEVENTY_EIGHT]
    assert "78" in client.get(response.url).text


def test_bad_rows_are_all_named_and_nothing_can_be_saved(client, visit):
    ParticipantFactory(visit=visit, name="Lama")
    content = xlsx(HEADER, BUDI, ("", "Dinas"), (EVIL * 9, "", ""), ("Ani", "=1+1"))
    response = send_file(client, visit, content)
    assert [(each.cell, each.code) for each in response.context["problems"]] == [
        ("A3", "required"),
        ("A4", "too_long"),
        ("B5", "formula"),
    ]
    shown = html.fromstring(response.text).xpath("//ul[@class='problems']/li/strong/text()")
    assert shown == ["Baris 3, Nama (A3):", "Baris 4, Nama (A4):", "Baris 5, Instansi (B5):"]
    assert EVIL not in response.text
    assert save_button(response) is None
    assert names(visit) == ["Lama"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"Nama\n" + b"a" * (2 * 1024 * 1024), "too_large"),
        (b"PK\x03\x04 nothing behind it", "damaged"),
        (b"Instansi\nDinas\n", "no_name_column"),
    ],
)
def test_file_that_cannot_be_read_is_refused_beside_its_field(client, visit, content, code):
    response = send_file(client, visit, content)
    assert file_errors(response) == [code]
    assert response.text.count('role="alert"') == 1


def test_upload_without_a_file_asks_for_one(client, visit):
    response = client.post(at(visit, "participant_upload"), {})
    assert file_errors(response) == ["required"]


def test_more_names_than_seats_cannot_be_saved_and_the_way_out_is_told(client, visit):
    Visit.objects.update(expected_participants=2)
    response = send_file(client, visit, xlsx(HEADER, BUDI, ("Ani",), ("Siti",)))
    assert save_button(response) is None
    assert "Naikkan dahulu jumlah orang" in response.context["error"]


def test_preview_overtaken_by_another_change_is_shown_again_and_saves_at_the_second_try(
    client, visit
):
    preview = send_file(client, visit, xlsx(HEADER, BUDI))
    visit.add_participant(by=None, name="Siti")
    again = save(client, visit, preview)
    assert names(visit) == ["Siti"]
    assert [each.name for each in again.context["comparison"].removed] == ["Siti"]
    assert again.text.count('role="alert"') == 1
    save(client, visit, again)
    assert names(visit) == ["Budi Santoso"]


def test_preview_saved_twice_saves_once(client, visit):
    preview = send_file(client, visit, xlsx(HEADER, BUDI))
    save(client, visit, preview)
    again = save(client, visit, preview)
    assert again.context["comparison"].changes_nothing
    assert names(visit) == ["Budi Santoso"]


@pytest.mark.parametrize(
    "damage", [lambda text: text[:-1], lambda _text: "", lambda _text: "a:b:c"]
)
def test_preview_that_was_tampered_with_is_refused(client, visit, damage):
    content = save_button(send_file(client, visit, xlsx(HEADER, BUDI)))["content"]
    response = client.post(at(visit, "participant_upload"), {"content": damage(content)})
    assert response.status_code == 200
    assert names(visit) == []


def test_preview_of_one_visit_saves_nothing_in_another(client, visit):
    other = VisitFactory.build()
    other.make_link()
    other.save()
    preview = send_file(client, other, xlsx(HEADER, BUDI))
    save(client, visit, preview)
    assert (names(visit), names(other)) == ([], [])


def test_notes_of_the_file_stand_on_the_preview(client, visit):
    response = send_file(client, visit, xlsx((*HEADER, "Ukuran kaus"), BUDI))
    assert len(response.context["notes"]) == 1
    assert "Ukuran kaus" in response.text


def test_participants_are_added_changed_and_removed_by_hand(client, visit):
    form = {"name": " Siti\u200b  Aminah ", "institution": "Bappeda", "job_title": ""}
    assert client.post(at(visit, "participant_add"), form).url == at(visit, "participants")
    siti = Participant.objects.get()
    assert (siti.name, siti.institution) == ("Siti Aminah", "Bappeda")
    client.post(at(visit, "participant_change", siti.pk), form | {"job_title": "Analis"})
    siti.refresh_from_db()
    assert (siti.name, siti.job_title) == ("Siti Aminah", "Analis")
    client.get(at(visit, "participant_remove", siti.pk))
    assert names(visit) == ["Siti Aminah"]
    client.post(at(visit, "participant_remove", siti.pk))
    assert names(visit) == []


def test_add_another_comes_back_to_an_empty_form(client, visit):
    response = client.post(at(visit, "participant_add"), {"name": "Siti", "another": "1"})
    assert response.url == at(visit, "participant_add")


@pytest.mark.parametrize(
    ("form", "field", "code"),
    [
        ({"name": ""}, "name", "required"),
        ({"name": "\u200b"}, "name", "required"),
        ({"name": "123"}, "name", "no_letter"),
        ({"name": "x" * 151}, "name", "max_length"),
        ({"name": "Siti", "institution": "x" * 201}, "institution", "max_length"),
        ({"name": "siti lama"}, "__all__", "duplicate"),
    ],
)
def test_bad_entry_is_refused_and_keeps_what_was_typed(client, visit, form, field, code):
    ParticipantFactory(visit=visit, name="Siti Lama")
    response = client.post(at(visit, "participant_add"), form)
    errors = response.context["form"].errors.as_data()
    assert {name: [each.code for each in found] for name, found in errors.items()} == {
        field: [code]
    }
    assert names(visit) == ["Siti Lama"]


def test_all_names_are_removed_once_that_is_confirmed(client, visit):
    ParticipantFactory.create_batch(3, visit=visit)
    client.get(at(visit, "participant_remove_all"))
    assert len(names(visit)) == 3
    client.post(at(visit, "participant_remove_all"))
    assert names(visit) == []


def test_present_participant_is_kept_and_the_page_says_why(client, visit):
    present = ParticipantFactory(visit=visit, present=True)
    response = client.post(at(visit, "participant_remove", present.pk))
    assert present.name in response.context["error"]
    assert names(visit) == [present.name]


def test_participant_of_another_visit_is_out_of_reach(client, visit):
    other = ParticipantFactory()
    for name in ("participant_change", "participant_remove"):
        assert client.post(at(visit, name, other.pk), {"name": "X"}).status_code == 404
    assert Participant.objects.get().name == other.name


def test_page_without_names_says_that_a_number_will_do(client, visit):
    text = client.get(at(visit, "participants")).text
    assert "Nama tidak wajib" in text
    ParticipantFactory(visit=visit)
    assert "Nama tidak wajib" not in client.get(at(visit, "participants")).text


def test_list_of_a_visit_that_is_over_is_read_only_for_the_delegation(client, visit):
    siti = ParticipantFactory(visit=visit, name="Siti")
    Visit.objects.update(status=Visit.Status.COMPLETED)
    page = html.fromstring(client.get(at(visit, "participants")).text)
    links = {link.rpartition(visit.private_token)[2] for link in page.xpath("//main//a/@href")}
    assert links == {"/"}
    client.post(at(visit, "participant_remove", siti.pk))
    assert names(visit) == ["Siti"]


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_template_comes_empty_with_an_example_or_with_who_is_listed(client, visit, kind):
    empty = client.get(at(visit, "participant_template", kind))
    assert empty["Content-Disposition"] == (
        f'attachment; filename="peserta-{visit.reference}.{kind}"'
    )
    assert file_errors(send_file(client, visit, empty.content)) == ["no_rows"]
    ParticipantFactory(visit=visit, name="=Siti", institution="+1")
    filled = client.get(at(visit, "participant_template", kind))
    preview = send_file(client, visit, filled.content)
    assert preview.context["comparison"].changes_nothing


def test_unknown_kind_of_template_is_not_found(client, visit):
    assert client.get(at(visit, "participant_template", "exe")).status_code == 404


def test_every_pass_carries_the_absolute_address_of_its_page(client, visit, monkeypatch, settings):
    drawn = []
    monkeypatch.setattr(
        "visits.views.participants.qr_drawing", lambda address: drawn.append(address) or ""
    )
    siti = ParticipantFactory(visit=visit, name="Siti")
    client.get(at(visit, "passes"))
    addresses = [
        f"{settings.SITE_URL}{reverse('visits:pass', args=[holder.private_token])}"
        for holder in (GroupPass.of(visit), siti)
    ]
    assert sorted(drawn) == sorted(addresses)
    assert all(re.fullmatch(r"https?://[^/]+/\S+/[\w-]{43}/", address) for address in drawn)


def test_passes_are_one_for_the_group_and_one_for_each_name(client, visit):
    ParticipantFactory.create_batch(3, visit=visit)
    page = html.fromstring(client.get(at(visit, "passes")).text)
    assert page.xpath("//h2[@class='pass__name']/text()") == [visit.organisation, *names(visit)]
    assert len(page.xpath("//div[@role='img'][@aria-label]/svg")) == 4
    assert not page.xpath("//*[@style]")


def test_lists_and_passes_take_the_same_queries_for_1_and_for_3(
    client, visit, django_assert_num_queries
):
    GroupPass.of(visit)
    for number in (1, 2):
        ParticipantFactory.create_batch(number, visit=visit)
        for page, queries in (("participants", 2), ("passes", 3)):
            with django_assert_num_queries(queries):
                client.get(at(visit, page))


PAGES = [
    "participants",
    "participant_add",
    "participant_upload",
    "participant_remove_all",
    "passes",
]


@pytest.mark.parametrize("name", PAGES)
def test_pages_open_by_the_link_alone_and_are_kept_by_nobody(client, visit, name):
    response = client.get(at(visit, name))
    assert response.status_code == 200
    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Robots-Tag"] == "noindex"
    assert client.get(reverse(f"visits:{name}", args=["x" * 43])).status_code == 404


@pytest.mark.parametrize("name", [*PAGES, "participant_template"])
def test_staff_reach_the_same_list_by_its_reference(visit, visit_officer, name):
    args = [visit.reference, "csv"] if "template" in name else [visit.reference]
    response = logged_in(visit_officer).get(reverse(f"visits:staff_{name}", args=args))
    assert response.status_code == 200
    assert visit.private_token not in response.text
    assert {"private", "no-store"} <= set(response["Cache-Control"].split(", "))


def test_staff_mend_the_list_of_a_visit_that_is_over(visit, visit_officer):
    siti = ParticipantFactory(visit=visit, name="Siti")
    Visit.objects.update(status=Visit.Status.COMPLETED)
    url = reverse("visits:staff_participant_change", args=[visit.reference, siti.pk])
    assert logged_in(visit_officer).post(url, {"name": "Siti Aminah"}).status_code == 302
    assert names(visit) == ["Siti Aminah"]
    event = visit.events.get(what="participants")
    assert (event.actor, event.by) == ("staff", visit_officer)


def test_private_page_leads_to_the_list(client, visit):
    text = client.get(reverse("visits:request", args=[visit.private_token])).text
    assert at(visit, "participants") in text
    assert at(visit, "passes") in text


def test_admin_shows_how_many_are_listed_and_leads_to_them(visit, visit_officer):
    ParticipantFactory(visit=visit)
    ParticipantFactory(visit=visit, present=True)
    page = logged_in(visit_officer).get(reverse("admin:visits_visit_change", args=[visit.pk]))
    assert "2 nama tercantum, 1 di antaranya sudah hadir" in page.text
    for name in ("staff_participants", "staff_passes", "check_in", "attendance"):
        assert reverse(f"visits:{name}", args=[visit.reference]) in page.text


def test_attendance_is_a_workbook_of_who_came(visit, visit_officer):
    ParticipantFactory(visit=visit, name="=Siti", present=True)
    ParticipantFactory(visit=visit, name="Budi")
    url = reverse("visits:attendance", args=[visit.reference])
    response = logged_in(visit_officer).get(url)
    sheet = openpyxl.load_workbook(io.BytesIO(response.content)).active
    came = timezone.localtime(Participant.objects.get(name="=Siti").attended_at)
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert [(row[1], row[4] and row[4].strftime("%H:%M")) for row in rows] == [
        ("=Siti", came.strftime("%H:%M")),
        ("Budi", None),
    ]
    assert sheet.cell(2, 2).data_type == "s"
