"""Links as people paste and scammers write them, and the key under which each is known."""

import re
import unicodedata
from bisect import insort
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from scamcheck.digits import overlaps
from scamcheck.host_names import as_seen, ending_is_known, is_host, to_ascii
from scamcheck.hosts import HOSTS, SUFFIXES, official_imitated, skeleton


@dataclass(frozen=True, slots=True)
class Link:
    """One link. `key` is the host (IDNA, lower case, without `www.`), or host + path on shared hosts."""

    key: str
    host: str
    """The host as Unicode text in lower case, for showing (always defanged) and for the API."""
    start: int = 0
    end: int = 0
    shared_host: bool = False
    """On a shared host (shortener, social network, form service) the host alone says nothing."""
    imitates: str | None = None
    """The official host this one is dressed up as, when it plainly is (homoglyphs, brand in a subdomain)."""
    odd: tuple[str, ...] = ()
    """Marks of doubt: "shortener", "cheap_tld", "raw_ip", "userinfo", "homoglyph", "brand_elsewhere"."""


_SCHEME: Final = r"h(?:tt|xx|\*\*|__)ps?(?:\[:\]|:)?(?:[/\\]{1,3}|\[/{1,2}\]|__) ?|ftp://"
_LABEL: Final = r"[^\W_](?:[\w\-]{0,61}[^\W_])?"
_DOT: Final = r"(?:[.。．｡]|\[[.,]\]|\([.,]\)|\{[.,]\}|<[.]>|\\\.)"
_BRACKETED: Final = r" {0,2}[\[({] {0,2}(?:dot|cham|chấm|\.) {0,2}[\])}] {0,2}| (?:dot|cham|chấm) "
_APART: Final = rf"(?: {{1,2}}\. {{1,2}}|{_BRACKETED})"
_ANY_SPACED: Final = rf"(?: {{1,2}}\. {{0,2}}|\. {{1,2}}|{_BRACKETED})"
_REST: Final = r"(?::[0-9]{1,5}(?![0-9]))?(?P<path>(?:[/?#][^\s<>\"“”「」]{0,2000})?)"

_WITH_SCHEME: Final = re.compile(
    rf"(?:{_SCHEME})(?P<user>[^\s/@<>]{{1,200}}@)?"
    rf"(?P<host>{_LABEL}(?:(?:{_DOT}|{_APART}){_LABEL}){{0,10}}){_REST}",
    re.IGNORECASE,
)
_BARE: Final = re.compile(
    rf"(?<![\w@.\-])(?P<user>{_LABEL}(?:\.{_LABEL}){{1,6}}@)?"
    rf"(?P<host>{_LABEL}(?:{_DOT}{_LABEL}){{1,10}})(?![\w@]|-\w){_REST}"
)
_SPACED: Final = re.compile(
    rf"(?<![\w@.\-])(?P<user>(?!))?(?P<host>{_LABEL}(?:(?:{_DOT}|{_ANY_SPACED}){_LABEL}){{1,10}})(?![\w@]|-\w){_REST}",
    re.IGNORECASE,
)
_HINT_SCHEME: Final = re.compile(r"[:/_*\]][/\\_\[]|p:", re.IGNORECASE)
_HINT_BARE: Final = re.compile(r"\w(?:[.。．｡]|[\[({<\\].{1,2}[\])}>])[^\W\d]|[0-9]\.[0-9]{1,3}/")
_HINT_SPACED: Final = re.compile(
    r"(?:[.\])}] {0,2}|(?:dot|cham|chấm) {0,2}[\])}]? {0,2})"
    rf"(?:{'|'.join(sorted(HOSTS.strong_endings))})(?!\w)",
    re.IGNORECASE,
)
"""Cheap signs that the pattern is worth trying: most messages have no link at all."""
_PATTERNS: Final = ((_WITH_SCHEME, _HINT_SCHEME), (_BARE, _HINT_BARE), (_SPACED, _HINT_SPACED))

_AS_DOT: Final = re.compile(rf"{_ANY_SPACED}|{_DOT}", re.IGNORECASE)
_LAST_LABEL: Final = re.compile(r"(?P<dot> {0,2}[.。．｡] {0,2})(?P<label>[^\W\d_][\w\-]{0,62})\Z")
_TRAILING: Final = ".,;:!?)]}>'\"…»”’*_"
_IPV4: Final = re.compile(r"(?:[0-9]{1,3}\.){3}[0-9]{1,3}")
_NUMBER_HOST: Final = re.compile(r"[0-9]{8,10}|0x[0-9a-f]{8}")


def find_links(display: str) -> tuple[Link, ...]:
    """Find the links of a message in order, each key once; defanged, spaced-out and scheme-less ones too.

    An e-mail address is no link, neither is a sentence that goes on without a space ("xong.Em gọi").
    """
    found: list[Link] = []
    taken: list[tuple[int, int]] = []
    for pattern, hint in _PATTERNS:
        if not hint.search(display):
            continue
        for match in pattern.finditer(display):
            if overlaps(match.span(), taken):
                continue
            link = _link(match, display, has_scheme=pattern is _WITH_SCHEME, spaced=pattern is _SPACED)
            if link:
                found.append(link)
                insort(taken, (link.start, link.end))
    seen: dict[str, Link] = {}
    for link in sorted(found, key=lambda link: link.start):
        seen.setdefault(link.key, link)
    return tuple(seen.values())


def defanged(link: Link) -> str:
    """The link written so that no program makes it tappable: `hxxps://a[.]b/c`."""
    host, slash, path = link.key.partition("/")
    shown = host if link.shared_host else link.host
    return "hxxps://" + f"{shown}{slash}{path}".replace(".", "[.]")


def lookup_keys(link: Link) -> tuple[str, ...]:
    """The keys under which an indicator would match this link: its own, and its host's parents.

    A subdomain of a known host matches, a parent of one does not; a bare shared host never is an indicator.
    """
    if link.shared_host:
        return (link.key,) if "/" in link.key else ()
    labels = link.key.split(".")
    registrable = SUFFIXES.privatesuffix(link.key)
    fewest = registrable.count(".") + 1 if registrable else len(labels)
    return tuple(".".join(labels[index:]) for index in range(len(labels) - fewest + 1))


def _link(match: re.Match[str], display: str, *, has_scheme: bool, spaced: bool) -> Link | None:
    written, path, user = match["host"], match["path"].rstrip(_TRAILING), match["user"] or ""
    end = match.start("path") + len(path)
    if not match["path"]:
        written = _without_next_sentence(written)
        end = match.start("host") + len(written)
    host = _AS_DOT.sub(".", written).lower()
    is_address = _IPV4.fullmatch(host) is not None
    if has_scheme:
        raw_ip = is_address or _NUMBER_HOST.fullmatch(host) is not None
        readable = raw_ip or "." in host
    else:
        raw_ip = is_address
        # "a.b@c.vn" is an e-mail address; "a.b@c.vn/d" can only be a link with a name before it.
        readable = bool(path) if is_address else is_host(written, host, path, spaced=spaced)
        readable = readable and bool(path or not user) and display[end : end + 1] != "@"
    host = host.removeprefix("www.")
    key = to_ascii(host) if readable else None
    if key is None:
        return None
    return _described(Link(key, host, match.start(), end), path, user, raw_ip=raw_ip)


def _without_next_sentence(written: str) -> str:
    """The host without words of the next sentence: "abc.top.Vui lòng", "abc . top . Vui lòng"."""
    while (last := _LAST_LABEL.search(written)) and not ending_is_known(last["label"]):
        shorter = written[: last.start()]
        begins = " " in last["dot"] or last["label"][0].isupper()
        if not begins or "." not in _AS_DOT.sub(".", shorter):
            break
        written = shorter
    return written


def _described(link: Link, path: str, user: str, *, raw_ip: bool) -> Link:
    """The link with what is known of its host, and its key with the path where the host is shared."""
    shared_host = HOSTS.same.get(link.key, link.key)
    shared = (
        shared_host in HOSTS.shared
        or shared_host in HOSTS.shorteners
        or shared_host.partition(".")[2] in HOSTS.tenants
        or ("." in shared_host and SUFFIXES.publicsuffix(shared_host) == shared_host)
    )
    seen = as_seen(link.host)
    imitates = None if shared else official_imitated(link.key, skeleton(seen), path, user)
    odd = list(_marks(seen, link.key, user, raw_ip=raw_ip))
    if imitates:
        odd.append("brand_elsewhere")
    key = shared_host + _page(shared_host, path) if shared else link.key
    return Link(key, link.host, link.start, link.end, shared, imitates, tuple(odd))


def _page(host: str, path: str) -> str:
    """The part of the path that names the page; the query only where the service keeps the name there."""
    page = re.split(r"[?#]", path, maxsplit=1)[0].rstrip("/")
    field = HOSTS.query.get(host + page)
    value = re.search(rf"[?&]{field}=([\w\-.%+]{{1,200}})", path) if field else None
    return f"{page}?{field}={value[1]}" if value else page


def _marks(seen: str, key: str, user: str, *, raw_ip: bool) -> Iterator[str]:
    if key in HOSTS.shorteners:
        yield "shortener"
    if key.rsplit(".", 1)[-1] in HOSTS.cheap_endings:
        yield "cheap_tld"
    if raw_ip:
        yield "raw_ip"
    if user:
        yield "userinfo"
    # Letters of another alphabet that look like Latin ones; Vietnamese letters are ordinary.
    if any(char.isalpha() and not unicodedata.name(char, "").startswith("LATIN") for char in seen):
        yield "homoglyph"
