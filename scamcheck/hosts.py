"""What is known of hosts: shared ones, shorteners, cheap endings, official ones and how they are imitated."""

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Final, cast

from publicsuffixlist import PublicSuffixList

from scamcheck.bank_account import banks

SUFFIXES: Final = PublicSuffixList(accept_unknown=False)
"""The Public Suffix List as packaged; read once, offline."""


@dataclass(frozen=True, slots=True)
class _Official:
    host: str
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Hosts:
    shared: frozenset[str]
    shorteners: frozenset[str]
    tenants: frozenset[str]
    """Services that lend a name under theirs to any app: `x.go.link` does not tell who stands behind it."""
    cheap_endings: frozenset[str]
    same: dict[str, str]
    query: dict[str, str]
    official: tuple[_Official, ...]
    file_endings: frozenset[str]
    """Domain endings that are file endings at least as often: a link only with a scheme or a path."""
    sentence_endings: frozenset[str]
    """Endings that are Vietnamese words without accents and so may begin the next sentence."""
    strong_endings: frozenset[str]
    """Endings that make spaced-out or capitalised words a link."""
    one_sided_endings: frozenset[str]
    """Endings that make "evn-hoadon .top" a link although one space is missing."""


_ENDINGS: Final = ("file", "sentence", "strong", "one_sided")


def _load() -> _Hosts:
    table: dict[str, Any] = tomllib.loads(
        files("scamcheck").joinpath("data", "hosts.toml").read_text(encoding="utf-8")
    )
    official = [
        _Official(cast("str", row["host"]), frozenset(cast("list[str]", row["words"])))
        for row in cast("list[dict[str, object]]", table["official"])
    ]
    for bank in banks():
        if bank.host:
            word = bank.host.split(".")[0].replace("-", "")
            official.append(_Official(bank.host, frozenset({word})))
    return _Hosts(
        frozenset(cast("list[str]", table["shared"]["hosts"])),
        frozenset(cast("list[str]", table["shorteners"]["hosts"])),
        frozenset(cast("list[str]", table["shorteners"]["tenants"])),
        frozenset(cast("list[str]", table["cheap"]["tlds"])),
        cast("dict[str, str]", table["shared"]["same"]),
        cast("dict[str, str]", table["shared"]["query"]),
        tuple(official),
        *(frozenset(cast("str", table["endings"][name]).split()) for name in _ENDINGS),
    )


HOSTS: Final = _load()
_OFFICIAL_HOSTS: Final = tuple(official.host for official in HOSTS.official)
_WORDS: Final = {
    word.replace(" ", ""): official.host for official in HOSTS.official for word in official.words
}
_LONG_WORD: Final = 6
"""Words longer than this are recognised inside a longer label, and with one letter changed."""
_SHORT_WORD: Final = 4
"""Up to this length a word alone proves nothing ("acb.org"); "acb-online" and "evn.vip" do."""
_LONG_WORDS: Final = tuple((word, official) for word, official in _WORDS.items() if len(word) > _LONG_WORD)
_STATE_ENDING: Final = ".gov.vn"
_GOVERNMENT: Final = ("gov.vn", "edu.vn")
_CONFUSABLE: Final = str.maketrans(
    "аɑαвьβсϲԁеёєεɡһнհіїıιɩјкκӏⅼǀмпոηоοօσрρԛгѕтτυսνѵԝωхχуγз",
    "aaabbbccdeeeeghhhiiiiijkklllmnnnooooppqrsttuuvvwwxxyyz",
)
_DIGIT_LETTERS: Final = str.maketrans("013457", "oleast")


def skeleton(host: str) -> str:
    """The host with look-alike letters of other alphabets and all accents turned into plain Latin ones."""
    return _unaccented(host.translate(_CONFUSABLE))


def _unaccented(host: str) -> str:
    return "".join(
        char
        for char in unicodedata.normalize("NFKD", host.replace("đ", "d"))
        if not unicodedata.combining(char)
    )


def official_imitated(ascii_host: str, plain_host: str, path: str, user: str) -> str | None:
    """The official host that this one is dressed up as; official hosts and their subdomains never are."""
    if _is_official(ascii_host):
        return None
    for official in _OFFICIAL_HOSTS:
        if official in user or f".{official}." in f".{plain_host}." or f"/{official}" in path:
            return official
    ending = ascii_host.rsplit(".", 1)[-1]
    cheap = ending in HOSTS.cheap_endings
    for label in plain_host.split("."):
        tokens = label.split("-")
        for token in tokens:
            official = _imitated_word(token)
            if official and (len(token) > _SHORT_WORD or len(tokens) > 1 or cheap):
                return official
        joined = "".join(tokens)
        for word, official in _LONG_WORDS:
            # "timhieucanhsat.vn": under .vn owners are known, and "police" or "tax" are everybody's words.
            everyday = ending == "vn" and len(tokens) == 1 and official.endswith(_STATE_ENDING)
            if word in joined and not everyday:
                return official
    government = "gov" in re.split(r"[.\-]", plain_host)
    return _GOVERNMENT[0] if government and "gov" not in (SUFFIXES.publicsuffix(ascii_host) or "") else None


def _is_official(ascii_host: str) -> bool:
    return any(
        ascii_host == official or ascii_host.endswith("." + official)
        for official in (*_OFFICIAL_HOSTS, *_GOVERNMENT)
    )


def _imitated_word(token: str) -> str | None:
    for spelling in dict.fromkeys((token, token.translate(_DIGIT_LETTERS))):
        if official := _WORDS.get(spelling):
            return official
        if len(spelling) >= _LONG_WORD + 1:
            for near in _one_letter_away(spelling):
                if official := _WORDS.get(near):
                    return official
    return None


def _one_letter_away(token: str) -> Iterator[str]:
    """Words one step away that could be the original: a letter dropped, doubled, swapped or changed."""
    for index in range(len(token)):
        head, tail = token[:index], token[index + 1 :]
        yield head + tail
        for letter in "abcdefghijklmnopqrstuvwxyz":
            yield head + letter + tail
            yield head + letter + token[index:]
        if index + 1 < len(token):
            yield head + token[index + 1] + token[index] + token[index + 2 :]
