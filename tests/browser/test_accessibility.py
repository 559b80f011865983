"""Everybody can read and use the page: axe finds nothing, text can grow, targets can be hit."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.test_journeys import NUMBER, SCAM, ask

SIZES = ((360, 640), (360, 740), (1366, 768))
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
CONTRAST = """() => {
  const luminance = (colour) => {
    const [red, green, blue] = colour.match(/[\\d.]+/g).slice(0, 3).map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (!/, 0\\)$/.test(colour)) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  return [...document.querySelectorAll(".turn *")]
    .filter((element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
    .map((element) => {
      const two = [luminance(getComputedStyle(element).color), luminance(behind(element))].sort((a, b) => b - a);
      return [element.className || element.tagName, (two[0] + 0.05) / (two[1] + 0.05)];
    });
}"""


def violations(page: Page) -> list[str]:
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), SIZES)
def test_axe_finds_nothing_on_first_page_and_answers(
    open_page: OpenPage, width: int, height: int, scheme: str
) -> None:
    page = open_page(width=width, height=height, color_scheme=scheme, bypass_csp=True)
    assert violations(page) == []
    for text in (SCAM, NUMBER, "0530 000 113", "xin chào"):
        ask(page, text)
        expect(page.locator("#text")).to_have_value("")
    assert violations(page) == []


@pytest.mark.parametrize("path", ["/quyen-rieng-tu", "/toilaai", "/offline", "/docs", "/khong-co"])
def test_axe_finds_nothing_on_the_other_pages(open_page: OpenPage, path: str) -> None:
    page = open_page("/", bypass_csp=True)
    page.route("**/favicon.ico", lambda route: route.abort())
    if path == "/khong-co":
        # The browser reports a missing page on its console, which is what is asked for here.
        page.set_content(page.request.get(path).text())
    else:
        page.goto(path)
    assert violations(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_answers_have_a_contrast_of_seven_to_one(open_page: OpenPage, scheme: str) -> None:
    page = open_page(color_scheme=scheme)
    for text in (SCAM, NUMBER, "0530 000 113", "😀"):
        ask(page, text)
        expect(page.locator("#text")).to_have_value("")
    measured = page.evaluate(CONTRAST)
    assert len(measured) > 20
    assert [pair for pair in measured if pair[1] < 7] == []


@pytest.mark.parametrize("width", [320, 360, 1366])
def test_nothing_is_wider_than_the_screen(open_page: OpenPage, width: int) -> None:
    page = open_page(width=width, height=640)
    ask(page, SCAM + " https://" + "a" * 300 + ".example/" + "b" * 300)
    expect(page.locator("#log .turn")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_text_at_200_percent_still_fits_and_the_answer_can_be_reached(open_page: OpenPage) -> None:
    page = open_page(width=360, height=640)
    ask(page, SCAM)
    expect(page.locator("#log .turn")).to_have_count(1)
    page.set_viewport_size({"width": 180, "height": 320})  # what zooming to 200 % leaves
    assert page.evaluate("document.documentElement.scrollWidth") <= 180
    assert page.evaluate("getComputedStyle(document.querySelector('.dock')).position") == "static"


def test_type_is_large_enough(open_page: OpenPage) -> None:
    page = open_page()
    ask(page, SCAM)
    expect(page.locator("#log .turn")).to_have_count(1)

    def size(selector: str) -> float:
        return float(
            page.evaluate(f"parseFloat(getComputedStyle(document.querySelector('{selector}')).fontSize)")
        )

    assert size("body") >= 17
    assert size("#log .steps") >= 19
    assert size("#log .reasons li") >= 19
    assert size("#log .call-number") >= 24


def test_everything_to_tap_is_at_least_48_pixels_high(open_page: OpenPage) -> None:
    page = open_page()
    ask(page, NUMBER)
    expect(page.locator("#log .turn")).to_have_count(1)
    heights = page.evaluate(
        """() => [...document.querySelectorAll("button, a:not(.skip), textarea")]
            .filter((element) => element.offsetParent !== null)
            .map((element) => [element.textContent.trim(), element.getBoundingClientRect().height])"""
    )
    assert len(heights) > 8
    assert [pair for pair in heights if pair[1] < 48] == []
