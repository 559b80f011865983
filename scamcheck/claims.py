"""Who a message says it comes from or is about: school, hospital, police, bank, relative."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from typing import Final

from scamcheck.bank_account import bank_named
from scamcheck.gazetteer import country, read_unit
from scamcheck.levels import SchoolLevel
from scamcheck.mentions import Mention, ends_name, find_mentions, mentions_shown
from scamcheck.text import Text, fold
from scamcheck.words import Word, folded_words, shown


class OwnerKind(StrEnum):
    """Kinds of owner that an official contact, or a claim in a message, can have."""

    SCHOOL = "school"
    HOSPITAL = "hospital"
    POLICE = "police"
    BANK = "bank"
    AGENCY = "agency"
    CARRIER = "carrier"
    RELATIVE = "relative"


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim, in folded text: `kind`, and level, name and place as far as they are given.

    `key` names a well-known owner that needs no registry (a bank's BIN, "police", "vneid"), else None.
    """

    kind: OwnerKind
    name: str = ""
    level: str = ""
    place: str = ""
    key: str | None = None
    start: int = 0
    end: int = 0


def find_claims(text: Text) -> tuple[Claim, ...]:
    """Every claim of the text, in order of appearance, each once.

    Spans are those of `Text.folded`; a school that stands there in another form has the span (0, 0).
    """
    schools = list(_schools(text))
    owners = _owners(text, named=bool(schools))
    unique: dict[tuple[str, ...], Claim] = {}
    for claim in sorted((*schools, *owners, *_banks(text)), key=lambda claim: claim.start):
        unique.setdefault((claim.kind, claim.name, claim.level, claim.place, claim.key or ""), claim)
    return tuple(unique.values())


_DATA: Final = tomllib.loads((files("scamcheck") / "data" / "claims.toml").read_text(encoding="utf-8"))
_HOSPITAL_WORDS: Final = (("benh", "vien"), ("bv",), ("bvdk",), ("vien",))
_MARKS: Final = frozenset(",(:-")
_MAX_NAME: Final = 6
_MAX_SCHOOLS: Final = 20


@dataclass(frozen=True, slots=True)
class _Owner:
    kind: OwnerKind
    key: str | None
    name: str


def _phrases(listed: str) -> Iterator[tuple[str, ...]]:
    for phrase in listed.replace("\n", "|").split("|"):
        if phrase.strip():
            yield tuple(phrase.split())


_OWNERS: Final = {
    phrase: _Owner(OwnerKind(row["kind"]), row.get("key"), row.get("name", ""))
    for row in _DATA["owner"]
    for phrase in _phrases(row["phrases"])
} | {
    phrase: _Owner(OwnerKind.HOSPITAL, None, " ".join(phrase))
    for phrase in _phrases(_DATA["hospitals"]["plain"])
}
_HOSPITALS: Final = frozenset(_phrases(_DATA["hospitals"]["plain"] + "|" + _DATA["hospitals"]["named"]))
_FIRST_WORDS: Final = frozenset(phrase[0] for phrase in (*_OWNERS, *_HOSPITAL_WORDS))
_LONGEST: Final = max(map(len, (*_OWNERS, *_HOSPITALS)))


def _owners(text: Text, *, named: bool) -> Iterator[Claim]:
    read = folded_words(text)
    folded = [word.folded for word in read]
    at = 0
    while at < len(read):
        claim, at = _owner_at(read, folded, at)
        # A school named by its name says more than "nhà trường" beside it.
        if claim is not None and not (named and claim.kind is OwnerKind.SCHOOL):
            yield claim


def _owner_at(read: Sequence[Word], folded: Sequence[str], at: int) -> tuple[Claim | None, int]:
    if folded[at] not in _FIRST_WORDS:
        return None, at + 1
    for count in range(min(_LONGEST, len(read) - at), 0, -1):
        phrase = tuple(folded[at : at + count])
        if phrase in _HOSPITAL_WORDS:
            name, end = _hospital_name(folded, at + count)
            if phrase == ("vien",) and not name:
                continue
            return _claim(_Owner(OwnerKind.HOSPITAL, None, name), read[at:end]), end
        owner = _OWNERS.get(phrase)
        if owner is not None:
            return _claim(owner, read[at : at + count]), at + count
    return None, at + 1


def _hospital_name(folded: Sequence[str], at: int) -> tuple[str, int]:
    for count in range(min(_LONGEST, len(folded) - at), 0, -1):
        if tuple(folded[at : at + count]) in _HOSPITALS:
            return " ".join(folded[at : at + count]), at + count
    return "", at


def _claim(owner: _Owner, some: Sequence[Word]) -> Claim:
    return Claim(kind=owner.kind, name=owner.name, key=owner.key, start=some[0].start, end=some[-1].end)


_ACCOUNT: Final = re.compile(r"[a-z :.]{0,30}[0-9][0-9 .]{4,30}[0-9][^.!?\n]{0,30}")
"""An account number and the words around it: the bank named there is where money goes, not who writes."""


def _banks(text: Text) -> Iterator[Claim]:
    bank = bank_named(_ACCOUNT.sub(" ", text.folded))
    if bank is not None:
        name = fold(bank.name)
        start = max(text.folded.find(name), 0)
        end = start + len(name) if text.folded.startswith(name, start) else 0
        yield Claim(OwnerKind.BANK, name=name, key=bank.bin, start=start, end=end)


def _schools(text: Text) -> Iterator[Claim]:
    read = shown(text)
    sure = [mention for mention in mentions_shown(text) if mention.sure]
    if not sure:  # "tr.ườ.ng": only words that the disguise hid, lest "trưởng" lose its marks
        plain = {word.folded for word in read}
        read = folded_words(text)
        hidden = (mention for mention in find_mentions(read) if read[mention.start].folded not in plain)
        sure = [mention for mention in hidden if mention.sure]
    for mention in sure[:_MAX_SCHOOLS]:
        yield _school(text, read, mention)


def _school(text: Text, read: Sequence[Word], mention: Mention) -> Claim:
    unit = read_unit(read, mention.name_at) if mention.name_at < len(read) else None
    begin = unit.end if unit is not None else mention.name_at  # "trường THCS xã Quảng Sơn"
    end = begin
    while end < min(len(read), begin + _MAX_NAME) and not _ends_name(read, begin, end):
        end += 1
    place_end = country().read(read, end)[1] if end > begin else end
    whole = " ".join(word.folded for word in read[mention.start : end])
    start = max(text.folded.find(whole), 0)
    return Claim(
        kind=OwnerKind.SCHOOL,
        name=" ".join(word.folded for word in read[begin:end]),
        level=(mention.level or SchoolLevel()).code,
        place=" ".join(word.folded for word in read[end:place_end]),
        start=start,
        end=start + len(whole) if text.folded.startswith(whole, start) else 0,
    )


def _ends_name(read: Sequence[Word], begin: int, at: int) -> bool:
    word = read[at]
    if word.breaks or (at > begin and word.gap[:1] in _MARKS):
        return True
    if ends_name(word) and not (word.capital and at == begin):
        return True
    if at == begin:
        return False
    return bool(country().read(read, at)[0]) or read_unit(read, at) is not None
