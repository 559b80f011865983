"""Charts as SVG images, drawn by pygal: small enough for a phone, right in the dark, nothing in them runs."""

import base64
import hashlib
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final
from xml.etree import ElementTree as ET

from starlette.responses import Response

_SVG: Final = "{http://www.w3.org/2000/svg}"
_WIDTH: Final = 300
"""As wide as a panel on a phone: on a larger screen everything grows together."""
_ROW: Final = 32
_HEIGHT: Final = 190
_LOOK: Final = (
    ".guide.line{stroke:#d3cfc5 !important}"
    "@media (prefers-color-scheme: dark) {"
    "text{fill:#f3f0e8 !important}"
    ".guide.line,.axis .line{stroke:#5b6672 !important}"
    ".reactive{fill:#7fa9dd !important;stroke:#7fa9dd !important}"
    "}"
)
_NO_SCALE: Final = ".axis.x{display:none}"
"""The number stands at the end of each lying bar."""
_STYLE: Final[dict[str, Any]] = {
    "background": "transparent",
    "plot_background": "transparent",
    "foreground": "#17202a",
    "foreground_strong": "#17202a",
    "foreground_subtle": "#d3cfc5",
    "font_family": 'system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",Arial,sans-serif',
    "label_font_size": 12,
    "major_label_font_size": 12,
    "value_font_size": 12,
    "value_label_font_size": 12,
    "opacity": "1",
    "opacity_hover": "1",
    "transition": "none",
    "colors": ("#3c5f8f",),
}


@cache
def _library() -> Any:  # noqa: ANN401 - it has no types
    """Importing it takes time that every start would pay, and few look at charts."""
    import pygal  # pyright: ignore[reportMissingTypeStubs]  # noqa: PLC0415

    # It hooks into every later import, to find maps that are not installed; Python 3.11 warns of it.
    sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, pygal.PluginImportFixer)]
    return pygal


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars with their labels; `every` shows every how many labels of bars that stand side by side."""

    bars: Sequence[tuple[str, int]]
    lying: bool = False
    """Bars that lie have room for words beside them."""
    every: int = 1

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not any(count for _, count in self.bars)


def svg(chart: Chart) -> bytes:
    """The image. The same numbers give the same bytes."""
    pygal = _library()
    drawn = pygal.HorizontalBar if chart.lying else pygal.Bar
    bars = list(reversed(chart.bars)) if chart.lying else list(chart.bars)
    most = max((count for _, count in bars), default=1)
    before = "\N{EN SPACE}" if chart.lying else ""

    def formatted(value: float) -> str:
        return f"{before}{value:.0f}"

    plot: Any = drawn(
        style=pygal.style.Style(**_STYLE),
        css=["file://style.css", "file://graph.css", f"inline:{_LOOK}{_NO_SCALE if chart.lying else ''}"],
        js=[],
        width=_WIDTH,
        height=_ROW * max(len(bars), 1) + 8 if chart.lying else _HEIGHT,
        explicit_size=False,
        show_legend=False,
        no_data_text="chưa có số liệu",
        pretty_print=False,
        disable_xml_declaration=True,
        margin=4,
        spacing=6,
        rounded_bars=0,
        print_values=chart.lying,
        print_values_position="top",
        # Of lying bars pygal calls the scale x and the words y.
        show_x_labels=not chart.lying,
        show_minor_x_labels=chart.lying,
        x_labels_major_every=None if chart.lying else chart.every,
        range=(0, most * 1.15 if chart.lying else _ticks(most)[-1]),
        truncate_label=-1,
        y_labels=None if chart.lying else _ticks(most),
        show_y_labels=True,
        show_x_guides=False,
        show_y_guides=not chart.lying,
        value_formatter=formatted,
    )
    plot.uuid = "goi-lai"
    plot.x_labels = [label for label, _ in bars]
    plot.add("", [count for _, count in bars])
    return _only_the_picture(plot.render())


def response(image: bytes) -> Response:
    """The image as its own address answers it: its one style is allowed by its hash, and nothing else."""
    style = ET.fromstring(image).find(f".//{_SVG}style")  # noqa: S314 - drawn by ourselves a moment ago
    text = "" if style is None or style.text is None else style.text
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; frame-ancestors 'none'; sandbox"
    return Response(image, media_type="image/svg+xml", headers={"Content-Security-Policy": policy})


def _ticks(most: int) -> list[int]:
    step = max(1, -(-max(most, 4) // 4))
    return [step * at for at in range(5)]


def _only_the_picture(drawn: bytes) -> bytes:
    """Without scripts, comments, hover boxes, and the data that pygal's script would read."""
    ET.register_namespace("", "http://www.w3.org/2000/svg")
    root = ET.fromstring(drawn)  # noqa: S314 - drawn by ourselves a moment ago; comments are left out by it
    unwanted = {f"{_SVG}script", f"{_SVG}desc", f"{_SVG}title"}
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in unwanted or child.get("class") == "tooltip":
                parent.remove(child)
    for element in root.iter():
        element.attrib.pop("style", None)
    return ET.tostring(root)
