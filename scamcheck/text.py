"""Vietnamese text made comparable: one display form, one folded form, nothing hidden."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """A message prepared for reading.

    `display` is NFKC without format characters, capped at `thresholds.MAX_TEXT_BYTES`; `folded` is the same
    length-independent text in lower case without marks; obfuscation undone (`detection.md`, Reading).
    """

    display: str
    folded: str
    truncated: bool = False
