"""What was asked and what came of it, and whether that is enough."""

import statistics
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

ACKNOWLEDGED_P99: Final = 1.0
ANSWERED_P95: Final = 1.5


@dataclass(slots=True)
class Run:
    """One stretch of steady load. Times are in seconds of this machine's steady counter, by event."""

    rate: float
    seconds: float
    asked: dict[int, float] = field(default_factory=dict[int, float])
    acknowledged: dict[int, float] = field(default_factory=dict[int, float])
    answered: dict[int, float] = field(default_factory=dict[int, float])
    levels: Counter[str] = field(default_factory=Counter[str])
    """How the answers began, in the peer's own words for it."""
    refused: int = 0
    complaints: list[str] = field(default_factory=list[str])
    """Calls that the platform would have refused."""
    late_starts: int = 0
    """How often the generator itself was more than a tenth of a second behind."""
    memory: list[int] = field(default_factory=list[int])
    cpu: dict[str, float] = field(default_factory=dict[str, float])
    """Seconds of processor time, by who used it."""

    @property
    def complete(self) -> bool:
        """Whether there is nothing left to wait for."""
        return len(self.answered) + self.refused >= len(self.asked)

    @property
    def lost(self) -> int:
        """Acknowledged and never answered."""
        return len(self.acknowledged) - len(self.answered)

    def figures(self, name: str) -> dict[str, Any]:
        """What is told of it."""
        acknowledged = [at - self.asked[number] for number, at in self.acknowledged.items()]
        answered = [at - self.asked[number] for number, at in self.answered.items()]
        checks = max(1, len(self.asked))
        return {
            "name": name,
            "rate": self.rate,
            "seconds": self.seconds,
            "asked": len(self.asked),
            "refused": self.refused,
            "lost": self.lost,
            "complaints": len(self.complaints),
            "overloaded": self.levels["overloaded"],
            "acknowledged_p50_ms": percentile(acknowledged, 50) * 1000,
            "acknowledged_p95_ms": percentile(acknowledged, 95) * 1000,
            "acknowledged_p99_ms": percentile(acknowledged, 99) * 1000,
            "answered_p50_ms": percentile(answered, 50) * 1000,
            "answered_p95_ms": percentile(answered, 95) * 1000,
            "answered_p99_ms": percentile(answered, 99) * 1000,
            "memory_first_mb": self.memory[len(self.memory) // 4] if self.memory else 0,
            "memory_last_mb": self.memory[-1] if self.memory else 0,
            "cpu_ms": {who: used / checks * 1000 for who, used in self.cpu.items()},
            "cores": {who: used / max(1.0, self.seconds) for who, used in self.cpu.items()},
            "generator_late": self.late_starts,
            "kept": self.kept(acknowledged, answered),
        }

    def kept(self, acknowledged: list[float], answered: list[float]) -> bool:
        """Whether everything was accepted and answered in time, and nothing said in overload's stead."""
        return (
            bool(answered)
            and not (self.refused or self.lost or self.complaints or self.levels["overloaded"])
            and percentile(acknowledged, 99) <= ACKNOWLEDGED_P99
            and percentile(answered, 95) <= ANSWERED_P95
        )


def percentile(values: list[float], which: int) -> float:
    """The value below which that many in a hundred are; 0 without values."""
    if len(values) < 2:
        return values[0] if values else 0.0
    return statistics.quantiles(values, n=100, method="inclusive")[which - 1]


def line(figures: dict[str, Any]) -> str:
    """One run in one line."""
    cpu = ", ".join(f"{who} {used:.1f}" for who, used in figures["cpu_ms"].items())
    return (
        f"{figures['name']}: {figures['rate']:.0f}/s for {figures['seconds']:.0f} s,"
        f" asked {figures['asked']}, refused {figures['refused']},"
        f" lost {figures['lost']}, overloaded {figures['overloaded']},"
        f" wrong calls {figures['complaints']};"
        f" acknowledged p50 {figures['acknowledged_p50_ms']:.0f} p99 {figures['acknowledged_p99_ms']:.0f} ms;"
        f" answered p50 {figures['answered_p50_ms']:.0f} p95 {figures['answered_p95_ms']:.0f} ms;"
        f" memory {figures['memory_first_mb']} to {figures['memory_last_mb']} MB;"
        f" processor ms a check: {cpu};"
        f" generator late {figures['generator_late']} times: {'kept' if figures['kept'] else 'NOT kept'}"
    )
