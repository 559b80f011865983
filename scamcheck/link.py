"""Links as people paste and scammers write them, and the key under which each is known."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import idna

from scamcheck.digits import plain
from scamcheck.hosts import (
    FILE_ENDINGS,
    HOSTS,
    ONE_SIDED_ENDINGS,
    SENTENCE_ENDINGS,
    STRONG_ENDINGS,
    SUFFIXES,
    official_imitated,
    skeleton,
)


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


_SCHEME: Final = (
    r"(?:[hｈ](?:tt|xx|\*\*|__)ps?(?:\[:\]|:)?(?:[/\\]{1,3}|\[/{1,2}\]|__)|(?:ftp|[hｈ]ttps?)://)"
)
_LABEL: Final = r"[^\W_](?:[\w\-]{0,61}[^\W_])?"
_DOT: Final = r"(?:[.。．｡]|\[[.,]\]|\([.,]\)|\{[.,]\}|<[.]>|\[?\(?\\\.)"
_SPACED_DOT: Final = (
    r"(?: {1,2}\. {1,2}| {0,2}[\[({] {0,2}(?:dot|cham|chấm|\.) {0,2}[\])}] {0,2}| (?:dot|cham|chấm) )"
)
_PORT: Final = r"(?::[0-9]{1,5}(?![0-9]))?"
_PATH: Final = r"(?:[/?#][^\s<>\"“”「」]{0,2000})?"

_WITH_SCHEME: Final = re.compile(
    rf"{_SCHEME}(?P<user>[^\s/@<>]{{1,200}}@)?"
    rf"(?P<host>{_LABEL}(?:(?:{_DOT}|{_SPACED_DOT}){_LABEL}){{0,10}}\.?|\[[0-9a-f:]{{2,40}}\]){_PORT}(?P<path>{_PATH})",
    re.IGNORECASE,
)
_BARE: Final = re.compile(
    rf"(?<![\w@.\-])(?P<user>{_LABEL}(?:\.{_LABEL}){{1,6}}@)?"
    rf"(?P<host>{_LABEL}(?:{_DOT}{_LABEL}){{1,10}})(?![\w@]|-\w){_PORT}(?P<path>{_PATH})"
)
_SPACED: Final = re.compile(
    rf"(?<![\w@.\-])(?P<host>{_LABEL}(?:(?:{_DOT}|{_SPACED_DOT}){_LABEL}){{1,10}})(?![\w@]|-\w)(?P<path>{_PATH})",
    re.IGNORECASE,
)
_ANY_DOT: Final = re.compile(rf"{_SPACED_DOT}|{_DOT}", re.IGNORECASE)
_TRAILING: Final = ".,;:!?)]}>'\"…»”’*_"
_SENTENCE_GLUED: Final = re.compile(r"[.。．｡](?=[^\W\d_])[^.。．｡]*\Z")
_IPV4: Final = re.compile(r"(?:[0-9]{1,3}\.){3}[0-9]{1,3}")
_NUMBER_HOST: Final = re.compile(r"[0-9]{8,10}|0x[0-9a-f]{8}")
_LONGEST_SYLLABLE: Final = 7
"""No Vietnamese syllable has more letters ("nghiêng"): a longer word before ".me" or ".co" is no sentence end."""


def find_links(display: str) -> tuple[Link, ...]:
    """Find the links of a message in order, each key once; defanged, spaced-out and scheme-less ones too.

    An e-mail address is no link, neither is a sentence that goes on without a space ("xong.Em gọi").
    """
    if "." not in display and not _MARKS.search(display):
        return ()
    found: list[Link] = []
    taken: list[tuple[int, int]] = []
    for pattern in (_WITH_SCHEME, _BARE, _SPACED):
        for match in pattern.finditer(display):
            start, end = match.span()
            if any(start < other_end and other_start < end for other_start, other_end in taken):
                continue
            link = _link(match, display, has_scheme=pattern is _WITH_SCHEME, spaced=pattern is _SPACED)
            if link:
                found.append(link)
                taken.append((link.start, link.end))
    seen: dict[str, Link] = {}
    for link in sorted(found, key=lambda link: link.start):
        seen.setdefault(link.key, link)
    return tuple(seen.values())


_MARKS: Final = re.compile(r"://|[。．｡]|[\[({ ](?:dot|cham|chấm)[\])} ]|\[:\]|hxxp", re.IGNORECASE)


def defanged(link: Link) -> str:
    """The link written so that no program makes it tappable: `hxxps://a[.]b/c`."""
    host, slash, path = link.key.partition("/")
    shown = host if link.shared_host else link.host
    return f"hxxps://{shown.replace('.', '[.]')}{slash}{path.replace('.', '[.]') if slash else ''}"


def lookup_keys(link: Link) -> tuple[str, ...]:
    """The keys under which an indicator would match this link: its own, and its host's parents.

    A subdomain of a known host matches; a parent of one does not, and a bare shared host never is an indicator.
    """
    if link.shared_host:
        return (link.key,) if "/" in link.key else ()
    labels = link.key.split(".")
    registrable = SUFFIXES.privatesuffix(link.key)
    fewest = registrable.count(".") + 1 if registrable else len(labels)
    return tuple(".".join(labels[index:]) for index in range(len(labels) - fewest + 1))


def _link(match: re.Match[str], display: str, *, has_scheme: bool, spaced: bool) -> Link | None:
    written, path = match["host"], match["path"] or ""
    user = match["user"] if "user" in match.re.groupindex else None
    shortened = path.rstrip(_TRAILING)
    end = match.end() - (len(path) - len(shortened))
    path = shortened
    if not path and (glued := _SENTENCE_GLUED.search(written)) and not _known_ending(written):
        written = written[: glued.start()]
        end = match.start("host") + len(written)
    host = _ANY_DOT.sub(".", written).strip(".").lower()
    raw_ip = bool(_IPV4.fullmatch(host) or _NUMBER_HOST.fullmatch(host) or host.startswith("["))
    if raw_ip:
        if not (has_scheme or (path and _IPV4.fullmatch(host))):
            return None
    elif not _plausible(written, host, path, has_scheme=has_scheme, spaced=spaced):
        return None
    if user and not has_scheme and not path:
        return None
    if end < len(display) and display[end] == "@" and not has_scheme:
        return None
    host = host.removeprefix("www.")
    ascii_host = _ascii(host)
    if ascii_host is None:
        return None
    shared_host = HOSTS.same.get(ascii_host, ascii_host)
    shared = shared_host in HOSTS.shared or shared_host in HOSTS.shorteners or _is_private_suffix(shared_host)
    key = shared_host + _page(shared_host, path) if shared else ascii_host
    shown = _from_punycode(host)
    odd, imitates = _doubts(shown, ascii_host, path, user or "", raw_ip=raw_ip, shared=shared)
    return Link(key, host, match.start(), end, shared, imitates, odd)


def _known_ending(written: str) -> bool:
    ascii_ending = _ascii(re.split(r"[.。．｡]", written)[-1].lower())
    return SUFFIXES.publicsuffix(ascii_ending or "") is not None


def _plausible(written: str, host: str, path: str, *, has_scheme: bool, spaced: bool) -> bool:
    """Whether dotted words are a host, and not a sentence, a file, an abbreviation or an amount."""
    labels = host.split(".")
    if has_scheme:
        return len(labels) > 1
    ending = labels[-1]
    if SUFFIXES.publicsuffix(_ascii(host) or "") is None or len(labels) < 2 or "" in labels:
        return False
    name = labels[-2]
    if host.removeprefix("www.") in HOSTS.shared or host in HOSTS.shorteners:
        return True
    if spaced:
        return _plausible_spaced(written, labels)
    if path.startswith("/") and len(path) > 1:
        return True
    if len(name) < 2 or ending in FILE_ENDINGS:
        return False
    last = re.split(r"[.。．｡\])}]", written)[-1]
    if last[:1].isupper() and not written.isupper() and ending not in STRONG_ENDINGS:
        return False
    if ending in SENTENCE_ENDINGS:
        plain_word = name.isalpha() and len(plain(name).text) <= _LONGEST_SYLLABLE
        return not plain_word and not name.isdigit()
    if not name.isascii() and name.isalpha() and last[:1].isupper():
        return False
    return True


def _plausible_spaced(written: str, labels: list[str]) -> bool:
    """Whether words parted by a dot and spaces are a link: "evn-hoadon . top" is, "đi học . Cơm" is not."""
    if labels[-1] not in STRONG_ENDINGS:
        return False
    if re.search(r"(?<! )\. |(?<=[^\s.]) \.(?! )", written):
        return labels[-1] in ONE_SIDED_ENDINGS and "-" in labels[-2]
    marked = any(char.isdigit() or char == "-" for label in labels for char in label)
    bracketed = re.search(r"[\[({]", written) is not None
    return bracketed or marked or len(labels) > 2 or len(labels[-2]) > _LONGEST_SYLLABLE


def _ascii(host: str) -> str | None:
    if host.isascii():
        return host
    try:
        return idna.encode(host, uts46=True).decode("ascii")
    except idna.IDNAError:
        pass
    try:
        return ".".join(
            label if label.isascii() else "xn--" + label.encode("punycode").decode("ascii")
            for label in host.split(".")
        )
    except UnicodeError:
        return None


def _from_punycode(host: str) -> str:
    """The host as its reader would see it: "xn--…" labels decoded where they can be."""
    if "xn--" not in host:
        return host
    try:
        return idna.decode(host)
    except (idna.IDNAError, UnicodeError):
        return host


def _is_private_suffix(host: str) -> bool:
    """Whether the host itself is a place where anybody gets a name or a path (private part of the suffix list)."""
    return "." in host and SUFFIXES.publicsuffix(host) == host


def _page(host: str, path: str) -> str:
    """The part of the path that names the page; the query only where the service keeps the name there."""
    plain_path = re.split(r"[?#]", path, maxsplit=1)[0].rstrip("/")
    field = HOSTS.query.get(host + plain_path)
    if field and (value := re.search(rf"[?&]{field}=([\w\-.%+]{{1,200}})", path)):
        return f"{plain_path}?{field}={value[1]}"
    return plain_path


def _doubts(
    host: str, ascii_host: str, path: str, user: str, *, raw_ip: bool, shared: bool
) -> tuple[tuple[str, ...], str | None]:
    odd = list(_marks(host, ascii_host, user, raw_ip=raw_ip))
    if shared:
        return tuple(odd), None
    imitated = official_imitated(ascii_host, skeleton(host), path, user)
    if imitated:
        odd.append("brand_elsewhere")
    return tuple(odd), imitated


def _marks(host: str, ascii_host: str, user: str, *, raw_ip: bool) -> Iterator[str]:
    if ascii_host in HOSTS.shorteners:
        yield "shortener"
    if ascii_host.rsplit(".", 1)[-1] in HOSTS.cheap_endings:
        yield "cheap_tld"
    if raw_ip:
        yield "raw_ip"
    if user:
        yield "userinfo"
    if _mixed_letters(host):
        yield "homoglyph"


def _mixed_letters(host: str) -> bool:
    """Letters of another alphabet that look like Latin ones; Vietnamese letters are ordinary."""
    return any(
        not char.isascii() and char.isalpha() and not unicodedata.name(char, "").startswith("LATIN") for char in host
    )
