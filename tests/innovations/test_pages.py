import pytest
from django.urls import reverse
from django.utils import translation

from innovations.models import Agency, Suggestion
from tests.factories import (
    AdoptionFactory,
    AgencyFactory,
    AwardFactory,
    CitationFactory,
    InnovationFactory,
    InnovationFeedbackFactory,
    OutcomeFactory,
    PictureFactory,
    QuestionFactory,
    SourceFactory,
    StopFactory,
    SuggestionFactory,
    VisitFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def innovation():
    return InnovationFactory(published=True, name="Data Go", slug="data-go")


def test_draft_is_not_found_by_the_public(client):
    draft = InnovationFactory(name="Rahasia")
    assert client.get(draft.get_absolute_url()).status_code == 404


def test_staff_preview_a_draft_and_no_cache_keeps_it(admin_client):
    draft = InnovationFactory(name="Rahasia")
    response = admin_client.get(draft.get_absolute_url())
    assert "notice--warning" in response.text
    assert response["Cache-Control"] == "private, no-store"


def test_page_names_agency_and_numbers_sources_in_order_of_appearance(client, innovation):
    first, second = (
        SourceFactory(slug="satu", title="Satu"),
        SourceFactory(slug="dua", title="Dua"),
    )
    innovation.citations.all().delete()
    CitationFactory(innovation=innovation, source=second, fact="summary")
    CitationFactory(innovation=innovation, source=first, fact="entry")
    innovation.solution = "Dicatat di sini.[@satu]"
    innovation.save()
    response = client.get(innovation.get_absolute_url())
    assert innovation.agency.name in response.text
    assert [source.title for source in response.context["notes"]] == ["Dua", "Satu"]
    assert response.text.index('id="source-1"') < response.text.index('id="source-2"')


def test_unconfirmed_entry_says_so_and_lists_what_is_missing(client):
    innovation = InnovationFactory(published=True, confirmed_on=None, contact="")
    text = client.get(innovation.get_absolute_url()).text
    assert "notice--waiting" in text
    assert '<details class="waiting">' in text


def test_empty_entry_says_that_its_owner_has_yet_to_confirm_more(client):
    agency = AgencyFactory(abbreviation="BPKAD")
    innovation = InnovationFactory(published=True, agency=agency, solution="", how_to_use="")
    with translation.override("en"):
        text = client.get(innovation.get_absolute_url()).text
    assert "has yet to be confirmed by BPKAD" in text


def test_stopped_innovation_shows_the_reason_and_no_way_in(client):
    innovation = InnovationFactory(
        published=True,
        running=False,
        stopped_reason="Digabung ke layanan lain.",
        service_url="https://layanan.example/",
    )
    text = client.get(innovation.get_absolute_url()).text
    assert "Digabung ke layanan lain." in text
    assert "?innovation=" not in text


def test_english_page_falls_back_with_a_note_and_a_language_mark(client):
    innovation = InnovationFactory(published=True, summary="Ringkasan", summary_en="")
    with translation.override("en"):
        text = client.get(innovation.get_absolute_url()).text
    assert '<span lang="id">Ringkasan</span>' in text
    assert "not translated yet" in text


def test_english_page_shows_the_english_text(client):
    innovation = InnovationFactory(published=True, summary="Ringkasan", summary_en="A summary")
    with translation.override("en"):
        text = client.get(innovation.get_absolute_url()).text
    assert "A summary" in text
    assert "Ringkasan" not in text


def test_page_shows_outcomes_awards_pictures_and_answered_questions(client, innovation):
    OutcomeFactory(innovation=innovation, indicator="Waktu tunggu", after=30, unit="menit")
    AwardFactory(innovation=innovation, name="Top 99")
    PictureFactory(innovation=innovation, alt="Loket layanan", credit="Tim portal")
    QuestionFactory(innovation=innovation, text="Berapa biayanya?", published=True, answer="Nol.")
    QuestionFactory(innovation=innovation, text="Masih menunggu?", published=True, answer="")
    text = client.get(innovation.get_absolute_url()).text
    for shown in ("Waktu tunggu", "Top 99", 'alt="Loket layanan"', "Berapa biayanya?"):
        assert shown in text
    assert "Masih menunggu?" not in text


def test_picture_is_offered_as_avif_and_webp_with_its_size(client, innovation):
    picture = PictureFactory(innovation=innovation)
    text = client.get(innovation.get_absolute_url()).text
    assert 'type="image/avif"' in text
    assert 'type="image/webp"' in text
    assert f'width="{picture.width}" height="{picture.height}"' in text


def test_page_takes_16_queries_with_one_or_three_of_everything(
    client, innovation, django_assert_num_queries
):
    for rows in (1, 2):
        for _row in range(rows):
            CitationFactory(innovation=innovation, fact="name")
            OutcomeFactory(innovation=innovation)
            AwardFactory(innovation=innovation)
            QuestionFactory(innovation=innovation, published=True, answer="Ya.")
            SuggestionFactory(innovation=innovation, published=True)
            PictureFactory(innovation=innovation)
            PictureFactory(innovation=InnovationFactory(published=True))
            StopFactory(innovation=innovation, visit=VisitFactory(completed=True))
            innovation.partner_agencies.add(AgencyFactory())
            InnovationFeedbackFactory(innovation=innovation)
            AdoptionFactory(innovation=innovation, confirmed=True)
        with django_assert_num_queries(16):
            client.get(innovation.get_absolute_url())


def test_related_innovations_share_the_agency_first(client, innovation):
    InnovationFactory(published=True, name="Lain")
    InnovationFactory(published=True, name="Sekantor", agency=innovation.agency)
    related = client.get(innovation.get_absolute_url()).context["related"]
    assert [other.name for other in related] == ["Sekantor", "Lain"]


def test_agency_page_shows_its_published_innovations_and_its_successor(client):
    successor = AgencyFactory(name="Badan Baru")
    agency = AgencyFactory(succeeded_by=successor)
    InnovationFactory(agency=agency, published=True, name="Terbit")
    InnovationFactory(agency=agency, name="Rancangan")
    text = client.get(agency.get_absolute_url()).text
    assert "Terbit" in text
    assert "Rancangan" not in text
    assert f'href="{successor.get_absolute_url()}"' in text


@pytest.mark.parametrize(
    ("name", "make", "queries"),
    [
        ("innovations:agency_list", lambda: InnovationFactory(published=True), 2),
        ("innovations:award_list", AwardFactory, 3),
        ("about", lambda: InnovationFactory(published=True), 3),
        ("home", lambda: PictureFactory(innovation=InnovationFactory(published=True)), 10),
    ],
)
def test_list_pages_take_the_same_queries_for_1_and_for_3(
    client, django_assert_num_queries, name, make, queries
):
    StopFactory(visit=VisitFactory(completed=True), innovation=InnovationFactory(published=True))
    for rows in (1, 2):
        for _row in range(rows):
            make()
        with django_assert_num_queries(queries):
            client.get(reverse(name))


def test_agency_page_shows_the_first_innovations_and_leads_to_the_rest(client, monkeypatch):
    monkeypatch.setattr("innovations.views.SHOWN_OF_AGENCY", 2)
    agency = AgencyFactory()
    for name in ("C", "A", "B"):
        InnovationFactory(agency=agency, published=True, name=name)
    response = client.get(agency.get_absolute_url())
    assert [innovation.name for innovation in response.context["innovations"]] == ["A", "B"]
    assert f'href="{reverse("innovations:list")}?agency={agency.slug}"' in response.text


def test_agency_page_takes_the_same_queries_for_1_and_for_3(client, django_assert_num_queries):
    agency = AgencyFactory()
    for rows in (1, 2):
        for _row in range(rows):
            PictureFactory(innovation=InnovationFactory(agency=agency, published=True))
            InnovationFactory(published=True).partner_agencies.add(agency)
        with django_assert_num_queries(8):
            client.get(agency.get_absolute_url())


def test_agencies_count_only_what_is_published():
    agency = AgencyFactory()
    InnovationFactory(agency=agency, published=True)
    InnovationFactory(agency=agency)
    assert Agency.objects.with_innovation_count().get(pk=agency.pk).innovation_count == 1


def test_awards_of_drafts_stay_out_of_the_awards_page(client):
    AwardFactory(name="Tampil", innovation=InnovationFactory(published=True))
    AwardFactory(name="Kota", innovation=None)
    AwardFactory(name="Tersembunyi", innovation=InnovationFactory())
    text = client.get(reverse("innovations:award_list")).text
    assert "Tampil" in text
    assert "Kota" in text
    assert "Tersembunyi" not in text


def test_home_features_first_what_staff_chose(client):
    InnovationFactory(published=True, name="Biasa")
    InnovationFactory(published=True, name="Unggulan", featured=True)
    featured = client.get(reverse("home")).context["featured"]
    assert [innovation.name for innovation in featured] == ["Unggulan", "Biasa"]


def test_home_counts_what_is_public(client):
    innovation = InnovationFactory(published=True)
    InnovationFactory()
    AwardFactory(innovation=innovation)
    AwardFactory(innovation=innovation, is_nomination=True)
    VisitFactory(completed=True, participants=78)
    VisitFactory()
    AdoptionFactory(innovation=innovation, confirmed=True)
    AdoptionFactory(innovation=innovation)
    assert client.get(reverse("home")).context["figures"] == {
        "innovations": 1,
        "agencies": 1,
        "awards": 1,
        "visits": 1,
        "people": 78,
        "adoptions": 1,
    }


def test_suggestion_waits_for_a_moderator(client, innovation):
    url = reverse("innovations:suggest", args=[innovation.slug])
    response = client.post(url, {"text": "Tambahkan jadwal."}, follow=True)
    assert response.redirect_chain == [(innovation.get_absolute_url(), 302)]
    assert Suggestion.objects.get().moderation == Suggestion.Moderation.WAITING
    assert "Tambahkan jadwal." not in client.get(innovation.get_absolute_url()).text


def test_published_suggestion_stands_on_the_page_with_its_answer(client, innovation):
    SuggestionFactory(
        innovation=innovation, text="Tambahkan jadwal.", published=True, answer="Sudah ada."
    )
    text = client.get(innovation.get_absolute_url()).text
    assert "Tambahkan jadwal." in text
    assert "Sudah ada." in text


@pytest.mark.parametrize(
    "data", [{"text": ""}, {"text": "x" * 2001}, {"text": "Beli!", "website": "https://spam"}]
)
def test_bad_suggestion_comes_back_with_what_was_typed(client, innovation, data):
    response = client.post(reverse("innovations:suggest", args=[innovation.slug]), data)
    assert not Suggestion.objects.exists()
    assert response.context["form"].errors
    assert data["text"] in response.text


def test_suggesting_on_a_draft_is_not_found(client):
    draft = InnovationFactory()
    url = reverse("innovations:suggest", args=[draft.slug])
    assert client.post(url, {"text": "Halo"}).status_code == 404


@pytest.mark.parametrize(
    ("name", "make", "shown"),
    [
        ("innovations:award_list", lambda: AwardFactory(innovation=None), 16),
        ("about", lambda: CitationFactory(innovation__published=True), 50),
    ],
)
def test_long_list_stands_on_several_pages(client, name, make, shown):
    for _row in range(shown + 1):
        make()
    first = client.get(reverse(name))
    assert (len(first.context["page_obj"]), 'rel="next"' in first.text) == (shown, True)
    last = client.get(reverse(name), {"page": "999"})
    assert last.context["page_obj"].number == last.context["page_obj"].paginator.num_pages > 1
