"""Messages as parents paste them, from the grammars and the records; one seed gives one list."""

from collections.abc import Callable
from itertools import islice
from random import Random

from scamcheck.knowledge import Contact, IdentifierKind, Indicator
from scripts.benchmarks.records import SEED, Records
from scripts.grammar.write import write_rows


def national(key: str) -> str:
    """A number as people write it, in groups."""
    digits = f"0{key[3:]}"
    return f"{digits[:4]} {digits[4:7]} {digits[7:]}"


def make(records: Records, count: int) -> tuple[str, ...]:
    """Messages of every kind, shuffled: scams, notices, bare numbers, look-alikes, schools, scripts."""
    rng = Random(SEED + 2)  # noqa: S311 - messages, not secrets
    wanted = {"scam": max(20, count // 2), "legit": max(20, count // 3)}
    texts = [row["text"] for row in write_rows(wanted, seed=SEED + 3)]
    listed = [found for found in islice(records.indicators(), 2_000) if found.kind is IdentifierKind.NUMBER]
    kinds: tuple[tuple[float, Callable[[], str]], ...] = (
        (0.40, lambda: rng.choice(texts)),
        (0.15, lambda: _asks_about_listed(rng, listed)),
        (0.15, lambda: _asks_about_lookalike(rng, records.contacts)),
        (0.15, lambda: _names_school(rng, records, texts)),
        (0.10, lambda: rng.choice(records.scripts).text),
        (0.05, lambda: " ".join(rng.choices(texts, k=4))),
    )
    writers = rng.choices([writer for _, writer in kinds], [share for share, _ in kinds], k=count)
    return tuple(writer() for writer in writers)


def _asks_about_listed(rng: Random, listed: list[Indicator]) -> str:
    number = national(rng.choice(listed).key)
    return rng.choice(
        (number, f"số {number} gọi cho em là ai vậy", f"{number} nhắn tin bảo con tôi bị tai nạn")
    )


def _asks_about_lookalike(rng: Random, contacts: tuple[Contact, ...]) -> str:
    digits = list(rng.choice(contacts).key[3:])
    at = rng.randrange(4, len(digits))
    digits[at] = str((int(digits[at]) + rng.randint(1, 9)) % 10)
    number = national("+84" + "".join(digits))
    return rng.choice((number, f"cô giáo nhắn từ số {number} bảo chuyển tiền học, phải số trường không"))


def _names_school(rng: Random, records: Records, texts: list[str]) -> str:
    school = rng.choice(records.schools)
    place = school.commune.split(" ", 1)[1]
    said = rng.choice(
        (
            f"trường {school.level} {school.name} {place} gọi báo cháu bị ngã",
            f"{school.level} {school.name} {school.commune}",
            f"cho tôi xin số điện thoại trường {school.name} ở {place}",
        )
    )
    return said if rng.random() < 0.6 else f"{said}. {rng.choice(texts)}"
