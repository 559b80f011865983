"""Ways to write one message differently without saying anything else, for proving that the verdict stays.

`python -m scripts.metamorphic [COUNT]` tries COUNT of them (10,000 unless told) on sample texts and prints
every change of level or reasons; `tests/core/test_metamorphic.py` tries a few on each run.
"""
# ruff: noqa: E501 - the sample messages stand as they are sent

import random
import sys
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from scamcheck.reasons import Level
from scamcheck.text import fold
from scripts.evaluation.checking import knowledge, verdicts

SAMPLES: Final[tuple[str, ...]] = (
    "Chị ơi bé Bảo Châu ngã cầu thang chấn thương sọ não đang cấp cứu ở bệnh viện tỉnh, chuyển gấp 30 triệu vào số tài khoản 5310998877 để mổ, đừng báo cho ai",
    "A lô, con chị bị tai nạn, đang cấp cứu ở bệnh viện tỉnh, chị bình tĩnh nghe em nói, chị giữ máy nhé, bác sĩ sẽ nói chuyện với chị",
    "Tôi là cán bộ điều tra, bà dính vào một vụ án rửa tiền, bà rút hết tiền gửi vào tài khoản an toàn tôi đọc, giữ máy và không được nói với ai trong nhà",
    "Có số lạ 0530 118 220 gọi bảo con tôi cấp cứu ở bệnh viện, đòi chuyển 30 triệu, có phải lừa đảo không",
    "Chúc mừng quý khách trúng thưởng xe máy, nộp phí hồ sơ 3 triệu vào tài khoản 5310998877 để nhận giải trong hôm nay",
    "Con ăn cơm chưa, chiều nay mẹ gửi xe ít cam với gà, nhớ ra bến lấy nhé",
    "Ngày mai lớp mình đi dã ngoại, ba mẹ chuẩn bị cho con mũ, bình nước và áo mưa",
    "Công an phường khuyến cáo: thủ đoạn giả danh giáo viên báo con cấp cứu để lừa chuyển tiền. Phụ huynh không chuyển tiền, cúp máy và gọi lại cho nhà trường để xác minh, trình báo công an.",
)  # fmt: skip
FILLERS: Final = ("Chào bạn.", "Hôm nay trời mát.", "Sáng nay mưa nhỏ.")
"""Sentences that say nothing; a sample stands before, behind or between them."""
INVISIBLE: Final = ("\u200b", "\u200d", "\u2060", "\ufeff", "\u00ad")
NOTATIONS: Final = (
    ("30 triệu", ("30tr", "30.000.000đ", "30 củ", "ba mươi triệu", "30000000 đồng")),
    ("3 triệu", ("3tr", "3.000.000 đ", "ba triệu", "3,000,000đ")),
    ("0530 118 220", ("0530118220", "0530.118.220", "+84 530 118 220", "0530-118-220")),
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What must stay the same."""

    level: Level
    reasons: frozenset[str]


def _spaced(text: str, chance: random.Random) -> str:
    return "".join(char * (chance.choice((1, 2, 3)) if char == " " else 1) for char in text)


def _cased(text: str, chance: random.Random) -> str:
    return chance.choice((str.upper, str.lower, str.capitalize))(text)


def _invisible(text: str, chance: random.Random) -> str:
    at = sorted(chance.sample(range(1, len(text)), 6))
    pieces = [text[start:end] for start, end in zip([0, *at], [*at, len(text)], strict=True)]
    return "".join(piece + chance.choice(INVISIBLE) for piece in pieces)


def _rewritten(text: str, chance: random.Random) -> str:
    for written, others in NOTATIONS:
        text = text.replace(written, chance.choice(others))
    return text


def _placed(text: str, chance: random.Random) -> str:
    filler = chance.choice(FILLERS)
    return chance.choice((f"{filler} {text}", f"{text}. {filler}", f"{filler}\n{text}\n{filler}"))


WAYS: Final[Mapping[str, Callable[[str, random.Random], str]]] = {
    "spacing": _spaced,
    "accents": lambda text, _: fold(text),
    "form": lambda text, chance: unicodedata.normalize(chance.choice(("NFD", "NFKD", "NFC")), text),
    "case": _cased,
    "invisible": _invisible,
    "notation": _rewritten,
    "position": _placed,
}
"""Each way to write it differently. Notation comes before the others: they change what it looks for."""


def variations(count: int, *, seed: int = 1384) -> Iterator[tuple[str, str, str]]:
    """Sample, ways and text of so many variations; one to three ways at once."""
    chance = random.Random(seed)  # noqa: S311 - texts, not secrets
    order = ("notation", "position", "accents", "case", "spacing", "invisible", "form")
    for at in range(count):
        sample = SAMPLES[at % len(SAMPLES)]
        used = chance.sample(order, chance.choice((1, 1, 2, 3)))
        text = sample
        for way in sorted(used, key=order.index):
            text = WAYS[way](text, chance)
        yield sample, "+".join(used), text


def outcomes(texts: Sequence[str]) -> list[Outcome]:
    """Level and reasons of each text on shipped records."""
    return [
        Outcome(verdict.level, frozenset(reason.code.value for reason in verdict.reasons))
        for verdict in verdicts(texts, knowledge())
    ]


def broken(count: int, *, seed: int = 1384) -> Iterator[str]:
    """A line for every variation that changed the level or the reasons."""
    expected: dict[str, Outcome] = dict(zip(SAMPLES, outcomes(SAMPLES), strict=True))
    tried = list(variations(count, seed=seed))
    for (sample, ways, text), outcome in zip(tried, outcomes([text for *_, text in tried]), strict=True):
        if outcome != expected[sample]:
            lost = sorted(expected[sample].reasons ^ outcome.reasons)
            yield f"{ways}: {expected[sample].level} -> {outcome.level} {', '.join(lost)}: {text!r}"


def main(arguments: Sequence[str]) -> int:
    """Print what broke. Returns 1 when anything did."""
    count = int(arguments[0]) if arguments else 10_000
    found = list(broken(count))
    print("\n".join([*found[:40], f"{count} variations, {len(found)} changed the level or the reasons"]))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
