"""The desk in a browser: signing in as one of the trial's people, and something to look at on each page."""

import re
import time
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Page

from db import demo_staff
from tests.api.console import EMAILS
from tests.db.imports import xlsx_of

ROUTES: Path = Path(__file__).parents[1] / "api" / "authorisation.toml"
PAGES = {
    "school": (
        "",
        "/proposals",
        "/contacts",
        "/contacts/new",
        "/schools",
        "/incidents",
        "/figures",
        "/account",
    ),
    "education": ("", "/proposals", "/contacts", "/schools", "/imports", "/figures", "/step-up"),
    "information": ("", "/indicators", "/scripts", "/figures"),
    "police": (
        "",
        "/queue?area=all",
        "/indicators",
        "/indicators/new",
        "/scripts",
        "/scripts/new",
        "/protected",
        "/protected/new",
        "/figures",
        "/incidents",
    ),
    "supervisor": ("", "/proposals", "/appeals", "/protected"),
    "supervisor2": ("/indicators",),
    "administrator": (
        "",
        "/staff",
        "/offices/new",
        "/offices/new?kind=commune_police",
        "/offices/new?kind=school",
    ),
    "auditor": ("", "/audit?verify=1"),
}
"""Pages of each role, below /console."""
RECORDS = {
    "administrator": (("/staff", "/staff/{public_id}"), ("/staff", "/offices/{public_id}")),
    "school": (
        ("/contacts", "/contacts/{contact_id}", "/contacts/{contact_id}/change"),
        ("/schools", "/schools/{school_id}"),
    ),
    "education": (
        ("/proposals", "/proposals/{proposal_id}"),
        ("/schools", "/schools/{school_id}", "/schools/{school_id}/merge"),
    ),
    "police": (
        ("/queue?area=all", "/queue/{kind}"),
        ("/queue?area=all", "/queue/stories/{scenario}"),
        ("/indicators", "/indicators/{indicator_id}"),
        ("/scripts", "/scripts/{script_id}", "/scripts/{script_id}/change"),
    ),
    "supervisor": (
        ("/indicators", "/indicators/{indicator_id}"),
        ("/protected", "/protected/{protected_id}"),
    ),
}
"""Pages of one record: where its link stands, the route that the link leads to, and a form of that record."""
ON_THE_WAY = ("/sign-in", "/join/{invitation}", "/imports/{import_id}")
"""Pages that a journey comes by and looks at there."""
NOT_LOOKED_AT = {
    "/from-chat/{link}": "needs a messenger: tests/api/test_staff_in_chat.py reads it",
    "/imports/{import_id}/progress": "a part of the import's page",
    "/imports/{import_id}/left-out.{form}": "a file",
    "/export/{what}.{form}": "a file",
    "/figures/{name}.svg": "an image",
}
_used: set[tuple[str, str]] = set()


def fresh_code(email: str) -> str:
    """A code of the second factor that this person has not used; it may take half a minute to come."""
    while (email, demo_staff.code_now(datetime.now(UTC))) in _used:
        time.sleep(0.5)
    code = demo_staff.code_now(datetime.now(UTC))
    _used.add((email, code))
    return code


def sign_in(page: Page, who: str) -> None:
    """Sign in through the form."""
    page.goto("/console/sign-in")
    page.get_by_label("Thư điện tử").fill(EMAILS[who])
    page.get_by_label("Mật khẩu").fill(demo_staff.PASSWORD)
    page.get_by_label("Mã 6 số").fill(fresh_code(EMAILS[who]))
    page.get_by_role("button", name="Đăng nhập").click()
    page.wait_for_url(re.compile(r"/console$"))


def pages_declared() -> set[str]:
    """Every route of the console that is a page, from the file that a test holds complete."""
    routes = tomllib.loads(ROUTES.read_text(encoding="utf-8"))["route"]
    return {
        route.removeprefix("GET /console") for route in routes if route.startswith("GET ")
    } - NOT_LOOKED_AT.keys()


def pages_looked_at() -> set[str]:
    """Every route that the lists above lead to."""
    listed = {path.partition("?")[0] for paths in PAGES.values() for path in paths}
    of_records = {route for kinds in RECORDS.values() for _, *routes in kinds for route in routes}
    return listed | of_records | set(ON_THE_WAY)


def records(page: Page, who: str) -> list[str]:
    """Addresses below /console of one record of each kind that the role keeps, and of its form."""
    found: list[str] = []
    for path, route, *forms in RECORDS.get(who, ()):
        page.goto(f"/console{path}")
        hrefs = page.locator("main a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
        pattern = re.compile(f"/console{re.sub(r'{[^}]+}', '(?!new$)[^/?]+', route)}([?].*)?")
        first = next(href for href in hrefs if pattern.fullmatch(href)).removeprefix("/console")
        found += [first, *(first + form.removeprefix(route) for form in forms)]
    return found


def protect(page: Page, number: str) -> str:
    """An officer proposes to protect a number; the address of the proposal."""
    page.goto("/console/protected/new")
    page.locator("#f-typed").fill(number)
    page.locator("#f-owner").fill("Tổng đài Ngân hàng Ví Dụ")
    page.locator("#f-source").fill("trang chính thức")
    page.locator("#f-reason").fill("Kẻ gian hay giả số này.")
    page.get_by_role("button", name="Đề xuất bảo vệ").click()
    page.locator(".said").wait_for()
    return page.url.partition("?")[0]


def invite(page: Page, name: str, email: str) -> str:
    """An administrator proposes a role for somebody new; the address of the proposal."""
    page.goto("/console/staff")
    page.locator("main summary").first.click()
    page.locator("#f-name").fill(name)
    page.locator("#f-email").fill(email)
    page.locator("#f-role").select_option("information_officer")
    page.locator("#f-office").select_option(label="Phòng Thông tin Ví Dụ (Cơ quan thông tin)")
    page.locator("main details form").first.locator("textarea").fill("Thay người nghỉ hưu.")
    page.get_by_role("button", name="Đề xuất giao vai trò").click()
    page.locator(".said").wait_for()
    return page.url.partition("?")[0]


def decide(page: Page, proposal: str, email: str) -> None:
    """The second person approves."""
    page.goto(proposal)
    page.locator("#f-reason").fill("Đã xem hồ sơ.")
    if page.locator("#f-code").count():
        page.locator("#f-code").fill(fresh_code(email))
    page.get_by_role("button", name=re.compile("^Duyệt")).click()
    page.locator(".said").wait_for()


def report_a_scam(page: Page, number: str = "0530 000 226") -> None:
    """A parent reports a call that names a school."""
    page.goto("/")
    text = (
        f"{number} báo con tôi ở trường tiểu học Ví Dụ Hoa Sen phường Xuân Hương Đà Lạt cấp cứu, "
        "chuyển ngay 30 triệu vào stk 0530000227 để mổ"
    )
    page.locator("#text").fill(text)
    page.get_by_role("button", name="Kiểm tra").click()
    page.locator("button[value^='report:']").first.click()
    page.locator("button[value^='report_yes:']").first.click()
    page.locator("#log .turn").nth(2).wait_for()


def appeal(page: Page, number: str = "0530 000 113") -> None:
    """Somebody appeals a confirmed number."""
    page.goto("/khieu-nai")
    page.locator("#typed").fill(number)
    page.locator("#words").fill("Tôi mới mua sim này ở cửa hàng, không gọi cho ai.")
    page.get_by_role("button", name="Gửi khiếu nại").click()


def propose_hotline(page: Page, number: str) -> str:
    """A school proposes a number; the address of the proposal, and the page with its code."""
    page.goto("/console/contacts/new")
    page.locator("#f-number").fill(number)
    page.locator("#f-hours").fill("T2-T6 06:45-17:30")
    page.locator("#f-source").fill("bảng ở cổng trường")
    page.locator("#f-reason").fill("Trường lắp máy mới.")
    page.get_by_role("button", name="Gửi đề xuất").click()
    page.locator(".call-code").wait_for()
    return page.url.partition("?")[0]


def search(term: str) -> str:
    """The scam list, searched."""
    return f"/console/indicators?q={quote(term)}"


def bring_file(page: Page, content: bytes, name: str) -> str:
    """An education office brings a messy list; the address of its report once it is read for trial."""
    page.goto("/console/imports")
    page.locator("#f-kind").select_option("contacts")
    page.locator("#f-file").set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    )
    page.locator("#f-source").fill("danh sách phòng tổng hợp tháng 11")
    page.locator("#f-verified_at").fill("2026-11-01")
    page.get_by_role("button", name="Đọc thử tệp").click()
    page.locator(".outcomes").wait_for(timeout=60_000)
    return page.url.partition("?")[0]


def messy_list(*numbers: str) -> bytes:
    """Numbers of the trial's school as an office keeps them: a title, merged cells, several in one cell, a total."""
    school = "Trường Tiểu học Ví Dụ Hoa Sen"
    rows = [
        ["DANH SÁCH SỐ ĐIỆN THOẠI TRỰC", None, None, None],
        [None, None, None, None],
        ["TT", "Tên trường", "Xã, phường", "Điện thoại"],
        [1, None, None, "; ".join(numbers)],
        [2, None, None, "0263 xxx"],
        [3, "Trường THCS Không Có", "Xuân Hương – Đà Lạt", "0263 0111 299"],
        ["Tổng cộng", None, None, "3"],
    ]
    merges = [("A1:D1", "DANH SÁCH SỐ ĐIỆN THOẠI TRỰC"), ("B4:B5", school), ("C4:C5", "Xuân Hương – Đà Lạt")]
    return xlsx_of(rows, merges=merges)
