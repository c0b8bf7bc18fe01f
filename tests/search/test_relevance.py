"""That people find what they mean, over the showcase and made-up entries."""

import pytest
from django.db import connection

from innovations.models import Innovation
from magelang_portal.search.entries import SearchEntry
from magelang_portal.search.words import compounds, stem
from tests.search import relevance


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    """The relevance set, loaded once for the tests of this module."""
    with django_db_blocker.unblock():
        from django.db import transaction

        with transaction.atomic():
            relevance.load()
            yield
            transaction.set_rollback(True)


@pytest.fixture
def set_(loaded, db):
    """The relevance set within a test's own transaction."""


def test_set_is_large_and_asks_for_what_is_there(set_):
    assert len(relevance.QUERIES["id"]) >= 60
    assert len(relevance.QUERIES["en"]) >= 20


@pytest.mark.parametrize("language", ["id", "en"])
def test_what_is_meant_stands_first(set_, language):
    measured = relevance.measure(language)
    missed = [each for each in measured if each.place != 1]
    assert relevance.mean_reciprocal_rank(measured) >= 0.9, missed


def test_the_same_question_has_the_same_answer_each_time(set_):
    for query in ("kota", "dinas", "sekolah anak", "data"):
        assert relevance.names_found(query) == relevance.names_found(query)


def test_made_up_entries_are_none_of_the_showcase(set_):
    assert Innovation.objects.published().count() == 4 + len(relevance.FILE["innovations"])


@pytest.mark.skipif(connection.vendor != "postgresql", reason="asks PostgreSQL for its stems")
def test_stems_are_those_of_the_database(set_):
    words = {word for entry in SearchEntry.objects.all() for word in entry.words()}
    for queries in relevance.QUERIES.values():
        words |= {
            part for query in queries for parts, _joined in compounds(query) for part in parts
        }
    alphabetic = sorted(word for word in words if word.isalpha())
    assert len(alphabetic) > 1000
    others = {}
    for language, dictionary in (("id", "indonesian_stem"), ("en", "english_stem")):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT word, ts_lexize(%s, word) FROM unnest(%s::text[]) AS word",
                [dictionary, alphabetic],
            )
            stems = {word: lexemes[0] for word, lexemes in cursor.fetchall() if lexemes}
        others[language] = [word for word in stems if stem(word, language) != stems[word]]
    # PostgreSQL stems texts and queries alike, so it may have an older English of its own.
    assert others["id"] == []
    assert len(others["en"]) < len(alphabetic) / 200


@pytest.mark.skipif(connection.vendor != "postgresql", reason="asks PostgreSQL for its words")
def test_words_are_those_of_the_database(set_):
    words = sorted({word for entry in SearchEntry.objects.all() for word in entry.words()})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT word, tsvector_to_array(to_tsvector('simple', word))"
            " FROM unnest(%s::text[]) AS word",
            [words],
        )
        assert [found for found in cursor.fetchall() if found[1] != [found[0]]] == []
