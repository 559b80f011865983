"""Weighted signs of a scam, their counter-signs and the scenarios they add up to. Rules are data.

The verdict on the words is a sum that anyone can follow: each sign found, each pair of signs that stand
together, and how the wording resembles the texts we wrote ourselves, every one with its weight from `data/`.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from math import sqrt
from typing import Final

from scamcheck.bank_account import BankAccount
from scamcheck.claims import Claim
from scamcheck.hosts import HOSTS
from scamcheck.link import Link
from scamcheck.naming import name_of
from scamcheck.phone import PhoneKind, SeenNumber
from scamcheck.signs import Hit, SignRule, Words, find_hits, lexicon, sign_pairs, words_of
from scamcheck.text import Text
from scamcheck.thresholds import (
    ALARMING_SCORE,
    FEARED_WORDS,
    MIN_SPOKEN_WORDS,
    SUSPICIOUS_SCORE,
    TELLING_WORDS_SCORE,
    TOLD_EMERGENCY_SCORE,
    WARNING_SIGNS,
)
from scamcheck.wording import KINDS, Name, read_name, weighed, wording


class Scenario(StrEnum):
    """Named combinations of signs; each has its own advice (`domain.md` 6)."""

    CHILD_EMERGENCY = "child_emergency"
    KIDNAP_ONLINE = "kidnap_online"
    SCHOOL_IMPOSTOR = "school_impostor"
    SCHOOL_FEE = "school_fee"
    TUITION_REFUND = "tuition_refund"
    POLICE_IMPOSTOR = "police_impostor"
    BANK_IMPOSTOR = "bank_impostor"
    OTP_THEFT = "otp_theft"
    SIM_LOCK = "sim_lock"
    VNEID = "vneid"
    TAX = "tax"
    TRAFFIC_FINE = "traffic_fine"
    UTILITY = "utility"
    PARCEL = "parcel"
    PRIZE = "prize"
    JOB_TASK = "job_task"
    INVESTMENT = "investment"
    LOAN = "loan"
    DEBT_THREAT = "debt_threat"
    BORROW_MONEY = "borrow_money"
    ROMANCE = "romance"
    SOCIAL_INSURANCE = "social_insurance"
    RECOVERY = "recovery"
    OTHER = "other"


class Voice(StrEnum):
    """How it reached the parent; decides the verb of the advice (hang up, do not answer)."""

    CALL = "call"
    MESSAGE = "message"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Sign:
    """One red flag or counter-sign found in the text. `code` is its name in `data/red_flags.toml`."""

    code: str
    weight: float
    start: int = 0
    end: int = 0
    reason: str = ""
    """The `ReasonCode` value whose sentence tells a parent about this sign; empty when it is not told."""


@dataclass(frozen=True, slots=True)
class Assessment:
    """What the words of a message amount to, before any list is consulted."""

    signs: tuple[Sign, ...] = ()
    counter_signs: tuple[Sign, ...] = ()
    scenario: Scenario | None = None
    """The best-fitting scenario: by the words that were learnt where they alarm, else by the rules alone."""
    score: float = 0.0
    suspicious: bool = False
    """A scenario is above its threshold."""
    early_stage: bool = False
    """An emergency told by an unknown person, nothing asked yet."""
    warning: bool = False
    """The text warns about scams: two counter-signs and no live ask to the reader."""
    alarming: bool = False
    """An alarming event or an ask is present (rules 5 and 9 of the policy table look at it)."""
    voice: Voice = Voice.UNKNOWN


NO_ASSESSMENT: Final = Assessment()


def assess(  # noqa: PLR0913 - one argument per kind of thing seen
    text: Text,
    *,
    numbers: Sequence[SeenNumber] = (),
    accounts: Sequence[BankAccount] = (),
    links: Sequence[Link] = (),
    claims: Sequence[Claim] = (),
    earlier: Assessment | None = None,
) -> Assessment:
    """Judge the words of a message, with what else was seen in it.

    `earlier` is the assessment of what the same person showed a moment ago: its signs count too, so that a
    number first and the words after it are judged as one. Deterministic; never raises.
    """
    words = words_of(text.folded)
    hits = find_hits(words)
    before = () if earlier is None else (*earlier.signs, *earlier.counter_signs)
    counts = _counted(hits, _marks(numbers, accounts, links, claims), before)
    weights = _weights()
    given: dict[str, float] = {}
    score = weights.bias if counts or words.tokens else 0.0
    for name, value in _signs_and_pairs(counts).items():
        gain = weights.of(name) * value
        score += gain
        if gain or name.startswith("s:"):
            codes = tuple(name[2:].split("+"))
            for code in codes:
                given[code] = given.get(code, 0.0) + gain / len(codes)
    if gain := weighed(words.tokens, weights.worded):
        score += gain
        given[_WORDING] = gain
    signs, counter_signs = _as_signs(given, hits, words, before)
    groups = Counter(rule.group for code in counts if (rule := _rule(code)))
    scenario = _scenario(counts)
    spoken = sum(token[0] not in "$." for token in words.tokens)
    # Somebody who pastes an account and its bank, or a link, has not told what was said: that is asked next.
    bare = bool(numbers or accounts or links) and spoken < MIN_SPOKEN_WORDS and not before
    told = (
        scenario in _EMERGENCIES
        and bool(_STRANGERS & counts.keys())
        and bool(_HARM & counts.keys())
        and not groups[_WARNING_GROUP]
    )
    # "con toi bi bat coc", "chong toi danh toi": told by nobody. Who writes needs help, not a level.
    feared = spoken <= FEARED_WORDS and counts.keys() <= _FEARED
    enough = score >= (TOLD_EMERGENCY_SCORE if told else SUSPICIOUS_SCORE)
    # A number and whom it is about say nothing of what was wanted: the words must tell, or a sign of a scam.
    telling = given.get(_WORDING, 0.0) >= TELLING_WORDS_SCORE or any(groups[group] for group in _TELLING)
    positive = enough and bool(counts) and telling and not (bare or feared)
    # The scenario of the seed letter before the money is named: the call is only warming up.
    waiting = not (_ASKS & counts.keys()) and scenario in _EMERGENCIES
    if positive and not waiting:
        scenario = Scenario(name_of(counts, words.tokens))
    warning = not positive and bool(groups["event"] + groups["ask"]) and _warns(counts)
    return Assessment(
        signs=signs,
        counter_signs=counter_signs,
        scenario=scenario,
        score=round(score, 4),
        suspicious=positive and not waiting,
        early_stage=positive and waiting,
        warning=warning,
        alarming=positive
        or (score >= ALARMING_SCORE and not (warning or bare) and bool(groups["event"] or groups["ask"])),
        voice=_voice(words, links, earlier),
    )


def counts_of(
    words: Words,
    *,
    numbers: Sequence[SeenNumber] = (),
    accounts: Sequence[BankAccount] = (),
    links: Sequence[Link] = (),
    claims: Sequence[Claim] = (),
) -> Counter[str]:
    """How often each sign was found; signs that are not words count once."""
    return _counted(find_hits(words), _marks(numbers, accounts, links, claims), ())


def features(words: Words, counts: Mapping[str, int]) -> dict[str, float]:
    """What the sum runs over: `s:` signs, `p:` pairs of signs, and the wording (`wording.py`)."""
    return _signs_and_pairs(counts) | wording(words.tokens)


def _signs_and_pairs(counts: Mapping[str, int]) -> dict[str, float]:
    """A sign repeated counts a little more, never in proportion."""
    codes = sorted(counts)
    found = {f"s:{code}": sqrt(min(counts[code], 4)) for code in codes}
    found.update({f"p:{pair}": 1.0 for pair in sign_pairs(codes)})
    return found


_WORDING: Final = "wording"
_ASKS: Final = frozenset(
    {"ask_transfer", "ask_code", "ask_app", "ask_link", "ask_identity", "account", "private_account", "money"}
)
_EMERGENCIES: Final = frozenset({"child_emergency"})
_STRANGERS: Final = frozenset({"report_call", "who_stranger"})
_HARM: Final = frozenset({"injury", "medical"})
_FEARED: Final = frozenset({"kidnap", "child", "nothing_to_follow"})
_TELLING: Final = ("event", "ask", "pressure", "report")
"""Groups of signs that tell what happens; others only say who, where and by what way."""
_WARNING_GROUP: Final = "warning"
_SERVICE_KINDS: Final = frozenset({PhoneKind.TOLL_FREE, PhoneKind.PAID, PhoneKind.SHORT})
_OFFICIAL_HOSTS: Final = frozenset(official.host for official in HOSTS.official)
_STATE_ENDINGS: Final = frozenset({"gov.vn", "edu.vn"})


@dataclass(frozen=True, slots=True)
class _Weights:
    bias: float
    fitted: dict[str, float]
    """Those of signs and of pairs of signs."""
    worded: dict[str, dict[Name, float]]
    """Those of the wording, by kind."""

    def of(self, feature: str) -> float:
        """The fitted weight; for a sign the fit did not see, what its reviewer wrote."""
        held = self.fitted.get(feature)
        if held is not None or not feature.startswith("s:"):
            return held or 0.0
        rule = _rule(feature[2:])
        return rule.weight if rule else 0.0


@cache
def _weights() -> _Weights:
    table = (files("scamcheck") / "data" / "weights.txt").read_text(encoding="utf-8")
    lines = (line.split("\t") for line in table.splitlines() if not line.startswith("#"))
    fitted = {name: float(weight) for name, weight in lines}
    signs: dict[str, float] = {}
    worded: dict[str, dict[Name, float]] = {kind: {} for kind in KINDS}
    for name, weight in fitted.items():
        kind, _, rest = name.partition(":")
        if kind in worded:
            worded[kind][read_name(rest)] = weight
        else:
            signs[name] = weight
    return _Weights(signs.pop("bias"), signs, worded)


def _counted(hits: Iterable[Hit], marks: Iterable[str], before: Iterable[Sign]) -> Counter[str]:
    counts = Counter(hit.code for hit in hits) | Counter(marks) | Counter(sign.code for sign in before)
    counts.pop(_WORDING, None)
    return counts


def _rule(code: str) -> SignRule | None:
    return lexicon().rules.get(code)


def _marks(
    numbers: Sequence[SeenNumber],
    accounts: Sequence[BankAccount],
    links: Sequence[Link],
    claims: Sequence[Claim],
) -> Iterator[str]:
    """Signs that are not words: identifiers of a kind and claims."""
    if any(seen.number.kind in (PhoneKind.FOREIGN, PhoneKind.SATELLITE) for seen in numbers):
        yield "foreign_number"
    if accounts:
        yield "account"
    if any(link.odd for link in links):
        yield "odd_link"
    if links:
        yield "official_link" if all(map(_is_official, links)) else "other_link"
    kinds = {seen.number.kind for seen in numbers}
    yield from _ways_out(kinds, accounts, links)
    if kinds & _SERVICE_KINDS:
        yield "service_number"
    if PhoneKind.MOBILE in kinds:
        yield "mobile_number"
    if any(link.imitates for link in links):
        yield "imitating_link"
    for kind in sorted({claim.kind.value for claim in claims}):
        yield f"claim_{kind}"


def _ways_out(
    kinds: AbstractSet[PhoneKind], accounts: Sequence[BankAccount], links: Sequence[Link]
) -> Iterator[str]:
    """Where the message would lead: nowhere, or only to what an institution answers for."""
    if not (links or kinds or accounts):
        yield "nothing_to_follow"
    elif not accounts and kinds <= _SERVICE_KINDS and all(map(_is_official, links)):
        yield "only_official"


def _is_official(link: Link) -> bool:
    """On a host of the state, a school, a bank, a carrier: what stands there is theirs."""
    if link.shared_host:
        return False
    parts = link.host.split(".")
    endings = {".".join(parts[at:]) for at in range(len(parts))}
    return bool(endings & _OFFICIAL_HOSTS) or bool(endings & _STATE_ENDINGS)


def _as_signs(
    given: Mapping[str, float], hits: Sequence[Hit], words: Words, before: Iterable[Sign]
) -> tuple[tuple[Sign, ...], tuple[Sign, ...]]:
    """Each sign with what it added to the score, heaviest first; counter-signs apart."""
    where: dict[str, tuple[int, int]] = {sign.code: (0, 0) for sign in before}
    for hit in reversed(hits):
        where[hit.code] = (words.starts[hit.first], words.ends[hit.last])
    signs: list[Sign] = []
    counters: list[Sign] = []
    for code, weight in sorted(given.items(), key=lambda item: (-abs(item[1]), item[0])):
        rule = _rule(code)
        start, end = where.get(code, (0, 0))
        is_counter = rule.counter if rule else weight < 0
        found = Sign(code, round(weight, 4), start, end, rule.reason if rule else "")
        (counters if is_counter else signs).append(found)
    return tuple(signs), tuple(counters)


def _scenario(counts: Mapping[str, int]) -> Scenario | None:
    """The named combination that fits best; earlier in the file wins a tie."""
    best: Scenario | None = None
    best_fit = 0.0
    for name, terms in lexicon().scenarios.items():
        fit = sum(share * sqrt(min(counts[code], 4)) for code, share in terms.items() if code in counts)
        if fit > best_fit:
            best, best_fit = Scenario(name), fit
    return best


def _warns(counts: Mapping[str, int]) -> bool:
    kinds = {code for code in counts if (rule := _rule(code)) and rule.group == _WARNING_GROUP}
    return len(kinds) >= WARNING_SIGNS


_CALL_WORDS: Final = frozenset({"goi", "may", "dien", "cuoc", "alo"})
_SPOKEN: Final = frozenset({"stay_on_line", "handover", "report_call"})
_MESSAGE_WORDS: Final = frozenset(
    {"nhan", "tin", "zalo", "messenger", "facebook", "fb", "link", "$link", "email"}
)


def _voice(words: Words, links: Sequence[Link], earlier: Assessment | None) -> Voice:
    """How it reached the parent, by the words that say so; unknown when they do not."""
    heard = sum(word in _CALL_WORDS for word in words.tokens)
    written = sum(word in _MESSAGE_WORDS for word in words.tokens) + 2 * len(links)
    if heard > written:
        return Voice.CALL
    if written:
        return Voice.MESSAGE
    return earlier.voice if earlier is not None else Voice.UNKNOWN
