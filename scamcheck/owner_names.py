"""Organisations found by their names: a hospital, a bank, an agency, a carrier that a text calls by name.

A short name may be two everyday words ("Ví Dụ"), so it counts only behind the word for what it is ("bệnh viện
Ví Dụ"). A longer name that merely begins alike ("bệnh viện Ví Dụ 2") is another organisation.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from scamcheck.claims import OwnerKind
from scamcheck.knowledge import Contact, Owner
from scamcheck.text import Text, fold
from scamcheck.words import Word, shown

NAMED_KINDS: Final = frozenset({OwnerKind.HOSPITAL, OwnerKind.BANK, OwnerKind.AGENCY, OwnerKind.CARRIER})
"""Kinds whose owners are found by name; schools and communes have indexes of their own."""

_CALLED: Final = {
    OwnerKind.HOSPITAL: ("benh vien", "benh vien da khoa", "bv", "bvdk", "hospital"),
    OwnerKind.BANK: ("ngan hang", "nh", "bank"),
    OwnerKind.CARRIER: ("nha mang", "mang"),
}
_AGENCY_WORDS: Final = frozenset(
    {"so", "phong", "ubnd", "uy", "cong", "dien", "trung", "cuc", "chi", "bao", "buu", "thue", "tong", "kho"}
)
"""What the name of an authority begins with: "Sở Giáo dục", "Điện lực", "UBND xã"."""
_FEWEST_WORDS: Final = 2


class OwnerNames:
    """The contacts of organisations, by every name a text may call them."""

    def __init__(self) -> None:
        self._named: dict[tuple[str, ...], list[Contact]] = defaultdict(list)
        self._lengths: dict[str, set[int]] = defaultdict(set)

    def put(self, contact: Contact) -> None:
        """Find this contact by its owner's names."""
        for name in _names(contact.owner):
            self._named[name].append(contact)
            self._lengths[name[0]].add(len(name))

    def remove(self, contact: Contact) -> None:
        """Find it no longer."""
        for name in _names(contact.owner):
            if contact in self._named[name]:
                self._named[name].remove(contact)

    def contacts(self, text: Text) -> tuple[Contact, ...]:
        """The contacts of the organisations that the text names, in order of appearance."""
        read = shown(text)
        folded = [word.folded for word in read]
        found: dict[str, Contact] = {}
        at = 0
        while at < len(read):
            end, contacts = self._at(read, folded, at)
            found.update((contact.id, contact) for contact in contacts)
            at = end
        return tuple(found.values())

    def _at(self, read: Sequence[Word], folded: Sequence[str], at: int) -> tuple[int, Sequence[Contact]]:
        for length in sorted(self._lengths.get(folded[at], ()), reverse=True):
            end = at + length
            contacts = self._named.get(tuple(folded[at:end]))
            if contacts and not _goes_on(read, end):
                return end, contacts
        return at + 1, ()


def _names(owner: Owner) -> Iterator[tuple[str, ...]]:
    if owner.kind not in NAMED_KINDS:
        return
    short = _words(owner.short_name)
    names = {_words(owner.name)}
    names.update((*_words(kind), *short) for kind in _CALLED.get(owner.kind, ()) if short)
    if short and short[0] in _AGENCY_WORDS and owner.kind is OwnerKind.AGENCY:
        names.add(short)
    yield from sorted(name for name in names if len(name) >= _FEWEST_WORDS)


def _words(name: str) -> tuple[str, ...]:
    cleaned = "".join(char if char.isalnum() else " " for char in fold(name))
    return tuple(cleaned.split())


def _goes_on(read: Sequence[Word], end: int) -> bool:
    """Whether the name goes on behind `end`: a number, or a capital where the name was not shouted."""
    if end >= len(read) or read[end].breaks or read[end].gap:
        return False
    word = read[end]
    return word.folded.isdigit() or (word.capital and not word.shouted)
