"""Personal data go when they were promised to; what the visit was stays."""

import datetime

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from tests.factories import (
    AdoptionFactory,
    FeedbackFactory,
    InnovationFactory,
    MessageFactory,
    PaperFactory,
    ParticipantFactory,
    StopFactory,
    VisitFactory,
)
from tests.staff import change_page, logged_in, make_transition
from visits.models import (
    Adoption,
    Feedback,
    GroupPass,
    InnovationFeedback,
    Message,
    Participant,
    Visit,
    VisitEvent,
)
from visits.models.settings import VisitSettings
from visits.models.visit_erasure import KINDS_OF_DATA
from visits.querysets import hash_of_link

pytestmark = pytest.mark.django_db

TOKEN = "t" * 43
KEPT = datetime.timedelta(days=VisitSettings().keep_days)
NAME = "Siti Aminah"


@pytest.fixture
def visit():
    visit = VisitFactory(
        status="completed",
        held_on=datetime.date(2024, 9, 4),
        participants=78,
        link_hash=hash_of_link(TOKEN),
    )
    visit.letter.save("surat.pdf", ContentFile(b"%PDF-1.4"))
    return visit


@pytest.fixture
def full(visit):
    """The visit with everything that a whole life adds to it, a name in each."""
    innovation = InnovationFactory(published=True)
    came = ParticipantFactory(visit=visit, name=NAME, attended_at=timezone.now())
    ParticipantFactory(visit=visit, name=f"{NAME} II")
    GroupPass.objects.create(visit=visit)
    MessageFactory(visit=visit, sent=True, text=f"Kepada {NAME}").attachments.create(
        name="undangan.ics", content_type="text/calendar", content=b"BEGIN:VCALENDAR"
    )
    PaperFactory(visit=visit, participant=came, data={"name": NAME})
    signed = FeedbackFactory(visit=visit, participant=came, good=NAME, better=NAME)
    signed.innovations.create(innovation=innovation, usefulness=5, better=NAME)
    FeedbackFactory(visit=visit, rating=2, good="Ramah.").innovations.create(
        innovation=innovation, usefulness=1, better="Lebih singkat."
    )
    AdoptionFactory(visit=visit, innovation=innovation)
    StopFactory(visit=visit, answer="declined", answer_reason=f"{NAME} sakit.")
    visit.record("answered", by=None, actor="delegation", reason=NAME)
    visit.record("confirmed", by=None, reason="Kami tunggu.")
    return visit


def test_erasing_takes_names_contact_purpose_and_letter_and_keeps_the_rest(
    visit, visit_officer, django_capture_on_commit_callbacks
):
    letter, storage = visit.letter.name, visit.letter.storage
    with django_capture_on_commit_callbacks(execute=True):
        make_transition(logged_in(visit_officer), "erase", visit)
    visit.refresh_from_db()
    assert [getattr(visit, name) for name in Visit.personal_fields] == [""] * 7
    assert (visit.participants, visit.organisation) == (78, "Pemerintah Kota Contoh")
    assert visit.erased_at is not None
    assert not storage.exists(letter)


def test_erasing_takes_participants_passes_messages_and_what_papers_printed(full, visit_officer):
    full.erase(by=visit_officer)
    assert not Participant.objects.exists()
    assert not GroupPass.objects.exists()
    assert not Message.objects.exists()
    paper = full.papers.get()
    assert (paper.data, paper.participant, paper.erased_at) == ({}, None, full.erased_at)


def test_erasing_takes_what_was_written_into_the_history_and_keeps_what_was_done(full):
    full.erase()
    assert list(full.events.values_list("what", "reason")) == [
        ("answered", ""),
        ("confirmed", ""),
        ("erased", ""),
    ]


def test_ratings_stay_and_remarks_go_signed_or_not(full):
    full.erase()
    assert set(full.feedback.values_list("participant", "rating", "good", "better")) == {
        (None, 4, "", ""),
        (None, 2, "", ""),
    }
    assert set(InnovationFeedback.objects.values_list("usefulness", "better")) == {
        (5, ""),
        (1, ""),
    }


def test_adoptions_of_the_organisation_stay(full):
    full.erase()
    assert Adoption.objects.get().visit == full


def test_number_of_those_who_came_outlives_their_names(full):
    Visit.objects.update(participants=None)
    full.refresh_from_db()
    full.erase()
    full.refresh_from_db()
    assert full.participants == 1


def test_no_row_of_any_table_names_the_people_of_an_erased_visit(full, visit_officer):
    def log(obj):
        LogEntry.objects.create(
            user=visit_officer,
            content_type=ContentType.objects.get_for_model(obj),
            object_id=str(obj.pk),
            object_repr=str(obj),
            action_flag=CHANGE,
            change_message=NAME,
        )

    log(full.attendees.first())
    log(full)
    full.erase(by=visit_officer)
    named = [
        (model.__name__, row)
        for model in (
            LogEntry,
            *(relation.related_model for relation in Visit._meta.related_objects),
        )
        for row in model.objects.values()
        if NAME in str(row)
    ]
    assert named == []
    assert [entry.object_repr for entry in LogEntry.objects.all()] == [str(full)]


def test_history_keeps_how_much_was_erased_for_the_receipt(full):
    full.erase(actor="delegation")
    event = VisitEvent.objects.get(what="erased")
    assert (event.actor, event.details) == (
        "delegation",
        {
            "erased": {
                "contact": 1,
                "letter": 1,
                "participants": 2,
                "messages": 1,
                "papers": 1,
                "texts": 3,
                "feedback": 4,
            }
        },
    )


def test_nothing_that_is_counted_is_left(full):
    assert list(full.held_data()) == list(KINDS_OF_DATA)
    full.erase()
    assert full.held_data() == {}


def test_counting_what_is_held_takes_one_query_and_none_where_it_was_asked_for(
    full, django_assert_num_queries
):
    with django_assert_num_queries(1):
        counted = full.held_data()
    loaded = Visit.objects.with_held_data().get()
    with django_assert_num_queries(0):
        assert loaded.held_data() == counted


def test_private_link_then_says_so_and_shows_no_trace(visit, visit_officer, client):
    told = [visit.contact_name, visit.contact_email, visit.head_name, visit.purpose]
    address = reverse("visits:request", args=[TOKEN])
    before = client.get(address).text
    assert [text in before for text in told] == [True] * 4
    visit.erase(by=visit_officer)
    after = client.get(address).text
    assert [text in after for text in told] == [False] * 4
    assert visit.reference in after
    assert f"{timezone.localdate():%Y}" in after


@pytest.mark.parametrize("status", ["submitted", "confirmed"])
def test_what_is_still_open_is_not_erased(visit, visit_officer, status):
    Visit.objects.update(status=status)
    with pytest.raises(ValidationError):
        visit.erase(by=visit_officer)
    assert Visit.objects.get().contact_name


def test_nothing_is_erased_twice(visit, visit_officer):
    visit.erase(by=visit_officer)
    with pytest.raises(ValidationError):
        visit.erase(by=visit_officer)


@pytest.mark.parametrize(("days", "due"), [(1, True), (0, False), (-1, False)])
def test_visit_is_due_one_year_after_its_day(visit, days, due):
    Visit.objects.update(held_on=timezone.localdate() - KEPT - datetime.timedelta(days=days))
    assert Visit.objects.due_for_erasure().exists() is due


@pytest.mark.parametrize(("days", "due"), [(1, True), (0, False)])
def test_visit_of_several_days_counts_from_its_last(visit, days, due):
    last = timezone.localdate() - KEPT - datetime.timedelta(days=days)
    Visit.objects.update(held_on=last - datetime.timedelta(days=2), held_until=last)
    assert Visit.objects.due_for_erasure().exists() is due


@pytest.mark.parametrize("held_on", [None, datetime.date(2999, 1, 1)])
def test_declined_request_is_due_one_year_after_its_last_change(visit, held_on):
    long_ago = timezone.now() - KEPT - datetime.timedelta(days=2)
    Visit.objects.update(status="declined", held_on=held_on, updated_at=long_ago)
    assert Visit.objects.due_for_erasure().exists()


def test_visit_is_due_on_the_day_after_the_last_on_which_it_may_be_kept(visit):
    keep = VisitSettings().keep_days
    for status in ("completed", "cancelled"):
        visit.status = status
        Visit.objects.update(
            status=status,
            held_on=timezone.localdate() - KEPT,
            updated_at=timezone.now() - KEPT,
        )
        visit.refresh_from_db()
        assert visit.kept_until(keep) == timezone.localdate()
        assert not Visit.objects.due_for_erasure().exists()


def test_setting_says_how_long_data_are_kept(visit):
    VisitSettings(pk=1, keep_days=30).save()
    day = timezone.localdate() - datetime.timedelta(days=31)
    Visit.objects.update(held_on=day)
    assert Visit.objects.due_for_erasure().exists()


def test_open_request_is_kept_without_a_last_day(visit):
    visit.status = "submitted"
    assert visit.kept_until(365) is None


def test_record_that_staff_wrote_from_public_sources_is_never_due(visit):
    Visit.objects.update(link_hash=None, **dict.fromkeys(Visit.personal_fields, ""))
    assert not Visit.objects.due_for_erasure().exists()
    ParticipantFactory(visit=visit)
    assert Visit.objects.due_for_erasure().exists()


def test_request_that_came_by_telephone_is_due_like_any_other(visit):
    Visit.objects.update(link_hash=None, contact_email="", letter="")
    assert Visit.objects.due_for_erasure().exists()


@pytest.mark.parametrize("name", Visit.personal_fields)
def test_whatever_tells_of_a_person_is_due(visit, name):
    nobody = dict.fromkeys(Visit.personal_fields, "")
    Visit.objects.update(link_hash=None, **nobody | {name: "Siti"})
    assert Visit.objects.due_for_erasure().exists()


def test_form_of_a_visit_tells_staff_until_when_data_are_kept(visit, visit_officer):
    client, url = logged_in(visit_officer), change_page(visit)
    export = reverse("visits:staff_export", args=[visit.reference])
    text = client.get(url).text
    assert "Disimpan sampai 4 September 2025, lalu dihapus dengan sendirinya." in text
    assert f'href="{export}"' in text
    Visit.objects.update(status="confirmed")
    assert "Disimpan selama kunjungan belum terlaksana." in client.get(url).text
    Visit.objects.update(status="completed")
    visit.erase(by=visit_officer)
    assert "Dihapus pada" in client.get(url).text


def test_erasure_of_a_visit_read_earlier_keeps_the_count_written_since():
    visit = VisitFactory(completed=True, participants=None)
    earlier = Visit.objects.get()
    Visit.objects.update(participants=78)
    earlier.erase()
    visit.refresh_from_db()
    assert visit.participants == 78


def test_page_of_an_erased_visit_offers_nothing_that_is_gone(full, client):
    at = {
        name: reverse(f"visits:{name}", args=[TOKEN])
        for name in ("request", "feedback", "adoption", "passes")
    }
    offered = {name for name in at if f'"{at[name]}"' in client.get(at["request"]).text}
    assert offered == {"feedback", "adoption"}
    lost_link = reverse("visits:lost_link")
    assert lost_link in client.get(at["request"]).text
    full.erase()
    text = client.get(at["request"]).text
    assert {name for name in at if f'"{at[name]}"' in text} == {"adoption"}
    assert lost_link not in text
    assert client.get(at["passes"]).status_code == 404
    assert not GroupPass.objects.exists()


def test_nobody_gives_feedback_on_an_erased_visit(full, client):
    full.erase()
    address, before = reverse("visits:feedback", args=[TOKEN]), full.feedback.count()
    response = client.post(address, {"rating": "5", "good": NAME})
    assert "Data pribadi kunjungan ini sudah dihapus" in response.text
    with pytest.raises(ValidationError) as refused:
        Feedback(visit=full, rating=5, good=NAME).give(answers=[])
    assert refused.value.code == "erased"
    assert full.feedback.count() == before


def test_holder_of_a_pass_that_is_gone_is_sent_to_no_private_link(full, client):
    token = full.attendees.first().private_token
    full.erase()
    for name in ("pass", "feedback", "ask", "my_certificate"):
        response = client.get(reverse(f"visits:{name}", args=[token]))
        assert (name, response.status_code) == (name, 404)
        assert reverse("visits:lost_link") not in response.text
        assert "Tanyakan kepada sekretaris rombongan Anda" in response.text
