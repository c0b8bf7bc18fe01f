import io
from datetime import timedelta

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from PIL import Image

from magelang_portal.rate_limits import Policy
from tests.factories import InnovationFactory, picture_file
from tests.visits.conftest import pdf_bytes, upload, working_day
from visits.models import Visit

pytestmark = pytest.mark.django_db

REQUIRED = {
    "innovations",
    "purpose",
    "wished_on",
    "organisation",
    "organisation_kind",
    "head_name",
    "expected_participants",
    "contact_name",
    "contact_phone",
    "contact_email",
    "letter",
    "consent",
}


def codes(response):
    """Field name to the codes of its errors."""
    return {
        name: [error.code for error in errors.as_data()]
        for name, errors in response.context["form"].errors.items()
    }


def in_days(days):
    return (timezone.localdate() + timedelta(days=days)).isoformat()


def test_complete_request_is_stored_with_its_itinerary_and_history(send, innovation):
    response = send()
    visit = Visit.objects.get()
    assert response.status_code == 302
    assert visit.status == Visit.Status.SUBMITTED
    assert visit.organisation == "Pusdiklat Kesejahteraan Sosial"
    assert visit.expected_participants == 78
    assert visit.language == "id"
    assert visit.consented_at is not None
    assert [stop.innovation for stop in visit.stops.all()] == [innovation]
    assert [event.status for event in visit.events.all()] == ["submitted"]
    with visit.letter.open() as letter:
        assert letter.read().startswith(b"%PDF-")


def test_english_form_makes_an_english_request(client, filled):
    with translation.override("en"):
        url = reverse("visits:register")
    client.post(url, filled | {"letter": upload(pdf_bytes())})
    assert Visit.objects.get().language == "en"


def test_empty_form_names_every_required_field_and_no_other(client):
    response = client.post(reverse("visits:register"), {})
    assert codes(response) == {name: ["required"] for name in REQUIRED}
    assert response.text.count('role="alert"') == 1
    assert not Visit.objects.exists()


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"wished_on": "2019-09-04"}, {"wished_on": ["past"]}),
        ({"wished_on": in_days(0)}, {"wished_on": ["past"]}),
        ({"wished_on": "kapan-kapan"}, {"wished_on": ["invalid"]}),
        ({"alternative_on": "2019-09-04"}, {"alternative_on": ["past"]}),
        ({"alternative_on": working_day(40).isoformat()}, {"alternative_on": ["same_date"]}),
        ({"expected_participants": "0"}, {"expected_participants": ["min_value"]}),
        ({"expected_participants": "100000"}, {"expected_participants": ["max_value"]}),
        ({"expected_participants": "-3"}, {"expected_participants": ["min_value"]}),
        ({"expected_participants": "empat puluh"}, {"expected_participants": ["invalid"]}),
        ({"contact_phone": "telepon saja"}, {"contact_phone": ["phone"]}),
        ({"contact_email": "bukan surel"}, {"contact_email": ["invalid"]}),
        ({"innovations": []}, {"innovations": ["required"]}),
        ({"innovations": ["tidak-ada"]}, {"innovations": ["invalid_choice"]}),
        ({"organisation_kind": "kerajaan"}, {"organisation_kind": ["invalid_choice"]}),
        ({"organisation": "x" * 201}, {"organisation": ["max_length"]}),
        ({"website": "https://spam.example"}, {"website": [None]}),
    ],
)
def test_bad_input_is_refused_at_its_field_alone(send, changes, errors):
    assert codes(send(**changes)) == errors
    assert not Visit.objects.exists()


def test_missing_consent_is_refused(send, filled):
    del filled["consent"]
    assert codes(send()) == {"consent": ["required"]}


@pytest.mark.parametrize("written", ["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y"])
def test_date_is_read_as_browsers_and_as_people_write_it(send, written):
    day = working_day(50)
    send(wished_on=day.strftime(written))
    assert Visit.objects.get().wished_on == day


def test_what_was_typed_is_kept_when_the_form_comes_back(send, filled, innovation):
    response = send(expected_participants="0", unit='Angkatan "VIII" & IX')
    text = response.text
    assert 'value="Angkatan &quot;VIII&quot; &amp; IX"' in text
    assert "Belajar membuka data &lt;sektoral&gt;." in text
    assert f'value="{filled["wished_on"]}"' in text
    assert response.context["form"]["innovations"].value() == [innovation.slug]
    assert 'value="central_government" selected' in text
    assert 'name="consent"' in text
    assert response.context["form"].lost_letter


def test_error_stands_beside_its_field_and_in_the_summary(send):
    text = send(expected_participants="0").text
    assert 'href="#id_expected_participants"' in text
    assert 'aria-invalid="true"' in text
    assert 'id="id_expected_participants_error"' in text


def big_bitmap():
    buffer = io.BytesIO()
    Image.new("1", (7100, 7100)).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"MZ\x90\x00" + b"\0" * 500, "surat.pdf", "not_a_letter"),
        (b"%PDF-1.7 nothing behind it", "surat.pdf", "not_a_pdf"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "surat.svg", "not_a_letter"),
        (b"\x89PNG\r\n\x1a\n broken", "surat.png", "not_a_picture"),
        (b"", "surat.pdf", "empty"),
    ],
)
def test_letter_is_judged_by_its_content(send, content, name, code):
    assert codes(send(letter=upload(content, name))) == {"letter": [code]}
    assert not Visit.objects.exists()


def test_letter_of_50_megapixels_is_refused(send):
    response = send(letter=upload(big_bitmap(), "surat.png", "image/png"))
    assert codes(response) == {"letter": ["too_many_pixels"]}


def test_letter_over_the_limit_is_refused(send):
    content = pdf_bytes() + b"%" * settings.MAX_LETTER_BYTES
    assert codes(send(letter=upload(content))) == {"letter": ["too_large"]}


def test_letter_with_a_password_is_refused(send):
    import pikepdf

    content = pdf_bytes(encryption=pikepdf.Encryption(user="rahasia", owner="rahasia"))
    assert codes(send(letter=upload(content))) == {"letter": ["encrypted"]}


def test_missing_letter_is_refused(send):
    assert codes(send(no_letter=True)) == {"letter": ["required"]}


def test_photographed_letter_is_stored_as_a_fresh_picture(send):
    send(letter=upload(picture_file(kind="JPEG").read(), "foto.exe", "application/x-msdownload"))
    with Visit.objects.get().letter.open() as letter:
        assert letter.name.endswith(".webp")
        assert letter.read(4) == b"RIFF"


def test_pdf_letter_is_kept_byte_for_byte_under_a_name_of_ours(send):
    content = pdf_bytes()
    send(letter=upload(content, "../../etc/passwd.exe"))
    stored = Visit.objects.get().letter
    assert stored.name.startswith("letters/")
    assert stored.name.endswith(".pdf")
    with stored.open() as letter:
        assert letter.read() == content


def test_double_click_makes_one_request_and_leads_to_one_link(send):
    first, second = send(), send()
    visit = Visit.objects.get()
    assert first.url == second.url
    assert visit.letter.storage.listdir("letters")[1] == [visit.letter.name.split("/")[1]]


def test_another_form_makes_another_request(send):
    assert send().url != send(submission_key="j" * 43).url
    assert Visit.objects.count() == 2


@pytest.mark.parametrize("key", ["", "short", "x" * 4000, "ключ" * 11])
def test_damaged_form_key_gets_a_fresh_one(send, key):
    assert send(submission_key=key).status_code == 302
    assert Visit.objects.count() == 1


def test_form_ticks_the_innovation_that_led_here(client, innovation):
    InnovationFactory(published=True)
    response = client.get(reverse("visits:register"), {"innovation": innovation.slug})
    assert response.context["form"]["innovations"].value() == [innovation.slug]
    assert response.text.count(" checked") == 1


@pytest.mark.parametrize(
    ("fields", "offered"),
    [
        ({"published": True}, True),
        ({"published": True, "running": True, "visitable": True}, True),
        ({"published": True, "running": False, "stopped_reason": "Digabung"}, False),
        ({"published": True, "visitable": False}, False),
        ({}, False),
    ],
)
def test_only_what_can_be_visited_is_offered(client, fields, offered):
    innovation = InnovationFactory(**fields)
    response = client.get(reverse("visits:register"))
    choices = response.context["form"].fields["innovations"].queryset
    assert (innovation in choices) is offered


def test_form_takes_the_same_queries_for_1_and_for_3(client, django_assert_num_queries):
    for rows in (1, 2):
        InnovationFactory.create_batch(rows, published=True)
        with django_assert_num_queries(1):
            client.get(reverse("visits:register"))


def test_form_sent_again_with_a_correction_is_not_lost(send):
    first = send(expected_participants="20")
    corrected = send(expected_participants="45")
    assert first.url != corrected.url
    counts = Visit.objects.order_by("pk").values_list("expected_participants", flat=True)
    assert list(counts) == [20, 45]


def test_form_key_in_another_browser_leads_to_nobody_elses_request(send, client):
    client.cookies["csrftoken"] = "a" * 32
    first = send()
    client.cookies["csrftoken"] = "b" * 32
    assert send().url != first.url


def test_what_was_typed_lies_in_no_cache_of_the_browser(send):
    assert send(organisation="")["Cache-Control"] == "private, no-store"


def test_weekend_and_far_future_are_refused(send):
    saturday = working_day(30) + timedelta(days=6 - working_day(30).isoweekday())
    assert codes(send(wished_on=saturday.isoformat())) == {"wished_on": ["weekend"]}
    assert codes(send(wished_on="9999-12-31")) == {"wished_on": ["too_far"]}


@pytest.mark.parametrize(("number", "code"), [("-1", "min_value"), ("501", "max_value")])
def test_number_of_people_is_checked_once_and_clearly(send, number, code):
    response = send(expected_participants=number)
    assert codes(response) == {"expected_participants": [code]}
    assert 'min="1"' in response.text
    assert 'max="500"' in response.text


def test_request_over_the_limit_comes_back_and_stores_nothing(send, monkeypatch):
    monkeypatch.setattr("visits.views.registration.REGISTRATIONS", Policy("registrations", most=1))
    assert send().status_code == 302
    response = send(organisation="Instansi Kedua")
    assert len(response.context["form"].non_field_errors()) == 1
    assert "Instansi Kedua" in response.text
    assert Visit.objects.count() == 1
