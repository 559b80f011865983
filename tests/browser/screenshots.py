"""Takes the screenshots that a person looks at before a change of the page lands.

`python -m tests.browser.screenshots [FOLDER]` writes them to a folder outside the tree, and says which.
"""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser import desk
from tests.browser.chromium import ARGUMENTS, executable
from tests.browser.product import serving

FOLDER = Path(tempfile.gettempdir()) / "goilai-screenshots"
SIZES = ((360, 640), (360, 740), (1366, 768))
SCHEMES = ("light", "dark")
READING = {
    "rieng-tu": "/quyen-rieng-tu",
    "toi-la-ai": "/toilaai",
    "mat-mang": "/offline",
    "api": "/docs",
    "danh-ba": "/danh-ba?q=tiểu học ví dụ hoa sen",
    "truong": "/truong/1",
    "khung": "/nhung/1",
    "khieu-nai": "/khieu-nai",
    "dang-nhap": "/console/sign-in",
}
DESK_SIZES = ((360, 740), (1366, 768))
SCAM = (
    "Con chị ngã cầu thang chấn thương sọ não, đang cấp cứu ở bệnh viện Chợ Rẫy, "
    "chuyển ngay 30 triệu để mổ không là không kịp"
)
SCHOOL = "tiểu học Ví Dụ Hoa Sen, phường Xuân Hương Đà Lạt"
# Each step is typed; one that begins with "=" is the token of a choice to tap.
JOURNEYS = {
    "trang-dau": (),
    "rat-giong-lua-dao": (SCAM,),
    "da-xac-nhan": ("0530 000 113",),
    "chua-co-thong-tin": ("0530 000 777",),
    "chua-kiem-tra-duoc": ("😀",),
    "ba-tin": ("0530 000 777", "=said:child_emergency", SCHOOL),
    "chon-truong": ("tiểu học Ví Dụ Hoa Sen",),
    "dang-nghe-may": ("=on_phone",),
    "da-chuyen-tien": ("=sent_money",),
    "dong-y-bao": (SCAM, "=report:"),
}


def main(folder: Path) -> None:
    """Every journey and page, in each size and scheme."""
    folder.mkdir(parents=True, exist_ok=True)
    print(folder)  # noqa: T201 - a command says where its work is
    with (
        tempfile.TemporaryDirectory() as records,
        serving(Path(records)) as address,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=executable(), args=ARGUMENTS)
        for scheme in SCHEMES:
            for width, height in SIZES:
                end = f"{width}x{height}-{scheme}.png"
                for name, steps in JOURNEYS.items():
                    with _page(browser, address, width, height, scheme) as page:
                        page.goto("/")
                        _walk(page, steps)
                        page.screenshot(path=str(folder / f"{name}-{end}"))
                for name, path in READING.items():
                    with _page(browser, address, width, height, scheme) as page:
                        page.goto(path)
                        page.screenshot(path=str(folder / f"{name}-{end}"), full_page=True)
        _desk(browser, address, folder)
        browser.close()


def _desk(browser: Browser, address: str, folder: Path) -> None:
    """Every page of every role, with something on each: a report, an appeal, a proposal."""
    with _page(browser, address, 360, 740, "light") as page:
        desk.report_a_scam(page)
        desk.appeal(page)
    for who, paths in desk.PAGES.items():
        with _page(browser, address, 1366, 768, "light") as page:
            desk.sign_in(page, who)
            more = (
                [desk.propose_hotline(page, "0263 0111 206").partition("/console")[2]]
                if who == "school"
                else []
            )
            for path in (*paths, *more, *desk.records(page, who)):
                name = path.strip("/").partition("?")[0].replace("/", "-") or "bat-dau"
                name = "de-xuat" if path in more else name
                for scheme in SCHEMES:
                    page.emulate_media(color_scheme=scheme)
                    for width, height in DESK_SIZES:
                        page.set_viewport_size({"width": width, "height": height})
                        page.goto(f"/console{path}")
                        end = f"{width}x{height}-{scheme}.png"
                        page.screenshot(path=str(folder / f"ban-{who}-{name}-{end}"), full_page=True)


def _walk(page: Page, steps: tuple[str, ...]) -> None:
    for number, step in enumerate(steps):
        if step.startswith("="):
            page.locator(f"button[value^='{step[1:]}']").first.click()
        else:
            page.locator("#text").fill(step)
            page.locator(".main-button").click()
        page.locator("#log .turn").nth(number).wait_for()


@contextmanager
def _page(browser: Browser, address: str, width: int, height: int, scheme: str) -> Iterator[Page]:
    context = browser.new_context(
        base_url=address,
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    yield context.new_page()
    context.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
