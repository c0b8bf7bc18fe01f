"""A walk over every public page in both languages, and what each of them must keep."""

from collections import Counter, deque
from datetime import timedelta
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import translation
from lxml import html

from innovations.models import Document
from tests.factories import (
    AdoptionFactory,
    AgencyFactory,
    AskedQuestionFactory,
    AwardFactory,
    ClosedDateFactory,
    InnovationFactory,
    InnovationFeedbackFactory,
    OutcomeFactory,
    PictureFactory,
    QuestionFactory,
    SlotFactory,
    SourceFactory,
    StopFactory,
    SuggestionFactory,
    VisitFactory,
    VisitPictureFactory,
)
from tests.visits.conftest import pdf_bytes, upload
from visits.querysets import hash_of_link

LANGUAGES = ("id", "en")
TOKEN = "t" * 43
TOKEN_OF_GUESTS = "g" * 43
MOST_PAGES = 400


class Page:
    """A page of the site, to be asked with XPath."""

    def __init__(self, url, content, status=200):
        self.url, self.status = url, status
        self.tree = html.document_fromstring(content)
        self.xpath = self.tree.xpath

    @property
    def language(self):
        return "en" if self.url.startswith("/en/") else "id"

    @property
    def links(self):
        """The addresses on this site to which the page links, fragments included."""
        addresses = (urljoin(self.url, href) for href in self.xpath("//a/@href"))
        return [address for address in addresses if not urlsplit(address).netloc]

    @property
    def twins(self):
        """Language to address of the same page in every language, its own among them."""
        return {
            link.get("hreflang"): link.get("href").removeprefix(settings.SITE_URL)
            for link in self.xpath(ALTERNATES)
        }


ALTERNATES = "//head/link[@rel='alternate'][@hreflang]"
TYPED_INTO = "//input[not(@type='hidden' or @type='submit')] | //select | //textarea"


def has_one_heading_of_the_first_rank(page):
    return len(page.xpath("//h1")) == 1


def says_its_language(page):
    return page.tree.get("lang") == page.language


def has_a_title(page):
    return [bool(title.strip()) for title in page.xpath("//head/title/text()")] == [True]


def describes_every_picture(page):
    return not page.xpath("//img[not(@alt)]")


def labels_every_control(page):
    return all(
        control.get("aria-label")
        or any(
            label.text_content().strip()
            for label in control.xpath("ancestor::label | //label[@for=$id]", id=control.get("id"))
        )
        for control in page.xpath(TYPED_INTO)
    )


def uses_each_id_once(page):
    return not [each for each, times in Counter(page.xpath("//@id")).items() if times > 1]


def refers_to_ids_that_are_there(page):
    lists = page.xpath("//@aria-labelledby | //@aria-describedby | //label/@for")
    return {each for ids in lists for each in ids.split()} <= set(page.xpath("//@id"))


def names_every_link_and_button(page):
    return all(
        element.text_content().strip()
        or element.get("aria-label")
        or "".join(element.xpath(".//img/@alt"))
        for element in page.xpath("//a | //button")
    )


def holds_nothing_inline(page):
    # JSON-LD is data: a browser does not run it, and the policy lets it stand.
    return not page.xpath(
        "//@style | //style | //@*[starts-with(name(),'on')]"
        " | //script[not(@src)][not(@type='application/ld+json')]"
    )


RULES = (
    has_one_heading_of_the_first_rank,
    says_its_language,
    has_a_title,
    describes_every_picture,
    labels_every_control,
    uses_each_id_once,
    refers_to_ids_that_are_there,
    names_every_link_and_button,
    holds_nothing_inline,
)


def broken_rules(page):
    return {(rule.__name__, page.url) for rule in RULES if not rule(page)}


@pytest.fixture
def everything(db):
    """A site that shows every kind of thing there is, with and without its optional parts."""
    agency = AgencyFactory(
        succeeded_by=AgencyFactory(), website="https://dinas.example", about="Tentang *dinas*."
    )
    agency.sources.add(SourceFactory())
    full = InnovationFactory(
        published=True,
        name="Lengkap",
        slug="lengkap",
        expanded_name="Layanan Lengkap",
        agency=agency,
        problem="Dulu sulit.",
        solution="# Kini mudah\n\nLihat [laman](https://layanan.example/).",
        how_to_use="1. Datang\n2. Selesai",
        how_to_use_en="1. Come\n2. Done",
        how_to_replicate="Tiru saja.",
        stage="trial",
        type="digital",
        form="governance",
        initiator="agency",
        government_affair="health",
        started_on="2018",
        trialled_on="2018-06",
        implemented_on="2019-06-27",
        service_url="https://layanan.example/",
        contact="Loket 3",
        running=True,
        visitable=True,
        visit_host="Kepala bidang",
        visit_max_group=40,
        visit_languages="id,en",
        visit_closed_days="5, 6, 7",
        visit_lead_days=3,
        visit_note="Bawa sepatu.",
    )
    full.partner_agencies.add(AgencyFactory())
    PictureFactory(innovation=full, caption="Loket", alt_en="Counter")
    PictureFactory(innovation=full)
    OutcomeFactory(innovation=full, before=60, note="paling lama", as_of="2019")
    AwardFactory(innovation=full, rank="Terbaik", level="national", note="Semarang")
    AwardFactory(innovation=None, is_nomination=True, awarded_on="2018")
    QuestionFactory(innovation=full, published=True, answer="Ya.")
    QuestionFactory(innovation=full, published=True, answer="Tidak.")
    SuggestionFactory(innovation=full, published=True, answer="Sudah.")
    SuggestionFactory(innovation=full, published=True)
    Document.objects.create(innovation=full, title="Panduan", file=upload(pdf_bytes()))
    InnovationFactory(published=True, running=False, stopped_reason="Digabung.", agency=agency)
    InnovationFactory(published=True, visitable=False)
    InnovationFactory.create_batch(11, published=True, agency=agency)
    past = VisitFactory(
        completed=True,
        slug="kunjungan-lengkap",
        unit="Angkatan VIII",
        summary="Belajar.",
        report="Mereka *belajar*.",
        venue="Adipura Kencana",
        host="Staf ahli",
    )
    past.sources.add(SourceFactory())
    StopFactory(visit=past, innovation=full)
    VisitFactory.create_batch(13, completed=True)
    request = VisitFactory(link_hash=hash_of_link(TOKEN), letter=upload(pdf_bytes()))
    StopFactory(visit=request, innovation=full)
    request.events.create(status="submitted")
    slot = SlotFactory(note="Bawa sepatu.")
    SlotFactory(date=slot.date, booked=100)
    ClosedDateFactory(date=slot.date + timedelta(days=1))
    VisitPictureFactory(visit=past, caption="Di aula")
    AskedQuestionFactory(visit=past)
    InnovationFeedbackFactory.create_batch(3, feedback__visit=past, innovation=full)
    adopter = AdoptionFactory(
        visit=past,
        innovation=full,
        confirmed=True,
        since="2021-03",
        name_there="Satu Data",
        evidence_url="https://banjar.example/data",
    )
    for state in ("running", "interested", "dropped"):
        AdoptionFactory(innovation=full, confirmed=True, state=state, learned_from=adopter)
    guests = VisitFactory(
        status="completed", held_on=past.held_on, link_hash=hash_of_link(TOKEN_OF_GUESTS)
    )
    StopFactory(visit=guests, innovation=full)
    AskedQuestionFactory(visit=guests)
    AdoptionFactory(visit=guests, innovation=full)
    return full


@pytest.fixture(scope="module")
def walked():
    """Holds what the first walk found: a walk takes a while."""
    return []


@pytest.fixture
def walk(request, db, walked):
    """Every page by its address, and the status by address of downloads and redirects."""
    if not walked:
        request.getfixturevalue("everything")
        walked.append(breadth_first(request.getfixturevalue("client")))
    return walked[0]


def breadth_first(client):
    """From the home pages and a delegation's own to all that links and twins lead to."""
    waiting = deque()
    for language in LANGUAGES:
        with translation.override(language):
            catalogue = reverse("innovations:list")
            waiting += [
                reverse("home"),
                reverse("visits:request", args=[TOKEN]),
                reverse("visits:request", args=[TOKEN_OF_GUESTS]),
                f"{catalogue}?q=lengkap&stage=trial&sort=name",
                f"{catalogue}?q=tidak-ada",
                f"{catalogue}?q=lengkpa",
                f"{reverse('search')}?q=lengkap",
                f"{reverse('search')}?q=xyzxyz",
                f"{reverse('search')}?q={'x' * 101}",
                f"{catalogue}?stage=khayalan",
            ]
    pages, others = {}, {}
    while waiting:
        url = urldefrag(waiting.popleft()).url
        if url in pages or url in others:
            continue
        assert len(pages) < MOST_PAGES
        response = client.get(url)
        content = b"".join(response)  # a download is closed by whoever reads it to its end
        is_page = response.get("Content-Type", "").startswith("text/html")
        if response.streaming or not is_page or response.status_code in {301, 302}:
            others[url] = response.status_code
        else:
            page = pages[url] = Page(url, content, response.status_code)
            waiting += [*page.links, *page.twins.values()]
    return pages, others


def test_every_page_keeps_the_rules(walk):
    pages, _others = walk
    with translation.override("en"):
        assert reverse("innovations:detail", args=["lengkap"]) in pages
        assert f"{reverse('visits:list')}?page=2" in pages
    assert set().union(*map(broken_rules, pages.values())) == set()


def test_every_link_leads_to_a_page_a_download_or_the_staff_entrance(walk):
    pages, others = walk
    assert {page.url: page.status for page in pages.values() if page.status != 200} == {}
    entrance = reverse("admin:index")
    assert others.pop(entrance) == 302
    assert set(others.values()) == {200}
    media = reverse("media", args=["-"]).removesuffix("-")
    downloads = set()
    for language in LANGUAGES:
        with translation.override(language):
            downloads |= {
                reverse("visits:request_letter", args=[TOKEN]),
                reverse("visits:export", args=[TOKEN]),
                reverse("visits:export", args=[TOKEN_OF_GUESTS]),
                reverse("visits:free_feed"),
                reverse("visits:visits_feed"),
                reverse("visits:participant_template", args=[TOKEN, "xlsx"]),
                reverse("visits:participant_template", args=[TOKEN, "csv"]),
            }
    assert {url for url in others if not url.startswith(media)} == downloads


def test_every_link_within_pages_finds_its_place(walk):
    pages, _others = walk
    lost = {
        (page.url, link)
        for page in pages.values()
        for link in page.links
        if (place := urldefrag(link).fragment)
        and place not in pages[urldefrag(link).url].xpath("//@id")
    }
    assert lost == set()


def test_every_page_has_a_twin_that_points_back(walk):
    pages, _others = walk
    lost = {
        (page.url, twin)
        for page in pages.values()
        for twin in page.twins.values()
        if pages[twin].twins != page.twins
    }
    assert lost == set()
    private = {url for url, page in pages.items() if page.xpath("//meta[@name='robots']")}
    expected = {url for url in pages if TOKEN in url or TOKEN_OF_GUESTS in url}
    for language in LANGUAGES:
        with translation.override(language):
            assert reverse("visits:request", args=[TOKEN]) in expected
            assert {
                reverse(f"visits:{name}", args=[TOKEN_OF_GUESTS])
                for name in ("request", "feedback", "ask", "adoption")
            } <= expected
            expected.add(reverse("visits:itinerary"))
            searches = {url for url in pages if urlsplit(url).path == reverse("search")}
            assert len(searches) >= 5
            expected |= searches
    assert private == expected
    assert {url for url, page in pages.items() if not page.twins} == private
    assert {tuple(page.twins) for page in pages.values() if page.twins} == {
        (*LANGUAGES, "x-default")
    }


@pytest.fixture(params=LANGUAGES)
def language(request):
    with translation.override(request.param):
        yield request.param


def test_forms_in_error_keep_the_rules(client, everything, language):
    for url in (reverse("visits:register"), reverse("innovations:suggest", args=["lengkap"])):
        page = Page(url, client.post(url, {"website": "spam"}).content)
        summary = page.xpath("//*[@id='error-summary']//a/@href")
        assert summary
        assert {href.removeprefix("#") for href in summary} <= set(page.xpath("//@id"))
        assert broken_rules(page) == set()


def test_error_pages_keep_the_rules(client, language):
    page = Page(reverse("home"), client.get(f"{reverse('home')}tidak/ada/").content)
    assert broken_rules(page) == set()


def test_empty_site_keeps_the_rules(client, db, language):
    for name in (
        "home",
        "about",
        "privacy",
        "search",
        "innovations:list",
        "visits:list",
        "visits:calendar",
        "visits:register",
    ):
        assert broken_rules(Page(reverse(name), client.get(reverse(name)).content)) == set()


SOUND = """<!doctype html><html lang="id"><title>Judul</title><h1>Judul</h1>
<img src="x" alt=""><label for="a">Nama</label><input id="a"><label><input> Ya</label>
<input aria-label="Cari"><input type="hidden"><a href="/"><img src="x" alt="Beranda"></a>"""


def test_sound_page_keeps_the_rules():
    assert broken_rules(Page("/", SOUND)) == set()


@pytest.mark.parametrize(
    ("rule", "unsound"),
    [
        (has_one_heading_of_the_first_rank, "<h1>Lagi</h1>"),
        (describes_every_picture, "<img src='x'>"),
        (labels_every_control, "<select></select>"),
        (labels_every_control, "<label for='b'> </label><input id='b'>"),
        (uses_each_id_once, "<p id='b'></p><p id='b'></p>"),
        (refers_to_ids_that_are_there, "<p aria-describedby='a c'></p>"),
        (names_every_link_and_button, "<a href='/'> </a>"),
        (names_every_link_and_button, "<button><img src='x' alt=''></button>"),
        (holds_nothing_inline, "<p style='color: red'></p>"),
        (holds_nothing_inline, "<p onclick='run()'></p>"),
        (holds_nothing_inline, "<script>run()</script>"),
    ],
)
def test_unsound_page_breaks_just_its_rule(rule, unsound):
    assert broken_rules(Page("/", SOUND + unsound)) == {(rule.__name__, "/")}


def test_page_in_another_language_than_its_address_breaks_the_rules():
    assert broken_rules(Page("/en/", SOUND)) == {(says_its_language.__name__, "/en/")}
