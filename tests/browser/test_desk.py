"""The desk in a real browser: signing in, the long journeys, keyboard, and what axe finds on each page."""

import contextlib
import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Page, expect

from db import second_factor
from tests.browser import desk
from tests.browser.conftest import OpenPage
from tests.browser.test_accessibility import violations
from tests.browser.test_journeys import ask, newest


@pytest.fixture(scope="module")
def states(browser: Browser, address: str) -> dict[str, object]:
    """Who is signed in, one sign-in per role; something has been reported, appealed and proposed."""
    found: dict[str, object] = {}
    protected = ""
    context = browser.new_context(base_url=address)
    page = context.new_page()
    desk.report_a_scam(page)
    desk.appeal(page)
    context.close()
    for who in desk.PAGES:
        context = browser.new_context(base_url=address)
        page = context.new_page()
        desk.sign_in(page, who)
        if who == "school":
            desk.propose_hotline(page, "0263 0111 204")
        if who == "police":
            protected = desk.protect(page, "0530 000 236")
        if who == "supervisor":
            desk.decide(page, protected, desk.EMAILS[who])
        found[who] = context.storage_state()
        context.close()
    return found


@pytest.fixture
def at_the_desk(open_page: OpenPage, states: dict[str, object]) -> OpenPage:
    def open_(who: str, path: str = "", **options: object) -> Page:
        return open_page(f"/console{path}", storage_state=states[who], **options)

    return open_


def test_every_page_of_the_console_is_looked_at() -> None:
    assert desk.pages_declared() - desk.pages_looked_at() == set()
    assert desk.pages_looked_at() - desk.pages_declared() == set()


@pytest.mark.parametrize("who", desk.PAGES)
@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1366, "dark")])
def test_axe_finds_nothing_and_nothing_sticks_out(
    at_the_desk: OpenPage, who: str, width: int, scheme: str
) -> None:
    page = at_the_desk(who, width=width, color_scheme=scheme, bypass_csp=True)
    for path in (*desk.PAGES[who], *desk.records(page, who)):
        page.goto(f"/console{path}")
        assert violations(page) == [], path
        for at_most in (320, width) if width == 360 else (width,):
            page.set_viewport_size({"width": at_most, "height": 640})
            assert page.evaluate("document.documentElement.scrollWidth") <= at_most, (path, at_most)


@pytest.mark.parametrize(
    "path", ["/console/sign-in", "/danh-ba?q=ví dụ hoa sen", "/truong/1", "/nhung/1", "/khieu-nai"]
)
@pytest.mark.parametrize("width", [320, 1366])
def test_axe_finds_nothing_on_pages_for_everybody(open_page: OpenPage, path: str, width: int) -> None:
    page = open_page(path, width=width, bypass_csp=True)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_sign_in_works_by_keyboard_alone(open_page: OpenPage) -> None:
    page = open_page("/console/contacts")
    assert "/console/sign-in" in page.url
    page.locator("#f-email").focus()
    email = "thongtin@vi-du.example"
    for typed in (email, desk.demo_staff.PASSWORD, desk.fresh_code(email)):
        page.keyboard.type(typed)
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Số liên hệ")


def press(page: Page, *, on: str) -> None:
    """Go on with Tab until what has the focus says this, and press Enter there."""
    for _ in range(80):
        page.keyboard.press("Tab")
        label = page.evaluate("(document.activeElement.innerText || '').trim()")
        if label.startswith(on):
            assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
            page.keyboard.press("Enter")
            return
    raise AssertionError(on)


def fill(page: Page, fields: dict[str, str]) -> None:
    """Type into each field, reached with Tab."""
    for name, typed in fields.items():
        for _ in range(40):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.name || ''") == name:
                page.keyboard.type(typed)
                break
        else:
            raise AssertionError(name)


def test_a_script_is_written_tried_and_proposed_by_keyboard_alone(at_the_desk: OpenPage) -> None:
    page = at_the_desk("police", "/scripts", bypass_csp=True)
    press(page, on="Viết kịch bản mới")
    page.wait_for_url("**/scripts/new")
    words = "cháu ngã cầu thang ở trường, gia đình chuyển ngay hai mươi triệu để mổ gấp không thì không kịp"
    fill(page, {"name": "Ví dụ bàn phím", "text": words, "scams": f"Em là bác sĩ, {words}"})
    press(page, on="Thử: phụ huynh sẽ thấy gì?")
    expect(page.locator("#tried")).to_contain_text("nhận ra được")
    assert violations(page) == []
    fill(page, {"source": "tin báo của phụ huynh", "reason": "Ba trường cùng báo."})
    press(page, on="Đề xuất kịch bản này")
    expect(page.locator(".said")).to_contain_text("Cần một người khác duyệt")


def test_figures_are_read_as_a_table_by_keyboard_alone(at_the_desk: OpenPage) -> None:
    page = at_the_desk("education")
    press(page, on="Các mục")
    expect(page.locator(".menu")).to_have_attribute("open", "")
    press(page, on="Số liệu")
    page.wait_for_url("**/figures")
    press(page, on="Xem bảng số")
    expect(page.locator("main table").first).to_be_visible()


def test_a_school_is_merged_by_keyboard_alone_and_a_list_protected_is_searched(at_the_desk: OpenPage) -> None:
    office = at_the_desk("education", "/schools")
    press(office, on="THCS Ví Dụ Bằng Lăng")
    office.wait_for_url(re.compile(r"/schools/\d+$"))
    press(office, on="Sáp nhập vào trường khác")
    office.wait_for_url("**/merge")
    fill(office, {"q": "Ví Dụ Hoa Sen"})
    office.keyboard.press("Enter")
    office.locator("[name=into]").wait_for()
    fill(office, {"into": " ", "document": "QĐ 12/2026", "reason": "Theo quyết định sắp xếp trường."})
    press(office, on="Đề xuất sáp nhập")
    expect(office.locator(".said")).to_contain_text("Cần một người khác duyệt")
    officer = at_the_desk("police", "/protected")
    fill(officer, {"q": "0530 000 236"})
    officer.keyboard.press("Enter")
    officer.wait_for_url("**q=0530*")
    press(officer, on="0530 000 236")
    expect(officer.locator(".tag")).to_have_text("đang bảo vệ")


def test_somebody_invited_joins_by_keyboard_alone_and_each_page_can_be_read(
    at_the_desk: OpenPage, open_page: OpenPage
) -> None:
    first = at_the_desk("administrator", bypass_csp=True)
    proposal = desk.invite(first, "Chị Thảo Ví Dụ", "thao@vi-du.example")
    second = open_page("/")
    desk.sign_in(second, "administrator2")
    desk.decide(second, proposal, desk.EMAILS["administrator2"])
    first.goto("/console/staff")
    first.get_by_role("button", name=re.compile("Tạo đường dẫn")).click()
    assert violations(first) == []
    link, spoken = first.locator("code.secret").inner_text(), first.locator(".call-code").inner_text()
    page = open_page(f"/console/join/{link.rpartition('/')[2]}", bypass_csp=True, width=320)
    assert violations(page) == []
    fill(page, {"spoken_code": spoken})
    page.keyboard.press("Enter")
    secret = page.locator("code.secret").inner_text()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    password = "hoa-mai-vang-nui-xanh-84"
    code = second_factor.code_at(secret, datetime.now(UTC))
    fill(page, {"password": password, "again": password, "code": code})
    press(page, on="Tạo tài khoản")
    expect(page.locator(".codes li")).to_have_count(10)
    assert violations(page) == []
    press(page, on="Tôi đã cất các mã")
    expect(page.locator("h1")).to_have_text("Cán bộ thông tin")


def test_a_list_is_brought_and_proposed_by_keyboard_without_javascript(at_the_desk: OpenPage) -> None:
    page = at_the_desk("education", "/imports", java_script_enabled=False)
    page.locator("#f-file").set_input_files(
        {
            "name": "khong-js.xlsx",
            "mimeType": "application/octet-stream",
            "buffer": desk.messy_list("0263 0111 218"),
        }
    )
    page.locator("#f-kind").select_option("contacts")
    page.locator("#f-source").fill("danh sách của phòng")
    page.locator("#f-verified_at").fill("01/11/2026")
    page.locator("#f-verified_at").press("Enter")
    for _ in range(60):
        if page.locator(".outcomes").count():
            break
        page.get_by_role("link", name="tải lại").click()
    page.locator("#f-reason").fill("Đã gọi đối chiếu.")
    page.locator("#f-reason").press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".lead")).to_contain_text("Đang chờ người thứ hai")


def test_school_proposes_office_approves_parent_sees_the_hotline(
    at_the_desk: OpenPage, open_page: OpenPage
) -> None:
    number = "0263 0111 205"
    school = at_the_desk("school")
    proposal = desk.propose_hotline(school, number)
    code = school.locator(".call-code").inner_text()
    office = at_the_desk("education", "/proposals")
    office.get_by_role("link", name=re.compile(number)).first.click()
    office.locator("#f-callback_code").fill(code)
    office.locator("#f-reason").fill("Đã gọi số cố định ở công văn cũ.")
    if office.locator("#f-code").count():
        office.locator("#f-code").fill(desk.fresh_code("phong@vi-du.example"))
    office.get_by_role("button", name=re.compile("^Duyệt")).click()
    expect(office.locator(".said")).to_contain_text("Đã duyệt")
    assert office.url.startswith(proposal)
    parent = open_page("/danh-ba?q=tiểu học ví dụ hoa sen")
    expect(parent.locator("main")).to_contain_text(number)
    ask_page = open_page("/")
    ask(ask_page, "cho xin số trường tiểu học Ví Dụ Hoa Sen phường Xuân Hương Đà Lạt")
    expect(ask_page.locator("#log")).to_contain_text("Hoa Sen")


def test_parent_reports_officer_proposes_supervisor_confirms_the_check_turns_red(
    at_the_desk: OpenPage, open_page: OpenPage
) -> None:
    number = "0530 000 228"
    parent = open_page("/")
    desk.report_a_scam(parent, number)
    officer = at_the_desk("police", "/queue?area=all")
    officer.get_by_role("link", name=number).click()
    officer.get_by_role("link", name=re.compile("Đề xuất xác nhận")).click()
    officer.locator("#f-source").fill("tin báo của phụ huynh")
    officer.locator("#f-reason").fill("Giống kịch bản con cấp cứu.")
    officer.get_by_role("button", name=re.compile("Đề xuất xác nhận")).click()
    expect(officer.locator(".said")).to_contain_text("Cần một người khác duyệt")
    supervisor = at_the_desk("supervisor", "/proposals")
    supervisor.get_by_role("link", name=re.compile(number)).first.click()
    supervisor.locator("#f-reason").fill("Đã xem ba tin báo.")
    if supervisor.locator("#f-code").count():
        supervisor.locator("#f-code").fill(desk.fresh_code("chihuy@vi-du.example"))
    supervisor.get_by_role("button", name=re.compile("^Duyệt")).click()
    expect(supervisor.locator(".said")).to_contain_text("Đã duyệt")
    check = open_page("/")
    ask(check, number)
    newest(check, "CONFIRMED_SCAM")


def test_an_appeal_is_upheld_by_two_and_the_reporter_reads_the_correction(
    at_the_desk: OpenPage, open_page: OpenPage
) -> None:
    number, masked = "0530 000 231", re.compile(r"0530\s•••\s231")
    parent = open_page("/")
    desk.report_a_scam(parent, number)
    officer = at_the_desk("police", "/indicators/new")
    officer.locator("#f-typed").fill(number)
    officer.locator("#f-source").fill("tin báo của phụ huynh")
    officer.locator("#f-reason").fill("Giống kịch bản con cấp cứu.")
    officer.get_by_role("button", name=re.compile("^Đề xuất xác nhận")).click()
    first, second = at_the_desk("supervisor", "/proposals"), at_the_desk("supervisor2", "/proposals")
    approve(first, number, "chihuy@vi-du.example")
    left_for(parent, "CÔNG AN VỪA XÁC NHẬN")
    expect(parent.locator(".left")).to_contain_text(masked)
    parent.get_by_role("button", name="Đã đọc").click()
    expect(parent.locator(".left")).to_have_count(0)

    desk.appeal(open_page("/"), number)
    first.goto("/console/appeals")
    panel = first.locator(".panel").filter(has_text=number)
    panel.locator("textarea").fill("Số đã đổi chủ, có hợp đồng sim.")
    panel.get_by_role("button", name=re.compile("^Chấp nhận, đề xuất rút")).click()
    expect(first.locator(".said")).to_contain_text("Cần một người khác duyệt")
    expect(first.get_by_role("button", name=re.compile("^Duyệt"))).to_have_count(0)
    check = open_page("/")
    ask(check, number)
    newest(check, "CONFIRMED_SCAM")
    second.reload()
    approve(second, number, "chihuy2@vi-du.example")
    ask(check, number)
    newest(check, "UNKNOWN")
    left_for(parent, "ĐÍNH CHÍNH")
    expect(parent.locator(".left")).to_contain_text(masked)
    expect(parent.locator(".left")).to_contain_text("không có nghĩa là an toàn")


def approve(page: Page, what: str, email: str) -> None:
    """Approve, on the list of proposals, the one that names this."""
    page.get_by_role("link", name=re.compile(what)).first.click()
    page.locator("#f-reason").fill("Đã xem hồ sơ.")
    if page.locator("#f-code").count():
        page.locator("#f-code").fill(desk.fresh_code(email))
    page.get_by_role("button", name=re.compile("^Duyệt")).click()
    expect(page.locator(".said")).to_contain_text("Đã duyệt")


def left_for(page: Page, words: str) -> None:
    """Load the first page until something was left for this visitor: the desk tells people every few seconds."""

    def look() -> None:
        page.goto("/")
        expect(page.locator(".left")).to_contain_text(words, timeout=500)

    for _ in range(40):
        with contextlib.suppress(AssertionError):
            return look()
    return look()


def test_a_messy_file_is_brought_read_looked_at_taken_in_and_a_parent_sees_the_hotline(
    at_the_desk: OpenPage, open_page: OpenPage
) -> None:
    number = "0263 0111 216"
    office = at_the_desk("education", bypass_csp=True)
    report = desk.bring_file(office, desk.messy_list(number, "0263 0111 217"), "danh-ba-truc.xlsx")
    expect(office.locator(".lead")).to_contain_text("2 mục mới")
    expect(office.locator("#rows")).to_contain_text("số điện thoại không đọc được: 0263 xxx")
    assert violations(office) == []
    office.locator("#f-reason").fill("Đã gọi đối chiếu với từng trường.")
    office.get_by_role("button", name="Đề xuất đưa 2 mục vào dùng").click()
    expect(office.locator(".lead")).to_contain_text("Đang chờ người thứ hai")
    supervisor = at_the_desk("supervisor", "/proposals", width=1366)
    supervisor.get_by_role("link", name=re.compile("danh-ba-truc")).first.click()
    supervisor.get_by_role("link", name="Xem báo cáo đọc thử").click()
    expect(supervisor.locator("#rows")).to_contain_text(number)
    supervisor.go_back()
    supervisor.locator("#f-reason").fill("Đã xem báo cáo.")
    if supervisor.locator("#f-code").count():
        supervisor.locator("#f-code").fill(desk.fresh_code("chihuy@vi-du.example"))
    supervisor.get_by_role("button", name=re.compile("^Duyệt")).click()
    expect(supervisor.locator(".said")).to_contain_text("Đã duyệt")
    office.goto(report)
    expect(office.locator(".lead")).to_contain_text("Đã đưa vào dùng 2 mục")
    parent = open_page("/danh-ba?q=tiểu học ví dụ hoa sen")
    expect(parent.locator("main")).to_contain_text(number)


def test_the_file_is_chosen_in_vietnamese_by_button_and_by_keyboard(at_the_desk: OpenPage) -> None:
    page = at_the_desk("education", "/imports", locale="en-US", java_script_enabled=False)
    field, nothing = page.locator("#f-file"), page.get_by_text("Chưa chọn tệp nào")
    expect(nothing).to_be_visible()
    # Listened to all the while: a key may come before the browser has been told to hand the next choice over.
    page.on("filechooser", lambda _: None)
    with page.expect_file_chooser() as by_button:
        page.get_by_text("Chọn tệp", exact=True).click()
    # Answered, or the browser would open no second one.
    by_button.value.set_files({"name": "ví dụ.csv", "mimeType": "text/csv", "buffer": b"x"})
    expect(nothing).to_be_hidden()
    page.reload()
    expect(nothing).to_be_visible()
    field.focus()
    with page.expect_file_chooser():
        page.keyboard.press("Space")


def test_a_school_can_frame_its_hotline_and_the_frame_gets_no_cookie(
    open_page: OpenPage, address: str
) -> None:
    page = open_page("/")
    frame = page.request.get("/nhung/1")
    assert "set-cookie" not in frame.headers
    assert "frame-ancestors https: http:" in frame.headers["content-security-policy"]
    assert "<script" not in frame.text()
    assert "frame-ancestors 'none'" in page.request.get("/truong/1").headers["content-security-policy"]
