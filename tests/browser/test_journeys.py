"""What a parent does, in a real browser, on the whole product."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage

SCAM = (
    "Con chị ngã cầu thang chấn thương sọ não, đang cấp cứu ở bệnh viện Chợ Rẫy, "
    "chuyển ngay 30 triệu để mổ không là không kịp"
)
NUMBER = "0530 000 777"
LEVELS = ("CONFIRMED_SCAM", "SUSPICIOUS", "OFFICIAL", "UNKNOWN", "CANNOT_CHECK")


def ask(page: Page, text: str) -> None:
    page.locator("#text").fill(text)
    page.get_by_role("button", name="Kiểm tra").click()


def newest(page: Page, level: str) -> None:
    expect(page.locator("#log .turn").first.locator(f".level-{level}")).to_be_visible()


def test_a_pasted_scam_gets_its_answer_and_the_focus_moves_there(open_page: OpenPage) -> None:
    page = open_page()
    ask(page, SCAM)
    newest(page, "SUSPICIOUS")
    assert page.evaluate("document.activeElement.className") == "headline"
    expect(page.locator("#text")).to_have_value("")
    assert page.url.endswith("/")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_headline_and_first_number_are_seen_without_scrolling(open_page: OpenPage, scheme: str) -> None:
    page = open_page(color_scheme=scheme)
    ask(page, SCAM)
    newest(page, "SUSPICIOUS")
    dock_top = page.locator(".dock").bounding_box()["y"]
    for part in (".headline", ".call-number"):
        box = page.locator(f"#log .turn {part}").first.bounding_box()
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= dock_top
    assert page.evaluate("window.scrollY") == 0


def test_number_then_a_tap_then_the_school_in_three_messages(open_page: OpenPage) -> None:
    page = open_page()
    ask(page, NUMBER)
    newest(page, "UNKNOWN")
    page.locator("#log .turn").first.get_by_role("button", name=re.compile("cấp cứu")).click()
    newest(page, "SUSPICIOUS")
    ask(page, "tiểu học Ví Dụ Hoa Sen phường Xuân Hương Đà Lạt")
    expect(page.locator("#log .turn").first.locator(".call-first")).to_contain_text("Hoa Sen")
    newest(page, "SUSPICIOUS")


def test_the_same_journey_without_javascript(open_page: OpenPage) -> None:
    page = open_page(java_script_enabled=False)
    ask(page, NUMBER)
    newest(page, "UNKNOWN")
    page.locator("#log .turn").first.get_by_role("button", name=re.compile("cấp cứu")).click()
    newest(page, "SUSPICIOUS")
    page.get_by_role("button", name="Tôi đã chuyển tiền").click()
    expect(page.locator("#log .turn")).to_contain_text("GỌI NGÂN HÀNG")


def test_by_keyboard_alone(open_page: OpenPage) -> None:
    page = open_page()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    for _ in range(6):
        if page.evaluate("document.activeElement.id") == "text":
            break
        page.keyboard.press("Tab")
    page.keyboard.type(SCAM)
    page.keyboard.press("Control+Enter")
    newest(page, "SUSPICIOUS")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.href").startswith("tel:")


def test_on_the_phone_and_money_sent_are_one_tap_away(open_page: OpenPage) -> None:
    page = open_page()
    page.get_by_role("button", name="Tôi đang nghe máy").click()
    expect(page.locator("#log .turn").first).to_contain_text(re.compile("[Cc]úp máy"))
    page.get_by_role("button", name="Tôi đã chuyển tiền").click()
    expect(page.locator("#log .turn").first).to_contain_text("GỌI NGÂN HÀNG")
    expect(page.locator("#log .turn")).to_have_count(2)


def test_a_report_asks_for_consent_first_and_gives_a_case_code(open_page: OpenPage) -> None:
    page = open_page()
    ask(page, SCAM)
    newest(page, "SUSPICIOUS")
    page.locator("#log .turn").first.locator("button[value^='report:']").click()
    consent = page.locator("#log .turn").first.locator("button[value^='report_yes:']")
    consent.click()
    expect(page.locator("#log .turn").first).to_contain_text(re.compile(r"GL-\w{4}-\w{2}"))


def test_an_empty_question_is_told_beside_the_box(open_page: OpenPage) -> None:
    page = open_page()
    page.get_by_role("button", name="Kiểm tra").click()
    expect(page.get_by_role("alert")).to_contain_text("đang trống")
    assert page.evaluate("document.activeElement.id") == "text"
    ask(page, SCAM)
    newest(page, "SUSPICIOUS")
    expect(page.get_by_role("alert")).to_have_count(0)


def test_clearing_takes_the_answers_off_the_screen_for_good(open_page: OpenPage) -> None:
    page = open_page()
    ask(page, SCAM)
    newest(page, "SUSPICIOUS")
    page.get_by_role("button", name="Xóa các câu hỏi").click()
    expect(page.locator(".hero")).to_be_visible()
    expect(page.locator("#log .turn")).to_have_count(0)


def test_a_lost_connection_shows_the_steps_and_keeps_the_words(open_page: OpenPage) -> None:
    page = open_page()
    page.route("**/chat", lambda route: route.abort())
    ask(page, SCAM)
    expect(page.locator("#no-connection")).to_be_visible()
    expect(page.locator("#no-connection a[href='tel:113']")).to_be_visible()
    expect(page.locator("#text")).to_have_value(SCAM)
    page.unroute("**/chat")
    page.get_by_role("button", name="Kiểm tra").click()
    newest(page, "SUSPICIOUS")
    expect(page.locator("#no-connection")).to_be_hidden()


def test_the_language_switch_answers_in_english(open_page: OpenPage) -> None:
    page = open_page()
    page.get_by_role("button", name="English").click()
    page.locator("#text").fill(SCAM)
    page.get_by_role("button", name="Check").click()
    newest(page, "SUSPICIOUS")
    expect(page.locator("#log .turn").first).to_contain_text(re.compile("hang up", re.IGNORECASE))


def test_without_a_network_the_installed_page_shows_the_steps(open_page: OpenPage) -> None:
    page = open_page()
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    page.context.set_offline(True)
    page.goto("/toilaai")
    expect(page.get_by_role("heading", name="Đang mất mạng")).to_be_visible()
    expect(page.locator("a[href='tel:113']")).to_be_visible()
    page.context.set_offline(False)
