"""Passes as they come out of a printer, and a checked paper on a phone."""

import datetime
import io

import pypdf
from django.urls import reverse

from tests.browser.conftest import PHONE
from tests.factories import ParticipantFactory, StopFactory, VisitFactory
from visits.models import Paper, Visit

DAY = datetime.date(2026, 9, 9)
POINTS = 4 / 3


def test_passes_print_on_a4_with_names_read_at_arms_length(open_page, transactional_db):
    visit = VisitFactory(status=Visit.Status.CONFIRMED, held_on=DAY)
    visit.make_link()
    visit.save()
    ParticipantFactory.create_batch(9, visit=visit)
    page = open_page()
    page.goto(reverse("visits:passes", args=[visit.private_token]))
    printed = pypdf.PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    sizes = {(round(each.mediabox.width), round(each.mediabox.height)) for each in printed.pages}
    assert (sizes, len(printed.pages)) == ({(595, 842)}, 2)
    page.emulate_media(media="print")
    size = "name => parseFloat(getComputedStyle(name).fontSize)"
    assert page.locator(".pass__name").last.evaluate(size) >= 14 * POINTS


def test_javanese_names_do_not_reach_into_the_line_below(open_page, transactional_db):
    visit = VisitFactory(status=Visit.Status.CONFIRMED, held_on=DAY)
    visit.make_link()
    visit.save()
    ParticipantFactory(visit=visit, name="ꦱꦸꦫꦏꦂꦠ ꦲꦤ꧀ꦠꦸꦏ꧀")
    page = open_page()
    for name, names in (("participants", ".row__title"), ("passes", ".pass__name")):
        page.goto(reverse(f"visits:{name}", args=[visit.private_token]))
        # Whatever font a machine has for it: the line is as high as that font asks for.
        line_height = page.locator(names).last.evaluate(
            "name => getComputedStyle(name).lineHeight"
        )
        assert (name, line_height) == (name, "normal")


def test_values_of_a_checked_paper_stand_beside_their_labels_on_a_phone(
    open_page, transactional_db
):
    visit = VisitFactory(status=Visit.Status.CONFIRMED, held_on=DAY)
    StopFactory(visit=visit, venue="Aula Balai Kota lantai dua", speaker="Kepala Bidang")
    StopFactory(visit=visit)
    (paper,) = Paper.issue(visit, "programme", by=None)
    page = open_page(PHONE)
    page.goto(paper.get_absolute_url())
    shown = """cells => cells.filter(cell => cell.checkVisibility()).map(cell => [
      getComputedStyle(cell, "::before").content, cell.firstElementChild.clientWidth > 180])"""
    assert page.locator("tbody tr").first.locator("td").evaluate_all(shown) == [
        [f'"{label}"', True] for label in ("No.", "Inovasi", "Tempat", "Narasumber")
    ]
    assert page.locator("tbody tr").last.locator("td").evaluate_all(shown) == [
        [f'"{label}"', True] for label in ("No.", "Inovasi")
    ]
