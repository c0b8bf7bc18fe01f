"""A request for a visit, filled in step by step."""

import itertools

import pytest
from django.urls import reverse
from django.utils import translation

from magelang_portal.rate_limits import Policy
from tests.factories import (
    InnovationFactory,
    QuestionFactory,
    SlotFactory,
    StopFactory,
    VisitFactory,
)
from tests.visits.conftest import STEPS, pdf_bytes, stamp, upload, working_day
from visits.models import Visit
from visits.registration import SESSION_KEY

pytestmark = pytest.mark.django_db

REQUIRED = {
    "register": {"innovations", "purpose", "expected_participants", "language"},
    "register_date": {"wished_on"},
    "register_organisation": {"organisation", "organisation_kind", "head_name"},
    "register_contact": {"contact_name", "contact_phone", "contact_email"},
    "register_letter": {"letter", "consent"},
}


def codes(response):
    """Field name to the codes of its errors."""
    return {
        name: [error.code for error in errors.as_data()]
        for name, errors in response.context["form"].errors.items()
    }


def address(name):
    return reverse(f"visits:{name}")


def test_complete_request_is_stored_with_its_itinerary_and_history(send, innovation):
    response = send()
    visit = Visit.objects.get()
    assert response.status_code == 302
    assert response.url == reverse("visits:request", args=[visit.private_token])
    assert visit.status == Visit.Status.SUBMITTED
    assert visit.organisation == "Pusdiklat Kesejahteraan Sosial"
    assert visit.organisation_kind == "central_government"
    assert visit.province == "ID-JB"
    assert visit.unit == "Diklatpim IV"
    assert visit.head_name == "Kepala Rombongan"
    assert visit.head_position == "Widyaiswara"
    assert visit.expected_participants == 78
    assert visit.purpose == "Belajar membuka data <sektoral>."
    assert (visit.wished_on, visit.alternative_on) == (working_day(40), None)
    assert visit.contact_name == "Sekretaris"
    assert visit.contact_phone == "0812 3456 7890"
    assert visit.contact_email == "sekretaris@pusdiklat.example"
    assert visit.open_to_joining is False
    assert visit.language == "id"
    assert visit.consented_at is not None
    assert [stop.innovation for stop in visit.stops.all()] == [innovation]
    assert [event.status for event in visit.events.all()] == ["submitted"]
    with visit.letter.open() as letter:
        assert letter.read().startswith(b"%PDF-")


def test_english_pages_make_an_english_request(client, send):
    with translation.override("en"):
        url = address("register")
    assert client.get(url).context["form"]["language"].value() == "en"
    assert send(language="en").url.startswith("/en/")
    assert Visit.objects.get().language == "en"


@pytest.mark.parametrize("name", REQUIRED)
def test_empty_step_names_every_required_field_and_no_other(client, fill, name):
    before = STEPS[STEPS.index(name) - 1]
    if name != "register":
        fill(last=before)
    response = client.post(address(name), {})
    assert codes(response) == {field: ["required"] for field in REQUIRED[name]}
    assert response.text.count('role="alert"') == 1
    assert not Visit.objects.exists()


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"expected_participants": "0"}, {"expected_participants": ["min_value"]}),
        ({"expected_participants": "100000"}, {"expected_participants": ["max_value"]}),
        ({"expected_participants": "-3"}, {"expected_participants": ["min_value"]}),
        ({"expected_participants": "empat puluh"}, {"expected_participants": ["invalid"]}),
        ({"contact_phone": "telepon saja"}, {"contact_phone": ["phone"]}),
        ({"contact_email": "bukan surel"}, {"contact_email": ["invalid"]}),
        ({"innovations": []}, {"innovations": ["required"]}),
        ({"innovations": ["tidak-ada"]}, {"innovations": ["invalid_choice"]}),
        ({"organisation_kind": "kerajaan"}, {"organisation_kind": ["invalid_choice"]}),
        ({"province": "ID-XX"}, {"province": ["invalid_choice"]}),
        ({"organisation": "x" * 201}, {"organisation": ["max_length"]}),
        ({"purpose": "x" * 9000}, {"purpose": ["max_length"]}),
        ({"website": "https://spam.example"}, {"website": [None]}),
    ],
)
def test_bad_input_is_refused_at_its_field_alone(send, changes, errors):
    assert codes(send(**changes)) == errors
    assert not Visit.objects.exists()


def test_missing_consent_is_refused(send, filled):
    del filled["consent"]
    assert codes(send()) == {"consent": ["required"]}


@pytest.mark.parametrize(
    ("kind", "refused"),
    [
        ("regional_government", True),
        ("regional_council", True),
        ("central_government", False),
        ("foreign", False),
    ],
)
def test_province_is_asked_of_regions(send, kind, refused):
    response = send(organisation_kind=kind, province="")
    if refused:
        assert codes(response) == {"province": ["required"]}
    else:
        assert Visit.objects.get().province == ""


def test_what_was_typed_is_kept_when_a_step_comes_back(send, filled, innovation):
    text = send(purpose='Belajar "data" & <sektoral>.', expected_participants="0").text
    assert "Belajar &quot;data&quot; &amp; &lt;sektoral&gt;.</textarea>" in text
    assert 'value="0"' in text
    assert text.count(" checked") == 1
    text = send(unit='Angkatan "VIII" & IX', head_name="").text
    assert 'value="Angkatan &quot;VIII&quot; &amp; IX"' in text
    assert 'value="central_government" selected' in text


def test_error_stands_beside_its_field_and_in_the_summary(send):
    text = send(expected_participants="0").text
    assert 'href="#id_expected_participants"' in text
    assert 'aria-invalid="true"' in text
    assert 'id="id_expected_participants_error"' in text


@pytest.mark.parametrize("name", STEPS[1:])
def test_whoever_comes_too_early_is_led_to_the_first_unfinished_step(client, fill, name):
    assert client.get(address(name)).url == address("register")
    fill(last="register")
    if name != "register_date":
        assert client.get(address(name)).url == address("register_date")
    fill(last="register_organisation")
    assert client.get(address(name)).status_code == (
        200 if STEPS.index(name) <= STEPS.index("register_contact") else 302
    )


def test_each_step_leads_to_the_next_and_a_correction_back_to_the_summary(client, fill, filled):
    for name, following in itertools.pairwise(STEPS):
        assert fill(last=name).url == address(following)
    response = client.post(address("register_contact"), filled | {"contact_name": "Wakil"})
    assert response.url == address("register_summary")
    assert "Wakil" in client.get(response.url).text


def test_step_says_where_it_stands(client, fill):
    fill(last="register_date")
    page = client.get(address("register_organisation"))
    steps = page.context["steps"]
    assert [each["is_done"] for each in steps] == [True, True, False, False, False, False]
    assert [bool(each["url"]) for each in steps] == [True, True, False, False, False, False]
    assert page.text.count('aria-current="step"') == 1
    assert "langkah 3 dari 6" in page.text


def test_going_back_loses_nothing_not_even_what_is_wrong(client, fill, filled):
    fill(last="register_organisation")
    back = {"contact_name": "Sekretaris", "contact_email": "bukan surel", "back": "1"}
    response = client.post(address("register_contact"), back)
    assert response.url == address("register_organisation")
    assert 'value="Pusdiklat Kesejahteraan Sosial"' in client.get(response.url).text
    page = client.get(address("register_contact"))
    assert 'value="Sekretaris"' in page.text
    assert 'value="bukan surel"' in page.text
    assert codes(page) == {"contact_phone": ["required"], "contact_email": ["invalid"]}
    assert client.get(address("register_summary")).url == address("register_contact")


def test_changed_first_step_makes_a_date_that_no_longer_suits_unfinished(client, fill, filled):
    slot = SlotFactory(capacity=80)
    fill(last="register_letter", slot=slot.pk)
    response = client.post(address("register"), filled | {"expected_participants": "90"})
    assert response.url == address("register_date")
    assert codes(client.get(response.url)) == {"slot": ["too_small"]}


def test_form_ticks_the_innovation_that_led_here_and_keeps_nothing_of_it(client, innovation):
    InnovationFactory(published=True)
    response = client.get(address("register"), {"innovation": innovation.slug})
    assert response.context["form"]["innovations"].value() == [innovation.slug]
    assert response.text.count(" checked") == 1
    assert "sessionid" not in response.cookies
    assert client.get(address("register")).text.count(" checked") == 0


def test_innovation_that_led_here_joins_those_chosen_before(client, fill, filled, innovation):
    other = InnovationFactory(published=True)
    fill(last="register")
    response = client.get(address("register"), {"innovation": other.slug})
    assert response.context["form"]["innovations"].value() == [innovation.slug, other.slug]


def test_slot_that_led_here_is_chosen_in_the_date_step(client, fill):
    slot, _other = SlotFactory(capacity=80), SlotFactory()
    response = client.get(address("register"), {"slot": slot.pk})
    assert f'name="slot" value="{slot.pk}"' in response.text
    assert fill(last="register", slot=slot.pk).url == address("register_date")
    page = client.get(address("register_date"))
    assert page.context["form"]["slot"].value() == str(slot.pk)
    assert page.text.count(" checked") == 1


@pytest.mark.parametrize("slot", ["", "satu", "9" * 40, "-1", "٣"])
def test_slot_that_does_not_exist_leads_nowhere(client, slot):
    assert client.get(address("register"), {"slot": slot}).context["slot"] is None


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
    form = client.get(address("register")).context["form"]
    assert (innovation.slug in dict(form.offered)) is offered


def test_innovation_closed_meanwhile_is_named_and_can_be_left_out(
    client, fill, filled, innovation
):
    other = InnovationFactory(published=True)
    both = [innovation.slug, other.slug]
    fill(last="register_letter", innovations=both)
    innovation.visitable = False
    innovation.save()
    assert client.get(address("register_summary")).url == address("register")
    page = client.get(address("register"))
    assert codes(page) == {"innovations": ["invalid_choice"]}
    assert "“data-go”" in page.text
    response = client.post(address("register"), filled | {"innovations": [other.slug]})
    assert response.url == address("register_summary")


def test_itinerary_keeps_its_order_and_its_limit(send):
    innovations = InnovationFactory.create_batch(13, published=True)
    slugs = [innovation.slug for innovation in reversed(innovations)]
    assert codes(send(innovations=slugs)) == {"innovations": ["too_many"]}
    send(innovations=slugs[:12])
    stops = Visit.objects.get().stops.values_list("innovation__slug", flat=True)
    assert list(stops) == slugs[:12]


@pytest.mark.parametrize(
    ("fields", "errors"),
    [
        ({"visit_max_group": 77}, {"expected_participants": ["group_too_large"]}),
        ({"visit_max_group": 78}, {}),
        ({"visit_languages": "en"}, {"language": ["language"]}),
        ({"visit_languages": "id,en"}, {}),
        ({"visit_closed_days": "1, 2, 3, 4, 5"}, {"innovations": ["no_common_day"]}),
    ],
)
def test_what_an_innovation_asks_for_is_held_against_the_wish(send, innovation, fields, errors):
    for name, value in fields.items():
        setattr(innovation, name, value)
    innovation.save()
    response = send()
    if errors:
        assert codes(response) == errors
        assert "Data Go" in str(response.context["form"].errors)
    else:
        assert Visit.objects.count() == 1


def test_organisations_of_public_visits_alone_are_suggested(client, fill):
    VisitFactory(completed=True, organisation="Pemerintah Kota Terbit")
    VisitFactory(completed=True, organisation="Pemerintah Kota Terbit")
    VisitFactory(organisation="Pemerintah Kota Rahasia")
    VisitFactory(completed=True, published_at=None, organisation="Pemerintah Kota Tertutup")
    fill(last="register_date")
    page = client.get(address("register_organisation"))
    assert page.text.count('<option value="Pemerintah Kota Terbit">') == 1
    assert "Rahasia" not in page.text
    assert "Tertutup" not in page.text


def test_draft_that_is_thrown_away_leaves_nothing(client, fill):
    fill(last="register_letter")
    storage = Visit._meta.get_field("letter").storage
    assert len(storage.listdir("letters")[1]) == 1
    response = client.post(address("register_discard"))
    assert response.url == address("register")
    assert storage.listdir("letters")[1] == []
    assert client.get(address("register_summary")).url == address("register")
    assert client.get(address("register")).text.count(" checked") == 0


def test_letter_over_the_limit_is_not_even_opened(client, fill, monkeypatch):
    fill(last="register_contact")
    monkeypatch.setattr("visits.registration.LETTERS", Policy("letters", most=0))
    opened = []
    monkeypatch.setattr("visits.forms.letter.clean_letter", opened.append)
    page = client.post(
        address("register_letter"), {"letter": upload(b"x", "surat.jpg"), "draft": stamp()}
    )
    errors = page.context["form"].errors
    assert errors["letter"] == [
        "Terlalu banyak surat datang dari koneksi Anda. Coba lagi satu jam lagi."
    ]
    assert opened == []


def test_letter_of_a_request_sent_from_another_tab_is_not_deleted(client, fill):
    fill(last="register_letter")
    storage = Visit._meta.get_field("letter").storage
    name = client.session[SESSION_KEY]["letter"]["name"]
    visit = VisitFactory(letter=name)
    client.post(address("register_letter"), {"letter": upload(pdf_bytes()), "draft": stamp()})
    assert (storage.exists(name), len(storage.listdir("letters")[1])) == (True, 2)
    client.post(address("register_discard"))
    assert storage.listdir("letters")[1] == [visit.letter.name.removeprefix("letters/")]


@pytest.mark.parametrize("name", STEPS)
def test_throwing_away_asks_first_and_loses_nothing_that_was_typed(client, fill, filled, name):
    fill(last="register_letter")
    response = client.post(address(name), filled | {"head_name": "Baru saja", "discard": "1"})
    assert response.url == address("register_discard")
    page = client.get(response.url)
    assert f'href="{address("register_summary")}"' in page.text
    assert page["Cache-Control"] == "private, no-store"
    head = client.get(address("register_summary")).context["forms"]["organisation"]["head_name"]
    assert head.value() == ("Baru saja" if name == "register_organisation" else "Kepala Rombongan")


@pytest.mark.parametrize("method", ["get", "post"])
def test_whoever_has_nothing_to_throw_away_is_led_to_the_first_step(client, method):
    assert getattr(client, method)(address("register_discard")).url == address("register")


def test_province_is_not_called_optional_where_some_must_choose_it(client, fill):
    fill(last="register_date")
    label = client.get(address("register_organisation")).text.split('for="id_province">')[1]
    assert label.split("</label>")[0] == "Provinsi"


def test_fault_in_a_step_says_to_go_on_and_one_in_the_last_to_send_again(client, fill, filled):
    assert "Perbaiki bagian berikut, lalu lanjutkan." in client.post(address("register"), {}).text
    response = fill(website="https://spam.example", last="register")
    assert "lalu kirim lagi" not in response.text.split("<ul>")[0]
    fill(last="register_letter")
    response = client.post(address("register_summary"), filled | {"website": "x"})
    assert "Perbaiki bagian berikut, lalu kirim lagi." in response.text


def test_first_step_counts_itself_among_the_six(client):
    assert "langkah 1 dari 6" in client.get(address("register")).text


def test_readers_of_the_first_step_are_kept_nothing_of(client):
    response = client.get(address("register"))
    assert "sessionid" not in response.cookies
    assert "no-store" not in response.get("Cache-Control", "")
    assert "noindex" not in response.text


@pytest.mark.parametrize("name", STEPS)
def test_what_was_typed_lies_in_no_cache_and_no_index(client, fill, name):
    fill(last="register_letter")
    response = client.get(address(name))
    assert response.status_code == 200
    assert response["Cache-Control"] == "private, no-store"
    assert "noindex" in response.text
    assert client.post(address(name), {})["Cache-Control"] == "private, no-store"


def one_more_of_everything_for(innovation):
    """A slot, a visit in it that may be joined, an earlier one, an answered question."""
    slot = SlotFactory(capacity=200)
    joinable = VisitFactory.build(open_to_joining=True)
    joinable.submit(innovations=[innovation], slot=slot)
    StopFactory(visit=VisitFactory(completed=True), innovation=innovation)
    QuestionFactory(innovation=innovation, published=True, answer="Ya.")
    return slot


@pytest.mark.parametrize("name", STEPS)
def test_each_step_takes_the_same_queries_for_1_and_for_3(
    client, fill, innovation, name, django_assert_num_queries
):
    others = dict.fromkeys(("register", "register_organisation", "register_letter"), 12)
    others["register_summary"] = 18
    number = others.get(name, 11)
    slot = one_more_of_everything_for(innovation)
    fill(last="register_letter", slot=slot.pk)
    with django_assert_num_queries(number):
        assert client.get(address(name)).status_code == 200
    more = InnovationFactory.create_batch(2, published=True)
    for each in more:
        one_more_of_everything_for(each)
    fill(
        last="register_letter",
        slot=slot.pk,
        innovations=[each.slug for each in [innovation, *more]],
    )
    with django_assert_num_queries(number):
        assert client.get(address(name)).status_code == 200


def test_letter_step_keeps_what_else_it_was_told(client, fill, filled):
    fill(last="register_contact")
    letter = {"letter": upload(pdf_bytes())}
    client.post(address("register_letter"), {"open_to_joining": "on", "draft": stamp()} | letter)
    page = client.get(address("register_letter"))
    assert codes(page) == {"consent": ["required"]}
    assert page.context["form"]["open_to_joining"].value() is True
    assert page.context["form"].kept["title"] == "surat.pdf"


# More innovations than fit on the page


def offered(response):
    return [slug for slug, _label in response.context["form"].offered]


@pytest.fixture
def many():
    agency = InnovationFactory(published=True, name="Zakat", featured=True).agency
    return [
        InnovationFactory(published=True, name=f"Layanan {number:02}", agency=agency)
        for number in range(30)
    ]


def test_first_step_offers_a_part_with_the_featured_first(client, many):
    page = client.get(address("register"))
    assert page.context["form"].has_more
    assert len(offered(page)) == 24
    assert offered(page)[0] == "zakat" or page.text.index("Zakat") < page.text.index("Layanan 00")
    rest = client.get(address("register"), {"part": "2"})
    assert len(offered(rest)) == 7
    assert not set(offered(page)) & set(offered(rest))
    assert offered(client.get(address("register"), {"words": "Zakat"})) == [offered(page)[0]]


def test_search_keeps_what_was_ticked_and_typed_and_complains_of_nothing(client, many):
    posted = {
        "innovations": [many[5].slug],
        "purpose": "Belajar <data>.",
        "expected_participants": "",
        "words": "Zakat",
        "find": "1",
    }
    response = client.post(address("register"), posted)
    assert response.url.endswith("#field_innovations")
    page = client.get(response.url)
    assert page.context["form"].errors == {}
    assert "Belajar &lt;data&gt;.</textarea>" in page.text
    assert [each.data["value"] for each in page.context["form"].ticked_choices] == [many[5].slug]
    assert len(offered(page)) == 1
    posted |= {"innovations": [many[5].slug, *offered(page)], "expected_participants": "20"}
    del posted["find"]
    assert client.post(address("register"), posted | {"language": "id"}).url == address(
        "register_date"
    )


def test_enter_searches_only_where_other_words_were_typed(client, many):
    posted = {
        "innovations": [many[0].slug],
        "purpose": "Belajar.",
        "expected_participants": "20",
        "language": "id",
        "enter": "1",
        "words_before": "layanan",
    }
    searched = client.post(address("register"), posted | {"words": "zakat"})
    assert searched.url.startswith(f"{address('register')}?words=zakat")
    gone_on = client.post(address("register"), posted | {"words": "layanan"})
    assert gone_on.url == address("register_date")


def test_first_step_takes_one_query_however_many_can_be_visited(
    client, many, django_assert_num_queries
):
    with django_assert_num_queries(1):
        client.get(address("register"))


@pytest.mark.parametrize("part", ["0", "-1", "x", "9" * 30])
def test_part_that_is_none_gives_the_nearest(client, many, part):
    assert client.get(address("register"), {"part": part}).status_code == 200
