"""Draws the PNG icons from `api/static/icon.svg`: `python -m tests.browser.draw_icons`."""

from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.chromium import ARGUMENTS, executable

STATIC = Path(__file__).parents[2] / "api" / "static"


def main() -> None:
    svg = (STATIC / "icon.svg").read_text(encoding="utf-8").replace('rx="112"', 'rx="0"')
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=ARGUMENTS)
        for size in (192, 512):
            page = browser.new_page(viewport={"width": size, "height": size})
            page.set_content(f'<body style="margin:0">{svg}</body>')
            page.screenshot(path=str(STATIC / f"icon-{size}.png"))
        browser.close()


if __name__ == "__main__":
    main()
