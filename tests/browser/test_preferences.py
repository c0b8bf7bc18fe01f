"""What readers set in their system is kept: less motion, colours of their own, paper."""

import pytest
from django.urls import reverse

from tests.browser import places
from tests.browser.conftest import PHONE

MOVING = """() => {
  const longest = (style) =>
    Math.max(
      ...[style.transitionDuration, style.animationDuration]
        .flatMap((times) => times.split(","))
        .map((time) => parseFloat(time) * (time.trim().endsWith("ms") ? 1 : 1000)),
    );
  const moving = new Set();
  for (const element of document.querySelectorAll("*")) {
    for (const part of [null, "::before", "::after", "::backdrop"]) {
      const style = getComputedStyle(element, part);
      if (longest(style) > 20) moving.add(`${element.outerHTML.slice(0, 120)} ${part ?? ""}`);
      if (style.scrollBehavior === "smooth") moving.add(`${element.tagName} scrolls smoothly`);
    }
  }
  return [...moving];
}"""


@pytest.mark.parametrize("place", places.PUBLIC, ids=lambda place: place.__name__)
def test_nothing_moves_for_who_wants_less_motion(open_page, site, place):
    page = open_page(reduced_motion="reduce")
    found = [(state, each) for state in place(page, site) for each in page.evaluate(MOVING)]
    assert found == []


def test_movement_is_noticed(open_page, live_server):
    page = open_page()
    page.set_content("<style>p { transition: color .3s }</style><p>Halo</p>")
    assert page.evaluate(MOVING) == ["<p>Halo</p> "]


# The border or else the underline of each button, where it differs from the page's ground.
EDGES = """selector => {
  const ground = getComputedStyle(document.body).backgroundColor;
  return [...document.querySelectorAll(selector)]
    .filter((element) => element.checkVisibility())
    .map((element) => {
      const style = getComputedStyle(element);
      const isEdged =
        style.borderTopStyle !== "none" &&
        parseFloat(style.borderTopWidth) >= 1 &&
        style.borderTopColor !== ground;
      return [element.outerHTML.slice(0, 120), isEdged];
    })
    .filter(([, isEdged]) => !isEdged);
}"""


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    "place",
    [places.home, places.catalogue, places.innovation, places.registration],
    ids=lambda place: place.__name__,
)
def test_buttons_keep_an_edge_in_forced_colours(open_page, site, place, theme):
    page = open_page(PHONE, theme, forced_colors="active")
    for state in place(page, site):
        assert page.evaluate("matchMedia('(forced-colors: active)').matches")
        assert page.locator(".button").count() > 0
        assert (state, page.evaluate(EDGES, ".button, .chip")) == (state, [])


def test_ticked_boxes_look_ticked_in_forced_colours(open_page, site):
    page = open_page(forced_colors="active")
    page.goto(reverse("visits:register"))
    box = page.locator("input[name=innovations] >> nth=0")
    empty = box.screenshot()
    box.check()
    page.mouse.move(0, 0)
    page.evaluate("document.activeElement.blur()")
    assert box.screenshot() != empty


def test_current_section_stands_out_in_forced_colours(open_page, site):
    page = open_page(forced_colors="active")
    page.goto(reverse("innovations:list"))
    look = "link => { const s = getComputedStyle(link); return [s.fontWeight, s.borderBottom] }"
    links = page.locator(".site-nav li:not(.site-nav__action) a")
    current = links.and_(page.locator("[aria-current=page]"))
    assert current.count() == 1
    others = {tuple(link.evaluate(look)) for link in links.all()} - {tuple(current.evaluate(look))}
    assert len(others) == 1


SHOWN = "(elements) => elements.filter((e) => e.checkVisibility()).map((e) => e.outerHTML)"
NOT_FOR_PAPER = "header nav, [role=search], form, .button, button, .skip-link, dialog"


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
@pytest.mark.parametrize("name", ["full", "visit"])
def test_paper_has_no_navigation_search_or_buttons(open_page, site, name, script):
    page = open_page(script=script)
    page.goto(getattr(site, name).get_absolute_url())
    assert page.eval_on_selector_all(NOT_FOR_PAPER, SHOWN) != []
    page.emulate_media(media="print")
    assert page.eval_on_selector_all(NOT_FOR_PAPER, SHOWN) == []
    assert page.locator("h1").is_visible()
    assert page.locator(".sources li").first.is_visible()


@pytest.mark.parametrize("name", ["full", "visit"])
def test_paper_says_where_links_lead(open_page, site, name):
    page = open_page()
    page.goto(getattr(site, name).get_absolute_url())
    page.emulate_media(media="print")
    silent = page.eval_on_selector_all(
        "main a[href^=http]:not(.button)",
        """(links) => links
          .filter((link) => !link.textContent.includes(link.getAttribute("href")))
          .filter((link) => !getComputedStyle(link, "::after").content
            .includes(link.getAttribute("href")))
          .map((link) => link.outerHTML)""",
    )
    assert page.locator("main a[href^=http]").count() > 0
    assert silent == []


def test_paper_unfolds_what_is_folded(open_page, site):
    page = open_page()
    page.goto(site.full.get_absolute_url())
    answer = page.locator(".question p").first
    assert not answer.is_visible()
    page.emulate_media(media="print")
    assert answer.is_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_paper_is_black_on_white(open_page, site, theme):
    page = open_page(theme=theme)
    page.goto(site.full.get_absolute_url())
    page.emulate_media(media="print")
    colours = "element => [getComputedStyle(element).color]"
    assert (
        page.locator("body").evaluate("body => getComputedStyle(body).backgroundColor")
        == "rgb(255, 255, 255)"
    )
    assert page.locator("h1").evaluate(colours) == ["rgb(0, 0, 0)"]
