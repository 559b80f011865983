"""Whether dotted words are the name of a host, and a host's name in ASCII and as a reader sees it."""

import re
from typing import Final

import idna

from scamcheck.digits import plain
from scamcheck.hosts import HOSTS, SUFFIXES

_LONGEST_SYLLABLE: Final = 7
"""No Vietnamese syllable has more letters ("nghiêng"): a longer word before ".me" ends no sentence."""
_BRACKET: Final = re.compile(r"[\[({]")
_ONE_SIDED: Final = re.compile(r"(?<! )\. |(?<=[^\s.]) \.(?! )")
_LAST_WRITTEN: Final = re.compile(r"[.。．｡\])}]")


def to_ascii(host: str) -> str | None:
    """The host in IDNA form, "xn--…" where needed; None when no such name can exist."""
    if host.isascii():
        return host
    try:
        return idna.encode(host, uts46=True).decode("ascii")
    except idna.IDNAError:
        # Scammers register names that the strict rules refuse; they still need a key.
        labels = [
            label if label.isascii() else "xn--" + label.encode("punycode").decode("ascii")
            for label in host.split(".")
        ]
        return ".".join(labels) if all(len(label) < 64 for label in labels) else None


def as_seen(host: str) -> str:
    """The host as its reader sees it: "xn--…" labels decoded where they can be."""
    if "xn--" not in host:
        return host
    try:
        return idna.decode(host)
    except idna.IDNAError:
        return host


def ending_is_known(label: str) -> bool:
    """Whether names can end in this label (it is in the Public Suffix List)."""
    return SUFFIXES.publicsuffix(to_ascii(label.lower()) or "") is not None


def is_host(written: str, host: str, path: str, *, spaced: bool) -> bool:
    """Whether dotted words without a scheme are a host, and no sentence, file, abbreviation or amount.

    `written` is the host as it stood in the message, `host` its lower-case form with plain dots; `spaced`
    when spaces or brackets were allowed around the dots.
    """
    labels = host.split(".")
    suffix = SUFFIXES.publicsuffix(to_ascii(host) or "")
    if suffix is None or len(labels) == 1 or suffix == host:
        return host in HOSTS.shared
    if host.removeprefix("www.") in HOSTS.shared or host in HOSTS.shorteners:
        return True
    if spaced:
        return _spaced_is_host(written, labels)
    return (path.startswith("/") and len(path) > 1) or not (
        len(labels[-2]) == 1
        or (labels[-1] in HOSTS.file_endings and suffix == labels[-1])
        or (len(labels) > 2 and "".join(labels[:-1]).isdigit())
        or _next_sentence_begins(written, labels)
    )


def _next_sentence_begins(written: str, labels: list[str]) -> bool:
    """Whether the last dot ends a sentence: "xong.Em gọi", "khoe roi.me goi lai"."""
    name, ending = labels[-2], labels[-1]
    last = _LAST_WRITTEN.split(written)[-1]
    capital = last[:1].isupper() and not written.isupper()
    if capital and (ending not in HOSTS.strong_endings or not name.isascii()):
        return True
    syllable = name.isdigit() or (name.isalpha() and len(plain(name).text) <= _LONGEST_SYLLABLE)
    return ending in HOSTS.sentence_endings and syllable


def _spaced_is_host(written: str, labels: list[str]) -> bool:
    """Whether words parted by a dot and spaces are a link: "evn-hoadon . top" is, "đi học . Cơm" is not."""
    name, ending = labels[-2], labels[-1]
    bracketed = _BRACKET.search(written) is not None
    if ending not in HOSTS.strong_endings or not (bracketed or " " in written):
        return False
    if _ONE_SIDED.search(written):
        return ending in HOSTS.one_sided_endings and "-" in name
    marked = any(char.isdigit() or char == "-" for label in labels for char in label)
    return bracketed or marked or len(labels) > 2 or len(name) > _LONGEST_SYLLABLE
