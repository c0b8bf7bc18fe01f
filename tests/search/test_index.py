"""That the index follows the public texts, whichever way they change, and holds nothing else."""

from collections import Counter

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from innovations.models import Agency, Award, Innovation, Question
from magelang_portal.public_state import public_state
from magelang_portal.search import index
from magelang_portal.search.entries import Kind, SearchEntry, SearchWord
from magelang_portal.search.index import known_words
from magelang_portal.search.ranking import found
from magelang_portal.search.results import understand
from tests.factories import (
    AgencyFactory,
    AwardFactory,
    InnovationFactory,
    OutcomeFactory,
    QuestionFactory,
    SlotFactory,
    StopFactory,
    VisitFactory,
)
from visits.models import Visit

pytestmark = pytest.mark.django_db


def kinds_found(text):
    """The kinds of all that has every word of `text`, as it is typed."""
    query = understand(text, as_typed=True)
    if not query.needs_all:
        return []
    return sorted(found(SearchEntry.objects.all(), query).values_list("kind", flat=True))


def assert_words_are_counted():
    counted = Counter(word for entry in SearchEntry.objects.all() for word in known_words(entry))
    assert dict(SearchWord.objects.values_list("word", "documents")) == dict(counted)


@pytest.fixture
def published():
    return InnovationFactory(published=True, name="Perahu Pintar", solution="Layar *lebar*.")


def test_a_draft_is_not_found_before_it_is_published():
    draft = InnovationFactory(name="Perahu")
    assert kinds_found("perahu") == []
    draft.citations.create(source=AwardFactory().source)
    draft.publish(by=None)
    assert kinds_found("perahu") == ["innovation"]


@pytest.mark.parametrize("leave", ["archive", "return_to_draft"])
def test_what_leaves_the_public_site_leaves_the_index_with_its_words(published, leave):
    AwardFactory(innovation=published, name="Piala Samudra")
    QuestionFactory(innovation=published, published=True, text="Berapa jangkar?", answer="Dua.")
    StopFactory(visit=VisitFactory(completed=True), innovation=published)
    assert kinds_found("samudra") == ["award", "innovation"]
    assert kinds_found("perahu") == ["award", "innovation", "question", "visit"]
    getattr(published, leave)(by=None)
    assert kinds_found("perahu") == kinds_found("samudra") == kinds_found("jangkar") == []
    assert not SearchWord.objects.filter(word__in=["perahu", "samudra", "jangkar"]).exists()
    assert_words_are_counted()


def test_what_was_taken_back_with_the_transaction_was_never_indexed(published):
    with transaction.atomic():
        published.archive(by=None)
        assert kinds_found("perahu") == []
        transaction.set_rollback(True)
    assert kinds_found("perahu") == ["innovation"]
    assert_words_are_counted()


def test_a_changed_text_is_found_by_its_new_words_alone(published):
    published.name = "Kapal Pintar"
    published.save()
    assert kinds_found("kapal") == ["innovation"]
    assert kinds_found("perahu") == []
    assert_words_are_counted()


def test_what_stands_in_memory_unsaved_is_not_indexed(published):
    published.name = "Kapal"
    published.confirm(by=None)
    assert kinds_found("kapal") == []


def test_deleted_things_leave_the_index_with_all_that_hangs_on_them(published):
    AwardFactory(innovation=published, name="Piala Samudra")
    OutcomeFactory(innovation=published, indicator="Jumlah jangkar")
    QuestionFactory(innovation=published, published=True, text="Berapa dayung?", answer="Dua.")
    published.delete()
    assert kinds_found("perahu") == kinds_found("samudra") == kinds_found("dayung") == []
    assert_words_are_counted()


def test_deleting_many_at_once_leaves_no_entry(published):
    InnovationFactory(published=True)
    Award.objects.all().delete()
    Innovation.objects.all().delete()
    assert not SearchEntry.objects.filter(kind=Kind.INNOVATION).exists()
    assert_words_are_counted()


def test_a_renamed_agency_is_found_at_its_innovations():
    agency, partner = AgencyFactory(name="Dinas Bahari"), AgencyFactory(name="Dinas Muara")
    innovation = InnovationFactory(published=True, agency=agency)
    innovation.partner_agencies.add(partner)
    assert kinds_found("bahari") == kinds_found("muara") == ["agency", "innovation"]
    agency.name = "Dinas Samudra"
    agency.save()
    innovation.partner_agencies.remove(partner)
    assert kinds_found("bahari") == []
    assert kinds_found("samudra") == ["agency", "innovation"]
    assert kinds_found("muara") == ["agency"]
    assert_words_are_counted()


def test_partners_are_followed_from_the_side_of_the_agency_too(published):
    partner = AgencyFactory(name="Dinas Muara")
    partner.partner_innovations.add(published)
    assert kinds_found("muara") == ["agency", "innovation"]
    partner.partner_innovations.clear()
    assert kinds_found("muara") == ["agency"]
    partner.partner_innovations.set([published])
    partner.delete()
    assert kinds_found("muara") == []


def test_a_renamed_innovation_is_found_at_what_names_it(published):
    AwardFactory(innovation=published)
    QuestionFactory(innovation=published, published=True, answer="Ya.")
    StopFactory(visit=VisitFactory(completed=True), innovation=published)
    published.name = "Kapal"
    published.save()
    assert kinds_found("perahu") == []
    assert kinds_found("kapal") == ["award", "innovation", "question", "visit"]


def test_an_award_is_found_at_the_innovation_that_has_it_now(published):
    other = InnovationFactory(published=True, name="Kereta")
    award = AwardFactory(innovation=published, name="Piala Samudra")
    assert kinds_found("samudra perahu") == ["award", "innovation"]
    award.innovation = other
    award.save()
    assert kinds_found("samudra perahu") == []
    assert kinds_found("samudra kereta") == ["award", "innovation"]
    award.delete()
    assert kinds_found("samudra") == []
    assert_words_are_counted()


def test_outcomes_are_found_at_their_innovation(published):
    outcome = OutcomeFactory(innovation=published, indicator="Jumlah jangkar")
    assert kinds_found("jangkar") == ["innovation"]
    outcome.delete()
    assert kinds_found("jangkar") == []


@pytest.mark.parametrize(
    ("state", "kinds"),
    [
        ({"moderation": "published", "answer": "Dua."}, ["question"]),
        ({"moderation": "published", "answer": ""}, []),
        ({"moderation": "waiting", "answer": "Dua."}, []),
        ({"moderation": "hidden", "answer": "Dua."}, []),
    ],
)
def test_only_published_answers_are_found(state, kinds):
    QuestionFactory(text="Berapa jangkar?", **state)
    assert kinds_found("jangkar") == kinds


def test_a_hidden_question_leaves_the_index():
    question = QuestionFactory(published=True, text="Berapa jangkar?", answer="Dua.")
    question.moderation = Question.Moderation.HIDDEN
    question.save()
    assert kinds_found("jangkar") == []
    assert_words_are_counted()


def test_a_visit_is_found_while_it_is_public():
    visit = VisitFactory(
        status=Visit.Status.COMPLETED, held_on="2024-05-06", organisation="Kota Kejora"
    )
    assert kinds_found("kejora") == []
    visit.publish(by=None)
    assert kinds_found("kejora") == kinds_found("kunjungan kejora 2024") == ["visit"]
    visit.unpublish(by=None)
    assert kinds_found("kejora") == []
    assert_words_are_counted()


def test_nothing_of_a_visit_is_found_that_its_page_does_not_show():
    VisitFactory(
        completed=True,
        purpose="Melihat jangkar",
        head_name="Budi Dayung",
        contact_name="Sri Samudra",
        contact_email="layar@kejora.example",
        letter="surat/kemudi.pdf",
    )
    for word in ("jangkar", "dayung", "samudra", "kejora", "kemudi", "0812"):
        assert kinds_found(word) == []


def test_a_stop_that_its_host_declined_is_not_found_at_the_visit(published):
    visit = VisitFactory(completed=True)
    stop = StopFactory(visit=visit, innovation=published)
    assert kinds_found("perahu") == ["innovation", "visit"]
    stop.answer = "declined"
    stop.save()
    assert kinds_found("perahu") == ["innovation"]


def test_a_request_does_not_touch_the_index(published, django_capture_on_commit_callbacks):
    slot = SlotFactory()
    statements = []

    def watch(execute, sql, params, many, context):
        statements.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        visit = VisitFactory.build(expected_participants=5)
        visit.submit(innovations=[published], slot=slot)
        visit.confirm(by=None)
        visit.stops.get().accept(by=None)
        visit.cancel(by=None)
    assert len(statements) > 20
    assert [sql for sql in statements if "search" in sql or "advisory" in sql] == []


def test_an_unchanged_text_writes_nothing(published):
    writes = []

    def watch(execute, sql, params, many, context):
        if "search" in sql and not sql.startswith("SELECT"):
            writes.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        published.confirm(by=None)
    assert writes == []


def test_the_showcase_is_searchable_once_it_is_loaded():
    call_command("load_showcase", verbosity=0)
    assert set(kinds_found("galeri inovasi")) >= {"innovation", "visit"}
    assert_words_are_counted()


def broken_index():
    """Everything that can be wrong with an index, as a restored or meddled database has it."""
    kept = InnovationFactory(published=True, name="Perahu")
    lost = InnovationFactory(published=True, name="Kereta")
    stale = InnovationFactory(published=True, name="Pedati")
    SearchEntry.objects.filter(innovation=kept).update(names="salah", keys="|salah|")
    SearchEntry.objects.filter(innovation=lost)._raw_delete("default")
    Innovation.objects.filter(pk=stale.pk).update(status="draft")
    SearchWord.objects.filter(word="perahu").update(documents=7)
    SearchWord.objects.create(word="hantu", documents=1)


def test_rebuilding_mends_whatever_is_wrong(capsys):
    broken_index()
    call_command("rebuild_search")
    assert kinds_found("perahu") == kinds_found("kereta") == ["innovation"]
    assert kinds_found("pedati") == kinds_found("salah") == []
    assert_words_are_counted()
    assert "2" in capsys.readouterr().out


def test_pages_of_before_rebuilding_are_made_anew():
    before = public_state()
    call_command("rebuild_search", verbosity=0)
    assert public_state() != before


@pytest.mark.parametrize("changes", [1, 2])
def test_words_that_come_while_they_are_counted_count(monkeypatch, changes):
    InnovationFactory(published=True, name="Perahu")
    counted = index._counted_words
    names = iter(f"Kereta {'abcde'[number] * 3}" for number in range(changes))

    def count_slowly():
        words = counted()
        if name := next(names, None):
            InnovationFactory(published=True, name=name)
        return words

    monkeypatch.setattr(index, "_counted_words", count_slowly)
    call_command("rebuild_search", verbosity=0)
    monkeypatch.undo()
    assert next(names, None) is None
    assert_words_are_counted()


def test_rebuilding_twice_changes_nothing():
    InnovationFactory(published=True)
    VisitFactory(completed=True)

    def state():
        return list(SearchEntry.objects.order_by("pk").values()), sorted(
            SearchWord.objects.values_list("word", "documents")
        )

    before = state()
    call_command("rebuild_search", verbosity=0)
    assert state() == before


def test_a_database_from_before_the_search_is_searchable_after_migrating():
    InnovationFactory(published=True, name="Perahu")
    SearchEntry.objects.all()._raw_delete("default")
    SearchWord.objects.all().delete()
    assert kinds_found("perahu") == []
    call_command("migrate", verbosity=0)
    assert kinds_found("perahu") == ["innovation"]
    assert_words_are_counted()


def test_every_agency_with_a_page_is_found():
    AgencyFactory(name="Dinas Bahari", name_en="Marine Office", abbreviation="DISBAH")
    assert kinds_found("bahari") == kinds_found("marine") == kinds_found("disbah") == ["agency"]
    Agency.objects.all().delete()
    assert kinds_found("bahari") == []
