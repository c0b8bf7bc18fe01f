"""Whoever has only a keyboard gets everywhere, sees where they are, and is led out of an error."""

import pytest
from django.urls import reverse
from django.utils.translation import override
from playwright.sync_api import expect

from tests.browser import places
from tests.browser.conftest import DESKTOP, LANGUAGES, PHONE

# Remembers what Tab should reach, in the order of the page, and how each looks without focus.
REMEMBER = """async () => {
  // A page gives its autofocus with the first frame, which may come after it has loaded.
  for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
  const tabbable =
    "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]";
  const seen = (element) => element.checkVisibility({ visibilityProperty: true });
  window.looks = (element) => {
    const looks = [];
    for (let around = element, depth = 0; around && depth < 5; depth += 1) {
      const style = getComputedStyle(around);
      const isOutlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
      looks.push(isOutlined ? style.outline : "", style.boxShadow);
      around = around.parentElement;
    }
    return looks.join("|");
  };
  // From the top again, wherever the last click was.
  document.body.tabIndex = -1;
  document.body.focus();
  document.body.removeAttribute("tabindex");
  // Of a group of radio buttons Tab reaches one: the chosen one, or else the first.
  const isOfGroup = (element) => {
    if (element.type !== "radio") return true;
    const group = [...document.getElementsByName(element.name)].filter((each) => !each.disabled);
    return element === (group.find((each) => each.checked) ?? group[0]);
  };
  window.expected = [...document.querySelectorAll(tabbable)].filter(
    (element) =>
      element.tabIndex >= 0 && !element.disabled && seen(element) && isOfGroup(element),
  );
  window.unfocused = new Map(expected.map((element) => [element, looks(element)]));
  return expected.length;
}"""

STAND = """() => {
  const element = document.activeElement;
  const name = element.outerHTML.slice(0, 160);
  const box = element.getBoundingClientRect();
  const isOnScreen =
    box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth;
  return {
    index: expected.indexOf(element),
    isAway: element === document.body || element === document.documentElement,
    name,
    isMarked: looks(element) !== unfocused.get(element),
    isOnScreen,
  };
}"""

NAME = "index => expected[index].outerHTML.slice(0, 160)"


def tab_through(page):
    """The elements that Tab reaches, in its order, each once, until it leaves the page."""
    count = page.evaluate(REMEMBER)
    stands = []
    # A date field takes several presses, one for each of its parts.
    for _press in range(3 * count + 20):
        page.keyboard.press("Tab")
        stand = page.evaluate(STAND)
        if stands and (stand["isAway"] or stand["index"] == stands[0]["index"]):
            break
        if not stands or stands[-1]["index"] != stand["index"]:
            stands.append(stand)
    else:
        pytest.fail(f"Tab does not get out of {stands[-1]['name']}")
    return count, stands


@pytest.mark.parametrize(
    ("viewport", "theme"), [(PHONE, "dark"), (DESKTOP, "light")], ids=["phone", "desktop"]
)
@pytest.mark.parametrize("place", places.PUBLIC, ids=lambda place: place.__name__)
def test_tab_reaches_everything_in_order_and_shows_where_it_is(
    open_page, site, place, viewport, theme
):
    page = open_page(viewport, theme)
    for state in place(page, site):
        count, stands = tab_through(page)
        reached = [stand["index"] for stand in stands]
        missed = [page.evaluate(NAME, index) for index in set(range(count)) - set(reached)]
        assert (state, missed) == (state, [])
        assert reached == sorted(reached), state
        unmarked = [stand["name"] for stand in stands if not stand["isMarked"]]
        assert (state, unmarked) == (state, [])
        unseen = [stand["name"] for stand in stands if not stand["isOnScreen"]]
        assert (state, unseen) == (state, [])


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_first_tab_offers_to_skip_to_the_content(open_page, site, viewport):
    page = open_page(viewport)
    for path in (reverse("home"), reverse("innovations:list"), site.full.get_absolute_url()):
        page.goto(path)
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip-link"
        box = page.locator(".skip-link").bounding_box()
        assert box["y"] >= 0
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('main')?.id") == "main"


@pytest.mark.parametrize("language", LANGUAGES)
def test_error_summary_takes_the_focus_and_leads_to_each_field(open_page, site, language):
    page = open_page(PHONE)
    with override(language):
        addresses = {
            reverse("visits:register"): places.FORWARD,
            reverse("innovations:suggest", args=[site.full.slug]): places.SEND,
        }
    for address, button in addresses.items():
        page.goto(address)
        places.press(page, button)
        assert_summary_leads_to_each_field(page)


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_error_summary_of_each_step_leads_to_each_field(open_page, site, viewport):
    page = open_page(viewport)
    for state in places.registration(page, site):
        if state.endswith("in error") and not state.startswith("summary"):
            assert_summary_leads_to_each_field(page)


def test_error_summary_leads_to_the_list_of_slots(open_page, site):
    page = open_page(PHONE)
    page.goto(f"{reverse('visits:register')}?innovation={site.full.slug}")
    page.fill("#id_purpose", "Belajar membuka data.")
    page.fill("#id_expected_participants", "30")
    places.press(page, places.FORWARD)
    places.press(page, places.FORWARD)
    assert_summary_leads_to_each_field(page)


def assert_summary_leads_to_each_field(page):
    """The error summary has the focus, and its links lead to the invalid fields one by one."""
    summary = page.locator(places.ERRORS)
    expect(summary).to_be_focused()
    invalid = page.locator(".field--invalid")
    links = summary.locator("a")
    assert links.count() == invalid.count() > 0
    for number in range(links.count()):
        links.nth(number).focus()
        page.keyboard.press("Enter")
        field = invalid.nth(number)
        place = field.bounding_box()
        assert -1 <= place["y"] < page.viewport_size["height"], links.nth(number).inner_text()
        if not has_focus(field):
            # A link to a group of choices leads before it, and the next Tab into it.
            page.keyboard.press("Tab")
        assert has_focus(field), links.nth(number).inner_text()


def has_focus(locator):
    return locator.evaluate("element => element.contains(document.activeElement)")
