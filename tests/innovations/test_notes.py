"""Markdown of staff as safe HTML, and its sources as numbered notes."""

import pytest
from lxml import html

from innovations.models import Innovation
from innovations.notes import TAGS, Notes, render_markdown
from tests.factories import (
    AgencyFactory,
    AwardFactory,
    CitationFactory,
    InnovationFactory,
    OutcomeFactory,
    SourceFactory,
)


def tree(markdown, notes=None):
    return html.fragment_fromstring(render_markdown(markdown, notes), create_parent="div")


def tags(markdown):
    return [element.tag for element in tree(markdown).iterdescendants()]


@pytest.fixture
def sources():
    return [SourceFactory.build(slug=slug, title=slug) for slug in ("satu", "dua", "tiga")]


@pytest.fixture
def notes(sources):
    return Notes(sources)


def cited(notes):
    return [source.slug for source in notes]


def markers(markdown, notes):
    links = tree(markdown, notes).xpath("//sup[@class='note']/a")
    return [(link.get("href"), link.text) for link in links]


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("Satu\n\nDua", ["p", "p"]),
        ("Satu  \ndua", ["p", "br"]),
        ("- a\n- b", ["ul", "li", "li"]),
        ("1. a\n2. b", ["ol", "li", "li"]),
        ("**tebal** *miring* `kode`", ["p", "strong", "em", "code"]),
        ("> kata", ["blockquote", "p"]),
        ("---", ["hr"]),
        ("[laman](https://a.example/)", ["p", "a"]),
    ],
)
def test_markdown_becomes_html(markdown, expected):
    assert tags(markdown) == expected


def test_lines_end_as_browsers_send_them():
    assert render_markdown("Satu\r\n\r\nDua\r\n") == render_markdown("Satu\n\nDua\n")


@pytest.mark.parametrize(
    ("heading", "tag"), [("# A", "h3"), ("## A", "h3"), ("### A", "h3"), ("#### A", "h4")]
)
def test_headings_stand_below_the_headings_of_the_page(heading, tag):
    (element,) = tree(heading)
    assert (element.tag, element.text) == (tag, "A")


def test_text_of_a_heading_too_deep_to_keep_stays():
    assert tags("###### A") == []
    assert render_markdown("###### A").strip() == "A"


def test_empty_text_gives_nothing():
    assert render_markdown("") == ""


ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<iframe src='https://penyerang.example'></iframe>",
    "<style>body { display: none }</style>",
    "<a href='javascript:alert(1)'>x</a>",
    "<div style='position: fixed'>x</div>",
    "<b onclick=alert(1)>x</b>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java&#115;cript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:alert(1))",
    "<javascript:alert(1)>",
    "[x]: javascript:alert(1)\n\n[x]",
    '[x](https://a.example/ "onmouseover=alert(1)")',
    '[x](https://a.example/"onmouseover="alert(1))',
    "![x](https://penyerang.example/pelacak.png)",
    "`</code><script>alert(1)</script>`",
    "```\n</code></pre><script>alert(1)</script>\n```",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_that_runs_loads_or_styles_gets_through(attack):
    for element in tree(attack).iterdescendants():
        assert element.tag in TAGS
        allowed = {"href", "rel", "title"} if element.tag == "a" else set()
        assert set(element.keys()) <= allowed
        assert element.get("href", "https:").startswith("https:")


def test_link_keeps_its_address_and_tells_nothing_of_the_window():
    (link,) = tree("[laman](https://a.example/?a=1&b=2)").iter("a")
    assert dict(link.attrib) == {"href": "https://a.example/?a=1&b=2", "rel": "noopener"}


def test_raw_html_is_shown_as_the_text_it_is():
    assert tree("<b>tebal</b>").text_content().strip() == "<b>tebal</b>"


def test_source_is_numbered_where_it_is_first_cited_and_keeps_its_number(notes, sources):
    satu, dua, tiga = sources
    assert [notes.number(source) for source in (tiga, satu, tiga, dua)] == [1, 2, 1, 3]
    assert cited(notes) == ["tiga", "satu", "dua"]
    assert len(notes) == 3


def test_key_in_a_text_becomes_the_number_of_its_source(notes, sources):
    notes.number(sources[1])
    assert markers("A.[@tiga] B.[@satu][@tiga]", notes) == [
        ("#source-2", "2"),
        ("#source-3", "3"),
        ("#source-2", "2"),
    ]
    assert markers("C.[@dua]", notes) == [("#source-1", "1")]
    assert cited(notes) == ["dua", "tiga", "satu"]


def test_source_that_was_not_announced_gets_a_number_too(sources):
    notes = Notes([])
    assert notes.number(sources[0]) == 1
    assert cited(notes) == ["satu"]


def test_uncited_source_is_not_in_the_list(notes):
    assert (list(notes), len(notes)) == ([], 0)


def test_key_that_names_no_source_is_dropped_with_its_space(notes, sources):
    notes.number(sources[0])
    assert tree("Benar [@entah].", notes).text_content().strip() == "Benar."
    assert cited(notes) == ["satu"]


def test_key_is_dropped_where_there_are_no_notes():
    assert tree("Benar.[@satu]").text_content().strip() == "Benar."


@pytest.mark.parametrize("text", ["[satu]", "[@]", "@satu", "[@satu dua]", "nama@contoh.example"])
def test_what_is_no_key_stays_text(text, notes, sources):
    notes.number(sources[1])
    assert tree(text, notes).text_content().strip() == text
    assert cited(notes) == ["dua"]


def test_marker_says_to_those_who_listen_what_it_is(notes, sources):
    (link,) = html.fragment_fromstring(notes.marker(sources[0]), create_parent="div").iter("a")
    assert link.text == "1"
    assert link.get("aria-label") not in {"", "1"}


@pytest.mark.django_db
def test_page_of_an_innovation_knows_the_sources_of_its_facts_outcomes_and_awards():
    innovation = InnovationFactory()
    CitationFactory(innovation=innovation, source__slug="fakta")
    OutcomeFactory(innovation=innovation, source__slug="hasil")
    AwardFactory(innovation=innovation, source__slug="penghargaan")
    CitationFactory(source__slug="milik-lain")
    notes = Notes.of_innovation(Innovation.objects.for_page().get(pk=innovation.pk))
    notes.number(innovation.citations.get().source)
    render_markdown("[@hasil][@milik-lain][@penghargaan][@fakta]", notes)
    assert cited(notes) == ["fakta", "hasil", "penghargaan"]


def test_key_gets_its_number_also_where_nothing_was_cited_before():
    notes = Notes([SourceFactory.build(slug="satu")])
    assert 'href="#source-1"' in render_markdown("Benar.[@satu]", notes)
    assert [source.slug for source in notes] == ["satu"]


@pytest.mark.django_db
def test_agency_page_numbers_the_sources_of_its_text(client):
    agency = AgencyFactory(about="Berdiri 2017.[@satu]")
    agency.sources.add(SourceFactory(slug="satu"))
    page = html.document_fromstring(client.get(agency.get_absolute_url()).content)
    assert page.xpath("//sup[@class='note']/a/@href") == ["#source-1"]
    assert len(page.xpath("//*[@id='source-1']")) == 1
