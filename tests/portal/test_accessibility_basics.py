"""A walk over every public page in both languages, and what each of them must keep."""

from collections import Counter, deque
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from django.urls import reverse
from django.utils import translation
from lxml import html

from innovations.models import Document
from tests.factories import (
    AgencyFactory,
    AwardFactory,
    InnovationFactory,
    OutcomeFactory,
    PictureFactory,
    QuestionFactory,
    SourceFactory,
    StopFactory,
    SuggestionFactory,
    VisitFactory,
)
from tests.visits.conftest import pdf_bytes, upload
from visits.querysets import hash_of_link

LANGUAGES = ("id", "en")
TOKEN = "t" * 43
MOST_PAGES = 300
NOT_TYPED_INTO = {"hidden", "submit", "button", "reset", "image"}


class Page:
    """A public page as it was answered, and as a tree."""

    def __init__(self, url, response):
        self.url = url
        self.status = response.status_code
        self.tree = html.document_fromstring(response.content)

    def xpath(self, path):
        return self.tree.xpath(path)

    @property
    def language(self):
        return "en" if self.url.startswith("/en/") else "id"

    @property
    def ids(self):
        return self.xpath("//@id")

    @property
    def links(self):
        """The addresses on this site to which the page links, each as a path with its query."""
        addresses = (urljoin(self.url, href) for href in self.xpath("//a/@href"))
        return [address for address in addresses if not urlsplit(address).netloc]


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
    InnovationFactory.create_batch(11, published=True)
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
    return full


@pytest.fixture
def pages(client, everything):
    """Every public page that links lead to from the home pages and from a delegation's own."""
    starts = []
    for language in LANGUAGES:
        with translation.override(language):
            starts += [
                reverse("home"),
                reverse("visits:request", args=[TOKEN]),
                f"{reverse('innovations:list')}?q=lengkap&stage=trial&sort=name",
                f"{reverse('innovations:list')}?q=xyz",
                f"{reverse('innovations:list')}?stage=khayalan",
                f"{reverse('home')}tidak/ada/",
            ]
    waiting, found = deque(starts), {}
    while waiting:
        url = waiting.popleft()
        if url in found:
            continue
        assert len(found) < MOST_PAGES
        response = client.get(url)
        if not response.get("Content-Type", "").startswith("text/html"):
            response.close()
            found[url] = None
            continue
        page = found[url] = Page(url, response)
        if page.status == 200:
            waiting.extend(urldefrag(link).url for link in page.links)
    return found
