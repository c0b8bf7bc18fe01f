"""Every page fits the smallest screen, and what is tapped on a phone is large enough to hit."""

import pytest
from django.utils.translation import override

from tests.browser import places
from tests.browser.conftest import LANGUAGES, PHONE

# 1280 by 1024 pixels at 400 %: what WCAG 1.4.10 asks for.
ENLARGED = {"width": 320, "height": 256}

SIDEWAYS = """() => {
  const width = document.documentElement.clientWidth;
  const scrolls = (element) => ["auto", "scroll"].includes(getComputedStyle(element).overflowX);
  const isReachable = (element) => {
    for (let around = element; around; around = around.parentElement) {
      if (scrolls(around)) return true;
    }
    return false;
  };
  const isOnlyForScreenReaders = (element) =>
    element && (getComputedStyle(element).clipPath === "inset(50%)" ||
    isOnlyForScreenReaders(element.parentElement));
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const cut = new Set();
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !parent.checkVisibility()) continue;
    if (parent.closest(".skip-link, svg") || isOnlyForScreenReaders(parent)) continue;
    const range = document.createRange();
    range.selectNodeContents(walker.currentNode);
    const box = range.getBoundingClientRect();
    if ((box.right > width + 1 || box.left < -1) && !isReachable(parent)) {
      cut.add(walker.currentNode.data.trim());
    }
  }
  const wider = document.documentElement.scrollWidth - width;
  return wider > 0 ? [`${wider} pixels wider than the screen`, ...cut] : [...cut];
}"""

SMALL_TARGETS = """() => {
  const targets = "a[href], button, input:not([type=hidden]), select, textarea, summary";
  const blocks = "p, li, dd, td, th, figcaption, h1, h2, h3, h4, div";
  const isWithinText = (element) => {
    if (element.tagName !== "A" || !getComputedStyle(element).display.startsWith("inline")) {
      return false;
    }
    const text = element.closest(blocks).cloneNode(true);
    text.querySelectorAll("a, .visually-hidden").forEach((part) => part.remove());
    return /\\p{L}{2}/u.test(text.textContent);
  };
  const boxes = (element) => {
    const parts = [element, ...(element.labels ?? [])];
    if (getComputedStyle(element, "::after").position === "absolute") {
      parts.push(element.offsetParent);
    }
    return parts.map((part) => part.getBoundingClientRect());
  };
  const small = [];
  for (const element of document.querySelectorAll(targets)) {
    if (!element.checkVisibility({ visibilityProperty: true })) continue;
    if (element.closest(".visually-hidden, .skip-link") || isWithinText(element)) continue;
    const width = Math.max(...boxes(element).map((box) => box.width));
    const height = Math.max(...boxes(element).map((box) => box.height));
    if (width < 24 || height < 24) {
      small.push(`${width.toFixed(1)} × ${height.toFixed(1)}: ${element.outerHTML}`);
    }
  }
  return small;
}"""


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("place", places.PUBLIC, ids=lambda place: place.__name__)
def test_nothing_scrolls_sideways_at_320_pixels_or_400_percent(open_page, site, place, language):
    page = open_page(ENLARGED)
    with override(language):
        found = [(state, each) for state in place(page, site) for each in page.evaluate(SIDEWAYS)]
    assert found == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("place", places.PUBLIC, ids=lambda place: place.__name__)
def test_targets_on_a_phone_measure_24_pixels(open_page, site, place, language):
    page = open_page(PHONE)
    with override(language):
        found = [
            (state, each) for state in place(page, site) for each in page.evaluate(SMALL_TARGETS)
        ]
    assert found == []


def test_links_within_a_sentence_are_no_targets_to_measure(open_page, live_server):
    page = open_page(PHONE)
    page.set_content("<p>Lihat juga <a href='/'>ini</a>.</p><p><a href='/'>Lihat</a></p>")
    assert [target.partition(": ")[2] for target in page.evaluate(SMALL_TARGETS)] == [
        '<a href="/">Lihat</a>'
    ]


def test_long_word_makes_a_page_scroll_sideways(open_page, live_server):
    page = open_page(ENLARGED)
    page.set_content(f"<p>{'a' * 100}</p>")
    assert page.evaluate(SIDEWAYS)[1:] == ["a" * 100]
