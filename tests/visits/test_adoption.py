"""The page on which a delegation tells what it has adopted."""

from datetime import timedelta

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone, translation

from tests.factories import AdoptionFactory, InnovationFactory, StopFactory, VisitFactory
from visits.models import Adoption, FollowUp

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit():
    visit = VisitFactory.build(
        status="completed",
        held_on="2026-03-04",
        organisation="Pemerintah Kabupaten Banjar",
        province="ID-KS",
    )
    visit.make_link()
    visit.save()
    return visit


@pytest.fixture
def innovations(visit):
    """Two innovations that the delegation saw."""
    return [
        StopFactory(visit=visit, innovation__published=True, innovation__name=name).innovation
        for name in ("Data Go", "Si Bahenol")
    ]


@pytest.fixture
def url(visit):
    return reverse("visits:adoption", args=[visit.private_token])


@pytest.fixture
def tell(client, url, innovations):
    """Send the form: about the first innovation what is given, about the second nothing."""

    def tell(state="", *, province="ID-KS", website="", **details):
        first, second = innovations
        data = {f"state_{first.pk}": state, f"state_{second.pk}": ""}
        data |= {f"{name}_{first.pk}": value for name, value in details.items()}
        return client.post(url, data | {"province": province, "website": website})

    return tell


def form(response):
    return (response.context or {}).get("form")


def test_delegation_tells_of_each_innovation_what_became_of_it(tell, visit, innovations):
    response = tell(
        "running",
        since="2026-09",
        name_there="Satu Data Banjar",
        evidence="SK Nomor 1.",
        evidence_url="https://banjar.example/data",
    )
    assert response.url == reverse("visits:request", args=[visit.private_token])
    adoption = Adoption.objects.get()
    assert (adoption.visit, adoption.innovation) == (visit, innovations[0])
    assert adoption.organisation == "Pemerintah Kabupaten Banjar"
    assert adoption.told == {
        "state": "running",
        "since": "2026-09",
        "province": "ID-KS",
        "name_there": "Satu Data Banjar",
        "evidence": "SK Nomor 1.",
        "evidence_url": "https://banjar.example/data",
    }
    assert adoption.confirmed_at is None


@pytest.mark.parametrize(
    "typed",
    ["Maret 2026", "maret  2026", "March 2026", "Mar 2026", "03/2026", "3-2026", "2026-3"],
)
def test_month_is_taken_as_people_write_it(tell, typed):
    tell("running", since=typed)
    assert Adoption.objects.get().since == "2026-03"


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("since", ["2026", "2026-03", "2026-03-12"])
def test_date_is_shown_in_words_and_sent_back_as_it_was(tell, client, url, language, since):
    with translation.override(language):
        tell("running", since=since)
        adoption = Adoption.objects.get()
        shown = form(client.get(url))[f"since_{adoption.innovation_id}"].value()
        tell("running", since=shown)
    adoption.refresh_from_db()
    assert (adoption.since, shown == since) == (since, since == "2026")


def test_form_sent_untouched_is_not_thanked_but_asked(client, tell, url, visit, innovations):
    FollowUp.objects.create(visit=visit, months=3)
    page = client.get(url)
    assert [form(page)[f"state_{each.pk}"].value() for each in innovations] == ["", ""]
    assert " checked" not in page.text
    errors = form(tell()).non_field_errors().as_data()
    assert [error.code for error in errors] == ["unanswered"]
    assert FollowUp.objects.get().answered_at is None


def test_details_without_a_state_are_not_lost(tell, innovations):
    errors = form(tell(evidence="SK Nomor 1.")).errors.as_data()
    assert [error.code for error in errors[f"state_{innovations[0].pk}"]] == ["no_state"]


def test_same_answer_again_is_not_said_to_wait_for_staff(tell):
    responses = tell("planned"), tell("planned")
    told = [str(list(get_messages(each.wsgi_request))[-1]) for each in responses]
    assert ["silsilah" in text for text in told] == [True, False]


def test_answer_that_nothing_was_adopted_is_an_answer(tell, visit):
    FollowUp.objects.create(visit=visit, months=3)
    tell("not_adopted")
    assert not Adoption.objects.exists()
    assert FollowUp.objects.get().answered_at is not None


def test_second_answer_changes_the_first(tell):
    tell("interested")
    tell("planned")
    assert Adoption.objects.get().state == "planned"


def test_page_opens_with_what_was_told_and_the_province(client, tell, url, innovations):
    assert form(client.get(url))["province"].value() == "ID-KS"
    tell("planned", since="2026-09", province="ID-KT")
    fields = form(client.get(url))
    first, second = innovations
    assert fields["province"].value() == "ID-KT"
    assert fields[f"state_{first.pk}"].value() == "planned"
    assert fields[f"since_{first.pk}"].value() == "September 2026"
    assert fields[f"state_{second.pk}"].value() == ""
    assert [is_open for *_part, is_open in fields.parts] == [True, False]


def test_page_opens_with_a_change_that_waits_rather_than_with_what_is_public(
    client, tell, url, innovations
):
    tell("planned")
    Adoption.objects.get().confirm(by=None)
    tell("running")
    assert Adoption.objects.get().state == "planned"
    assert form(client.get(url))[f"state_{innovations[0].pk}"].value() == "running"


def test_what_was_adopted_can_be_dropped_and_not_undone(client, tell, url, innovations):
    tell("planned")
    first, second = innovations
    fields = form(client.get(url)).fields
    assert [
        value for value, _label in fields[f"state_{first.pk}"].choices
    ] == Adoption.State.values
    assert fields[f"state_{second.pk}"].choices[0][0] == "not_adopted"
    tell("")
    assert Adoption.objects.get().state == "planned"
    tell("dropped")
    assert Adoption.objects.get().state == "dropped"


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"state": "sold"}, "state"),
        ({"state": "running", "since": "kemarin"}, "since"),
        ({"state": "running", "since": "2099"}, "since"),
        ({"state": "dropped", "since": "2099-01-02"}, "since"),
        ({"state": "running", "evidence_url": "javascript:alert(1)"}, "evidence_url"),
        ({"state": "running", "name_there": "x" * 151}, "name_there"),
        ({"state": "running", "province": "ID-XX"}, "province"),
        ({"state": "running", "website": "spam"}, "website"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(tell, innovations, answers, field):
    response = tell(**{"evidence": "SK Nomor 1."} | answers)
    errors = list(form(response).errors)
    assert [name.removesuffix(f"_{innovations[0].pk}") for name in errors] == [field]
    assert "SK Nomor 1." in response.text
    assert 'id="error-summary"' in response.text
    assert not Adoption.objects.exists()


def test_plan_may_lie_ahead_and_this_year_has_begun(tell):
    tell("planned", since="2099")
    tell("running", since=str(timezone.localdate().year))
    assert Adoption.objects.get().state == "running"


def test_details_in_error_stand_unfolded(tell):
    response = tell("running", since="kemarin")
    assert [is_open for *_part, is_open in form(response).parts] == [True, False]


@pytest.mark.parametrize(
    ("status", "ahead", "is_open"),
    [
        ("completed", -30, True),
        ("confirmed", 0, True),
        ("confirmed", 1, False),
        ("cancelled", -30, False),
        ("submitted", 0, False),
    ],
)
def test_page_opens_on_the_day_of_the_visit(
    client, visit, innovations, url, *, status, ahead, is_open
):
    day = timezone.localdate() + timedelta(days=ahead)
    type(visit).objects.update(status=status, held_on=day)
    assert (form(client.get(url)) is not None) is is_open
    text = client.get(reverse("visits:request", args=[visit.private_token])).text
    assert (url in text) is is_open


def test_declined_stop_is_not_asked_about(client, visit, innovations, url):
    StopFactory(visit=visit, answer="declined")
    assert form(client.get(url)).innovations == innovations


def test_link_still_takes_answers_once_personal_data_are_erased(tell, visit):
    visit.erase(by=None)
    tell("running")
    assert Adoption.objects.get().organisation == "Pemerintah Kabupaten Banjar"


def test_guessed_link_opens_nothing(client, url):
    assert client.get(reverse("visits:adoption", args=["a" * 43])).status_code == 404


def test_page_is_kept_and_indexed_by_nobody(client, url, innovations):
    response = client.get(url)
    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Robots-Tag"] == "noindex"


def test_page_takes_the_same_queries_for_1_and_for_3(
    client, visit, url, django_assert_num_queries
):
    for rows in (1, 2):
        for _row in range(rows):
            stop = StopFactory(visit=visit)
            AdoptionFactory(visit=visit, innovation=stop.innovation)
        with django_assert_num_queries(3):
            client.get(url)


# What the delegation reads of it at its private link


@pytest.mark.parametrize(
    ("make", "said"),
    [
        ({}, "menunggu konfirmasi pegawai kota"),
        ({"confirmed": True}, "sudah dikonfirmasi dan tampil untuk umum"),
        ({"dismissed_at": timezone.now()}, "tidak dikonfirmasi oleh pegawai kota"),
    ],
)
def test_private_page_says_what_became_of_what_was_told(client, visit, make, said):
    AdoptionFactory(visit=visit, innovation=InnovationFactory(name="Data Go"), **make)
    text = client.get(reverse("visits:request", args=[visit.private_token])).text
    sayings = (
        "menunggu konfirmasi pegawai kota",
        "sudah dikonfirmasi dan tampil untuk umum",
        "tidak dikonfirmasi oleh pegawai kota",
    )
    assert [each for each in sayings if each in text] == [said]
