"""Rates with their 95 % intervals (Wilson)."""

from dataclasses import dataclass
from math import sqrt

_Z = 1.959964


@dataclass(slots=True)
class Rate:
    """So many of so many."""

    of: int = 0
    hits: int = 0

    def add(self, hit: bool) -> None:  # noqa: FBT001 - a count of yes and no
        """Count one more."""
        self.of += 1
        self.hits += hit

    @property
    def value(self) -> float | None:
        """The share, or None when there was nothing to count."""
        return self.hits / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval."""
        if not self.of:
            return (0.0, 1.0)
        share = self.hits / self.of
        spread = 1 + _Z**2 / self.of
        middle = share + _Z**2 / (2 * self.of)
        half = _Z * sqrt(share * (1 - share) / self.of + _Z**2 / (4 * self.of**2))
        return ((middle - half) / spread, (middle + half) / spread)

    def as_text(self) -> str:
        """Like 97.1 % (95.0-98.3, 340 of 350)."""
        if self.value is None:
            return "-"
        low, high = self.interval
        return f"{self.value:6.1%} ({low:.1%}-{high:.1%}, {self.hits}/{self.of})"

    def as_json(self) -> dict[str, object]:
        """Share, interval and counts."""
        low, high = self.interval
        return {
            "rate": None if self.value is None else round(self.value, 4),
            "interval": [round(low, 4), round(high, 4)],
            "hits": self.hits,
            "of": self.of,
        }
