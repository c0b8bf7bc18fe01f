"""The search index, changed by many at once."""

from collections import Counter

from django.db import transaction

from innovations.models import Agency, Innovation
from magelang_portal.search.entries import Kind, SearchEntry, SearchWord
from magelang_portal.search.index import known_words
from tests.factories import AgencyFactory, AwardFactory, CitationFactory, InnovationFactory


def assert_index_is_right():
    entries = SearchEntry.objects.filter(kind=Kind.INNOVATION)
    public = Innovation.objects.published().values_list("pk", flat=True)
    assert sorted(entries.values_list("innovation", flat=True)) == sorted(public)
    counted = Counter(word for entry in SearchEntry.objects.all() for word in known_words(entry))
    assert dict(SearchWord.objects.values_list("word", "documents")) == dict(counted)


def test_publishers_at_once_neither_lock_each_other_out_nor_lose_a_word(at_once):
    drafts = InnovationFactory.create_batch(12, solution="perahu layar jangkar dayung kemudi")
    for draft in drafts:
        CitationFactory(innovation=draft)

    def publish(draft):
        draft.publish(by=None)

    at_once(publish, drafts)
    assert_index_is_right()
    assert SearchWord.objects.get(word="perahu").documents == 12
    at_once(lambda draft: draft.archive(by=None), drafts)
    assert_index_is_right()
    assert not SearchWord.objects.filter(word="perahu").exists()


def test_transactions_that_index_twice_in_opposite_order_do_not_wait_for_each_other(at_once):
    texts = ("anggur belimbing ceri", "zaitun yodium xilofon")
    pairs = [InnovationFactory.create_batch(2, published=True) for _pair in range(6)]

    def rewrite(number):
        order = texts if number % 2 else texts[::-1]
        with transaction.atomic():
            for innovation, text in zip(pairs[number], order, strict=True):
                innovation.solution = text
                innovation.save()

    at_once(rewrite, range(6))
    assert_index_is_right()
    assert SearchWord.objects.get(word="zaitun").documents == 6


def test_an_agency_renamed_while_its_innovations_are_edited_is_found_at_all(at_once):
    agency = AgencyFactory(name="Dinas Bahari")
    innovations = InnovationFactory.create_batch(5, published=True, agency=agency)

    def rename(_nothing):
        renamed = Agency.objects.get(pk=agency.pk)
        renamed.name = "Dinas Samudra"
        renamed.save()

    def edit(innovation):
        innovation.solution = "jangkar"
        innovation.save()

    at_once(lambda act: act[0](act[1]), [(rename, None), *((edit, each) for each in innovations)])
    assert_index_is_right()
    entries = SearchEntry.objects.filter(innovation__in=innovations)
    assert entries.filter(leads__contains="samudra", body__contains="jangkar").count() == 5


def test_what_is_deleted_while_others_are_published_leaves_nothing(at_once):
    doomed = [AwardFactory().innovation for _number in range(4)]
    drafts = InnovationFactory.create_batch(4)
    for draft in drafts:
        CitationFactory(innovation=draft)

    def publish(draft):
        draft.publish(by=None)

    acts = [*((publish, each) for each in drafts), *((Innovation.delete, each) for each in doomed)]
    at_once(lambda act: act[0](act[1]), acts)
    assert_index_is_right()
