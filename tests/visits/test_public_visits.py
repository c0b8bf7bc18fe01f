import datetime

import pytest
from django.urls import reverse
from lxml import html

from tests.factories import (
    AdoptionFactory,
    AskedQuestionFactory,
    FeedbackFactory,
    InnovationFactory,
    InnovationFeedbackFactory,
    ParticipantFactory,
    QuestionFactory,
    SourceFactory,
    StopFactory,
    VisitFactory,
    VisitPictureFactory,
)
from visits.templatetags.visits import visits_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit():
    return VisitFactory(
        completed=True,
        organisation="Pusdiklat Kesejahteraan Sosial",
        participants=78,
        venue="Adipura Kencana",
        led_by="Mulia Jonie",
        host="Machbub Yani Arfian",
        slug="2019-09-04-kemensos",
    )


def test_page_shows_date_people_hall_head_host_and_source(client, visit):
    visit.sources.add(SourceFactory(title="Peserta tertarik"))
    text = client.get(visit.get_absolute_url()).text
    for shown in (
        "4 September 2019",
        "78",
        "Adipura Kencana",
        "Mulia Jonie",
        "Machbub Yani Arfian",
        "Peserta tertarik",
        'id="source-1"',
    ):
        assert shown in text


def test_visit_and_innovation_link_to_each_other(client, visit):
    innovation = InnovationFactory(published=True)
    StopFactory(visit=visit, innovation=innovation)
    assert f'href="{innovation.get_absolute_url()}"' in client.get(visit.get_absolute_url()).text
    assert f'href="{visit.get_absolute_url()}"' in client.get(innovation.get_absolute_url()).text


def test_public_page_says_nothing_of_the_contact_person(client, visit):
    text = client.get(visit.get_absolute_url()).text
    for kept in (visit.contact_name, visit.contact_phone, visit.contact_email, visit.reference):
        assert kept not in text


def test_published_request_shows_nothing_that_only_staff_were_to_see(client, visit_officer):
    visit = VisitFactory(
        status="completed",
        held_on="2026-03-04",
        head_name="Kepala Rahasia",
        head_position="Jabatan Rahasia",
        purpose="Maksud yang rahasia.",
    )
    visit.publish(by=visit_officer)
    text = client.get(visit.get_absolute_url()).text
    assert visit.organisation in text
    assert "ahasia" not in text


def test_draft_innovation_does_not_show_through_a_visit(client, visit):
    StopFactory(visit=visit, innovation=InnovationFactory(name="Rahasia"))
    assert "Rahasia" not in client.get(visit.get_absolute_url()).text
    assert "Rahasia" not in client.get(reverse("visits:list")).text


def test_unpublished_visit_is_nowhere(client):
    visit = VisitFactory(completed=True, published_at=None, organisation="Tamu Tersembunyi")
    innovation = StopFactory(visit=visit).innovation
    assert client.get(visit.get_absolute_url()).status_code == 404
    for url in (reverse("visits:list"), reverse("home"), innovation.get_absolute_url()):
        assert "Tamu Tersembunyi" not in client.get(url).text


def test_list_is_newest_first_and_a_reported_day_counts(client):
    VisitFactory(completed=True, organisation="Lama", held_on=None, reported_on="2015-03-04")
    VisitFactory(completed=True, organisation="Baru", held_on=datetime.date(2025, 10, 6))
    VisitFactory(completed=True, organisation="Tengah", held_on=datetime.date(2019, 9, 4))
    visits = client.get(reverse("visits:list")).context["visits"]
    assert [visit.organisation for visit in visits] == ["Baru", "Tengah", "Lama"]


def test_totals_leave_unknown_numbers_out(client):
    VisitFactory(completed=True, participants=78)
    VisitFactory(completed=True, participants=None)
    VisitFactory()
    totals = client.get(reverse("visits:list")).context["totals"]
    assert totals == {"visits": 2, "people": 78}


def test_list_takes_the_same_queries_for_1_and_for_3(client, django_assert_num_queries):
    for rows in (1, 2):
        for _row in range(rows):
            StopFactory(visit=VisitFactory(completed=True))
        with django_assert_num_queries(4):
            client.get(reverse("visits:list"))


def test_page_takes_the_same_queries_for_1_and_for_3(client, visit, django_assert_num_queries):
    for rows in (1, 2):
        for _row in range(rows):
            StopFactory(visit=visit)
            visit.sources.add(SourceFactory())
            VisitPictureFactory(visit=visit)
            AskedQuestionFactory(visit=visit)
            AdoptionFactory(visit=visit, confirmed=True)
            InnovationFeedbackFactory(feedback__visit=visit)
        with django_assert_num_queries(10):
            client.get(visit.get_absolute_url())


def test_empty_list_says_how_to_be_the_first(client):
    assert 'class="empty"' in client.get(reverse("visits:list")).text


def results(text):
    """The section “What came of it”, or nothing."""
    return html.fromstring(text).xpath("//section[@aria-labelledby='results']")


def figures(text):
    """Each figure of that section by what it counts."""
    (section,) = results(text)
    return {dt.text_content(): dt.getnext().text_content() for dt in section.xpath(".//dl//dt")}


def test_visit_of_which_nothing_came_shows_no_empty_section(client, visit):
    text = client.get(visit.get_absolute_url()).text
    assert results(text) == []
    assert 'id="pictures"' not in text
    assert "lightbox" not in text


def test_page_counts_questions_answers_usefulness_and_adoptions(client, visit):
    StopFactory(visit=visit)
    AskedQuestionFactory(visit=visit)
    AskedQuestionFactory(
        visit=visit, question=QuestionFactory(published=True, answer="Ya.", text="Umum?")
    )
    hidden = QuestionFactory(answer="Ya.", moderation="hidden", text="Memuat nama orang")
    AskedQuestionFactory(visit=visit, question=hidden)
    for usefulness in (5, 4, 4):
        InnovationFeedbackFactory(feedback__visit=visit, usefulness=usefulness)
    AdoptionFactory(visit=visit, confirmed=True)
    AdoptionFactory(visit=visit)
    found = figures(client.get(visit.get_absolute_url()).text)
    assert list(found.values()) == ["78", "1", "2", "1", "4,3", "1"]


def test_too_few_people_give_no_figure_however_much_each_says(client, visit):
    for feedback in FeedbackFactory.create_batch(2, visit=visit):
        InnovationFeedbackFactory.create_batch(2, feedback=feedback)
    assert results(client.get(visit.get_absolute_url()).text) == []


def test_no_text_of_feedback_is_public(client, visit):
    feedback = FeedbackFactory(visit=visit, good="Rahasia baik", better="Rahasia kurang")
    innovation = StopFactory(visit=visit).innovation
    InnovationFeedbackFactory.create_batch(
        3, feedback__visit=visit, innovation=innovation, better="Rahasia inovasi"
    )
    for url in (visit.get_absolute_url(), innovation.get_absolute_url()):
        assert "Rahasia" not in client.get(url).text
    assert feedback.good == "Rahasia baik"


def test_pictures_open_large_and_stand_in_the_structured_data(client, visit):
    picture = VisitPictureFactory(visit=visit, caption="Di aula")
    response = client.get(visit.get_absolute_url())
    assert f'href="{picture.largest_url}"' in response.text
    assert "js/lightbox.js" in response.text
    (event,) = [data for data in response.context["structured_data"] if data["@type"] == "Event"]
    assert [url.rpartition("/media/")[2] for url in event["image"]] == [
        picture.largest_url.rpartition("/media/")[2]
    ]


def test_files_of_a_picture_go_with_the_visit(visit, django_capture_on_commit_callbacks):
    picture = VisitPictureFactory(visit=visit)
    storage, name = picture.image.storage, picture.image.name
    assert storage.exists(name)
    with django_capture_on_commit_callbacks(execute=True):
        visit.delete()
    assert not storage.exists(name)


# Visits as proof, on the innovation's page


def proof(innovation):
    return visits_of(innovation)["totals"]


def test_innovation_counts_the_people_who_were_checked_in(visit_officer):
    visit = VisitFactory(status="confirmed", held_on=datetime.date(2026, 3, 4))
    innovation = StopFactory(visit=visit).innovation
    ParticipantFactory.create_batch(2, visit=visit, present=True)
    ParticipantFactory(visit=visit)
    visit.complete(by=visit_officer)
    assert proof(innovation) == {"visits": 0, "people": 0}
    visit.publish(by=visit_officer)
    assert proof(innovation) == {"visits": 1, "people": 2}


def test_visit_that_an_innovations_host_declined_proves_nothing(client, visit):
    shown = StopFactory(visit=visit).innovation
    declined = StopFactory(visit=visit, answer="declined").innovation
    assert proof(shown) == {"visits": 1, "people": 78}
    assert proof(declined) == {"visits": 0, "people": 0}
    text = client.get(visit.get_absolute_url()).text
    assert shown.get_absolute_url() in text
    assert declined.get_absolute_url() not in text


@pytest.mark.parametrize(("answers", "shown"), [(2, None), (3, (4, 3))])
def test_usefulness_shows_on_the_innovation_from_three_answers(visit, answers, shown):
    innovation = StopFactory(visit=visit).innovation
    InnovationFeedbackFactory.create_batch(answers, innovation=innovation)
    usefulness = visits_of(innovation)["usefulness"]
    assert (usefulness and (usefulness.average, usefulness.people)) == shown
