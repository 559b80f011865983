"""Finds signs in a message: reads it as plain words, then looks up the phrases of `data/red_flags.toml`.

Amounts, phone numbers, links and times become one word each, so that a phrase says "$lon" for any amount of a
million đồng or more. A phrase is tried only where its first word stands, and every gap is bounded: the time
taken grows with the length of the text and nothing else.
"""

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import combinations
from typing import Final

_MILLION: Final = 1_000_000
_GAP: Final = r"(?:[^. ]+ ){0,3}?"
_NEGATIONS: Final = frozenset({"khong", "dung", "chang", "khoi", "chua"})

_COUNT = r"(?:mot|hai|ba|bon|tu|nam|lam|sau|bay|tam|chin|muoi|chuc|tram|may|vai|nua|ruoi|linh|le)"
_UNIT = r"(?:trieu|tr|cu|ty|ti|nghin|ngan|chai|vien|usd|do[ ]la|dola|dong|vnd|k|d)"
_TLD = (
    "com|vn|net|org|top|xyz|icu|icy|vip|cfd|info|club|shop|site|online|life|cc|me|ly|gl|at|su|link|click|app|apk|"
    "autos|boats|live|store|tech|space|pro|win|bond|sbs|buzz|asia|example|work|fun|biz|io|co|tk|ml|ga|cf|mobi|"
    "page|gle|to|gy|id|eu|us|de|ru|cn|sg|website|digital|finance|loan|money|support|help|center|services|today"
)


def _by_first_letter(listed: str) -> str:
    """The same alternatives, but of a word that is none of them only the first letters are compared."""
    rests: dict[str, list[str]] = {}
    for word in listed.split("|"):
        rests.setdefault(word[0], []).append(word[1:])
    return "|".join(f"{first}(?:{'|'.join(rest)})" for first, rest in rests.items())


_TOKEN: Final = re.compile(
    rf"""
    (?=[a-z\d+?.!;:…\n]|\s[-–—])  # what no token begins with is passed by at once
    (?:(?P<stop>[.!;:…\n]|\s[-–—]\s)  # first what is most common; which letters begin a kind parts most kinds
    |(?P<link>(?:https?|hxxps?)[:/][^\s]{{1,300}}|www\.[^\s]{{3,300}}
        |(?<![a-z0-9@])(?:[a-z0-9][a-z0-9-]{{0,40}}\.){{1,4}}(?:{_by_first_letter(_TLD)})(?![a-z0-9])(?:/[^\s]{{0,200}})?)
    |(?P<said>(?<![a-z0-9])(?:{_COUNT}[ ]){{1,5}}(?:trieu|cu|ty|nghin|ngan|chai|dong|do[ ]la)(?![a-z])
        (?:[ ]{_COUNT}(?![a-z]))?)
    |(?P<word>[a-z]+)
    |(?P<money>(?:(?<![a-z0-9.,])\d{{1,3}}(?:[.,]\d{{3}}){{1,4}}|(?<![a-z0-9.,])\d{{1,12}}(?:[.,]\d{{1,2}})?)
        [ ]?(?:{_UNIT}(?![a-z])(?:[ ]?(?:ruoi|\d{{1,3}})(?![a-z0-9/:]))?))
    |(?P<grouped>(?<![a-z0-9.,])\d{{1,3}}(?:[.,]\d{{3}}){{1,4}}(?![a-z0-9.,/-]))
    |(?P<phone>(?<![a-z0-9])(?:\+?84|0)[ .-]?\d(?:[ .-]?\d){{7,9}}(?![a-z0-9]))
    |(?P<time>(?<![a-z0-9])\d{{1,2}}(?:h\d{{0,2}}|:\d{{2}}|g\d{{2}}|[ ]?gio(?:[ ]\d{{1,2}})?)(?![a-z0-9]))
    |(?P<date>(?<![a-z0-9])\d{{1,2}}[/-]\d{{1,2}}(?:[/-]\d{{2,4}})?(?![a-z0-9]))
    |(?P<percent>\d{{1,3}}(?:[.,]\d{{1,2}})?[ ]?%)
    |(?P<class>(?<![a-z0-9])(?:1[0-2]|[1-9])[a-e]\d{{0,2}}(?![a-z0-9]))
    |(?P<long>(?<![a-z0-9])\d(?:[ .-]?\d){{6,19}}(?![a-z0-9]))
    |(?P<number>\d{{1,6}})
    |(?P<question>\?))
    """,
    re.VERBOSE,
)
# "[Canh bao]", "(TB)", "Khuyen cao:", "Cong an xa canh bao:" before a text cost a scammer nothing and are not
# read as words of it.
_WARNING_PREFIX: Final = re.compile(
    r"\W{0,4}(?:[\[(<{]\s?(?:tb|thong bao|canh bao|khuyen cao|canh giac|luu y|khan)[^\])>}]{0,20}[\])>}]"
    r"|(?:(?:bo cong an|cong an|ngan hang|nha truong|truong|benh vien|nha mang)(?: [a-z]{1,7}){0,3}? )?"
    r"(?:tb|thong bao|canh bao|khuyen cao|canh giac|luu y)(?=\s?[:!]))[\s:!.-]{0,4}"
)
_PAID_TO: Final = frozenset({"money", "said", "grouped", "phone", "long", "stop"})
_MARKS: Final = {
    "link": "$link",
    "phone": "$sdt",
    "time": "$gio",
    "date": "$ngay",
    "percent": "$pc",
    "class": "$lop",
    "long": "$so",
    "number": "$n",
    "question": "?",
    "stop": ".",
}


@dataclass(frozen=True, slots=True)
class SignRule:
    """What a reviewer wrote about a sign; see the head of `data/red_flags.toml`."""

    code: str
    group: str
    weight: float
    reason: str
    counter: bool


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All rules of `data/red_flags.toml`, compiled once."""

    rules: dict[str, SignRule]
    by_first_word: dict[str, tuple[tuple[str, re.Pattern[str]], ...]]
    chat: dict[str, tuple[str, ...]]
    transfer_before: frozenset[str]
    scenarios: dict[str, dict[str, float]]

    def read_word(self, word: str, follows: re.Match[str] | None) -> tuple[str, ...]:
        """What a word of chat shorthand means; "ck" pays before an amount or "cho", else it is a husband."""
        if word == "ck":
            pays = follows is None or follows.lastgroup in _PAID_TO or follows[0] in self.transfer_before
            return ("chuyen", "khoan") if pays else ("chong",)
        return self.chat.get(word, (word,))


@dataclass(frozen=True, slots=True)
class Words:
    """A message as plain words; `starts` and `ends` say where each stood in the folded text."""

    tokens: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """One phrase found: the sign's code and the words it covers."""

    code: str
    first: int
    last: int


@cache
def lexicon() -> Lexicon:
    """The shipped rules."""
    raw = tomllib.loads((files("scamcheck") / "data" / "red_flags.toml").read_text(encoding="utf-8"))
    rules: dict[str, SignRule] = {}
    by_first: dict[str, list[tuple[str, re.Pattern[str]]]] = {}
    for sign in raw["sign"]:
        rules[sign["code"]] = SignRule(
            sign["code"], sign["group"], sign["weight"], sign.get("reason", ""), sign.get("counter", False)
        )
        for first, patterns in _compile(sign["phrases"], raw["lists"]).items():
            by_first.setdefault(first, []).append((sign["code"], re.compile("|".join(patterns))))
    return Lexicon(
        rules=rules,
        by_first_word={first: tuple(found) for first, found in by_first.items()},
        chat={short: tuple(meant.split()) for short, meant in raw["chat"].items()},
        transfer_before=frozenset(raw["transfer_before"].split()),
        scenarios={
            name: {part.split("*")[0]: float(part.split("*")[1]) for part in terms.split()}
            for name, terms in raw["scenario"].items()
        },
    )


def words_of(folded: str) -> Words:
    """The folded text as words, with amounts, numbers, links and times replaced by one word each."""
    rules = lexicon()
    prefix = _WARNING_PREFIX.match(folded)
    found = list(_TOKEN.finditer(folded, prefix.end() if prefix else 0))
    tokens: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for at, match in enumerate(found):
        kind = match.lastgroup or ""
        if kind == "word":
            follows = found[at + 1] if at + 1 < len(found) else None
            read = rules.read_word(match[0], follows)
        elif kind in {"money", "said", "grouped"}:
            read = ("$lon" if _amount(match[0], kind) >= _MILLION else "$nho",)
        else:
            read = (_MARKS[kind],)
        if read == (".",) and (not tokens or tokens[-1] == "."):
            continue
        tokens.extend(read)
        starts.extend(match.start() for _ in read)
        ends.extend(match.end() for _ in read)
    return Words(tuple(tokens), tuple(starts), tuple(ends))


def find_hits(words: Words) -> tuple[Hit, ...]:
    """Every phrase found, in order of its first word; a negated ask is no ask."""
    rules = lexicon()
    line = " ".join(words.tokens) + " "
    offset = 0
    hits: list[Hit] = []
    offsets: list[int] = []
    for word in words.tokens:
        offsets.append(offset)
        offset += len(word) + 1
    for at, word in enumerate(words.tokens):
        for code, pattern in rules.by_first_word.get(word, ()):
            found = pattern.match(line, offsets[at])
            if found is None:
                continue
            last = at + found[0].count(" ") - 1
            if rules.rules[code].group == "ask" and _negated(words.tokens, at, last):
                continue
            hits.append(Hit(code, at, last))
    return tuple(hits)


def _negated(tokens: Sequence[str], at: int, last: int) -> bool:
    before = tokens[max(0, at - 2) : at]
    if "." in before:
        before = before[len(before) - list(reversed(before)).index(".") :]
    # "khong chuyen tien thi khong mo" threatens; it does not advise.
    return any(word in _NEGATIONS for word in before) and "thi" not in tokens[last + 1 : last + 5]


def _amount(written: str, kind: str) -> float:
    """Đồng, roughly: only whether it is a million or more is ever used."""
    if kind == "said":
        large = ("trieu", "cu", "ty", "do la", "chai")
        return _MILLION if any(unit in written for unit in large) else 0
    number = re.match(r"[\d.,]+", written)
    digits = number[0] if number else ""
    unit = written[len(digits) :].strip()
    if re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", digits):
        value = float(re.sub(r"[.,]", "", digits))
    else:
        value = float(digits.replace(",", ".") or 0)
    if unit.startswith(("trieu", "tr", "cu", "chai")):
        return value * _MILLION if value < _MILLION else value
    if unit.startswith(("ty", "ti")):
        return value * 1000 * _MILLION
    if unit.startswith(("nghin", "ngan", "k")):
        return value * 1000
    if unit.startswith(("usd", "do")) and not unit.startswith("dong"):
        return value * 25_000
    return value


def _compile(phrases: str, lists: dict[str, str]) -> dict[str, list[str]]:
    """Each phrase as a regular expression over "word word …", under every word it can begin with."""
    by_first: dict[str, list[str]] = {}
    for line in phrases.strip().splitlines():
        parts = list(_parts(line, lists))
        rest = "".join(_piece(part) for part in parts[1:])
        for start in parts[0]:
            first = start.split(" ", 1)[0]
            by_first.setdefault(first, []).append(re.escape(start) + " " + rest)
    return by_first


def _parts(line: str, lists: dict[str, str]) -> Iterator[tuple[str, ...]]:
    """The alternatives of each word of a phrase; ("",) for a gap; a trailing "" marks an optional word."""
    for written in line.split():
        if written == "*":
            yield ("",)
            continue
        word = written
        optional = len(word) > 1 and word.endswith("?")
        if optional:
            word = word[:-1]
        choices: list[str] = []
        for choice in word.split("/"):
            expanded = lists[choice[1:]].split("/") if choice.startswith("@") else [choice]
            choices.extend(each.replace("+", " ") for each in expanded)
        yield (*choices, "") if optional else tuple(choices)


def _piece(choices: tuple[str, ...]) -> str:
    if choices == ("",):
        return _GAP
    longest_first = sorted((choice for choice in choices if choice), key=len, reverse=True)
    body = "(?:" + "|".join(re.escape(choice) for choice in longest_first) + ") "
    return f"(?:{body})?" if "" in choices else body


def sign_pairs(codes: Sequence[str]) -> Iterator[str]:
    """Names of the pairs of different signs that stand together in a message, in a fixed order."""
    return (f"{one}+{other}" for one, other in combinations(sorted(set(codes)), 2))
