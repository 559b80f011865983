"""The Chromium of the system, driven by Playwright; it opens no connection but to the address it is given."""

import shutil

ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class ChromiumMissing(RuntimeError):
    """The browser tests need an installed Chromium: `apt-get install chromium`."""


def executable() -> str:
    """The path of the installed Chromium.

    Raises:
        ChromiumMissing: there is none; missing never means skipped.
    """
    for name in ("chromium", "chromium-browser", "google-chrome"):
        found = shutil.which(name)
        if found:
            return found
    raise ChromiumMissing("apt-get install chromium")
