"""MemoryKnowledgeBase: official records held in memory. Complete by itself, and the core of the SQL one.

Lists that grow with crime (indicators) belong in a database; what is official (contacts, schools, communes,
scripts) is small enough to hold, and answers in microseconds (`speed.md`, Shape).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from scamcheck.bank_account import BankAccount, banks
from scamcheck.claims import Claim, OwnerKind
from scamcheck.knowledge import (
    Asker,
    Candidates,
    Commune,
    Contact,
    IdentifierKind,
    Indicator,
    School,
    SchoolCandidate,
    Script,
    active,
)
from scamcheck.link import lookup_keys
from scamcheck.lookalike import imitations
from scamcheck.observables import Observables
from scamcheck.owner_names import OwnerNames
from scamcheck.places import CommuneIndex
from scamcheck.schools import SchoolIndex
from scamcheck.scripts import ScriptIndex
from scamcheck.showing import Showing, showing
from scamcheck.text import fold

IdentifierKey = tuple[IdentifierKind, str]


class MemoryKnowledgeBase:
    """Official records and their indexes. `indicators` may be left to a database.

    Records are put and removed one by one, between two questions: a country's indexes take seconds to build,
    and a changed hotline must not wait for that.
    """

    def __init__(
        self,
        *,
        schools: Iterable[School] = (),
        communes: Iterable[Commune] = (),
        contacts: Iterable[Contact] = (),
        scripts: Iterable[Script] = (),
        indicators: Iterable[Indicator] = (),
    ) -> None:
        self.schools: dict[str, School] = {school.id: school for school in schools}
        self.communes: Mapping[str, Commune] = {commune.code: commune for commune in communes}
        self.school_index = SchoolIndex(self.schools.values(), self.communes.values())
        self.commune_index = CommuneIndex(self.communes.values())
        self._scripts = ScriptIndex(scripts)
        self._held: dict[str, Contact] = {}
        self._contacts: dict[IdentifierKey, list[Contact]] = defaultdict(list)
        self._contacts_of: dict[tuple[OwnerKind, str], list[Contact]] = defaultdict(list)
        self._police_of_commune: dict[str, list[Contact]] = defaultdict(list)
        self._named_owners: dict[OwnerKind, list[Contact]] = defaultdict(list)
        self._owner_names = OwnerNames()
        self._numbers: dict[str, Contact] = {}
        self._national: list[Contact] = []
        self._indicators: dict[IdentifierKey, list[Indicator]] = defaultdict(list)
        for contact in contacts:
            self.put_contact(contact)
        for indicator in indicators:
            self._indicators[indicator.kind, indicator.key].append(indicator)

    def put_school(self, school: School) -> None:
        """Hold a school as it is now, instead of what was held under its id."""
        self.schools[school.id] = school
        self.school_index.put(school)

    def remove_school(self, school_id: str) -> None:
        """Hold a school no longer; its contacts are removed by whoever knows them."""
        self.schools.pop(school_id, None)
        self.school_index.remove(school_id)

    def put_script(self, script: Script) -> None:
        """Hold a script as it is now, instead of what was held under its id."""
        self._scripts.put(script)

    def remove_script(self, script_id: str) -> None:
        """Hold a script no longer."""
        self._scripts.remove(script_id)

    def put_contact(self, contact: Contact) -> None:
        """Hold a contact as it is now, instead of what was held under its id."""
        self.remove_contact(contact.id)
        self._held[contact.id] = contact
        for contacts in self._lists_of(contact):
            contacts.append(contact)
        self._owner_names.put(contact)
        if contact.kind is IdentifierKind.NUMBER and not contact.key.startswith("short:"):
            self._numbers[contact.key] = contact

    def remove_contact(self, contact_id: str) -> None:
        """Hold a contact no longer."""
        contact = self._held.pop(contact_id, None)
        if contact is None:
            return
        for contacts in self._lists_of(contact):
            contacts.remove(contact)
        self._owner_names.remove(contact)
        self._numbers.pop(contact.key, None)

    def _lists_of(self, contact: Contact) -> Iterator[list[Contact]]:
        owner = contact.owner
        yield self._contacts[contact.kind, contact.key]
        yield self._contacts_of[owner.kind, owner.id]
        if contact.key.startswith("short:"):
            yield self._national
        if owner.kind is OwnerKind.POLICE and owner.commune_code:
            yield self._police_of_commune[owner.commune_code]
        if owner.kind in (OwnerKind.BANK, OwnerKind.HOSPITAL):
            yield self._named_owners[owner.kind]

    async def gather(self, observables: Observables, asker: Asker, now: datetime) -> Candidates:
        """What is known about these observables as of `now`; never unavailable."""
        keys = identifier_keys(observables)
        return self.find(
            observables, asker, now, [found for key in keys for found in self._indicators.get(key, ())]
        )

    def find(
        self, observables: Observables, asker: Asker, now: datetime, indicators: Sequence[Indicator]
    ) -> Candidates:
        """As `gather`, with the indicators of the message already looked up elsewhere."""
        schools = self.school_index.candidates(observables.text, observables.claims)
        communes = self.commune_index.named(observables.text)
        return Candidates(
            indicators=tuple(found for found in indicators if active(found.expires_at, now)),
            contacts=tuple(
                contact
                for key in identifier_keys(observables)
                for contact in self._contacts.get(key, ())
                if active(contact.expires_at, now)
            ),
            imitations=tuple(
                imitation
                for seen in observables.numbers
                for imitation in imitations(seen, self._numbers)
                if active(imitation.contact.expires_at, now)
            ),
            owner_contacts=tuple(
                dict.fromkeys(self._owner_contacts(observables, asker, schools, communes, now))
            ),
            schools=schools,
            asker_schools=tuple(
                self.schools[id_] for id_ in dict.fromkeys(asker.school_ids) if id_ in self.schools
            ),
            communes=communes,
            commune_of={
                code: self.communes[code]
                for code in self._commune_codes(asker, schools)
                if code in self.communes
            },
            scripts=self._scripts.candidates(observables.text),
            national=tuple(self._national),
        )

    def contacts_for_school(self, school_id: str, now: datetime) -> tuple[Contact, ...]:
        """The contacts of one school to call, in the order they were recorded."""
        return tuple(self._to_call(self._contacts_of.get((OwnerKind.SCHOOL, school_id), ()), now))

    def _commune_codes(self, asker: Asker, schools: Sequence[SchoolCandidate]) -> Iterator[str]:
        if asker.commune_code:
            yield asker.commune_code
        for id_ in (*asker.school_ids, *(candidate.school.id for candidate in schools)):
            school = self.schools.get(id_)
            if school is not None and school.commune_code:
                yield school.commune_code

    def _owner_contacts(
        self,
        observables: Observables,
        asker: Asker,
        schools: Sequence[SchoolCandidate],
        communes: Sequence[Commune],
        now: datetime,
    ) -> Iterator[Contact]:
        named = tuple(candidate.school.id for candidate in schools)
        for id_ in dict.fromkeys(asker.school_ids + named):
            yield from self.contacts_for_school(id_, now)
        codes = [*self._commune_codes(asker, schools), *(commune.code for commune in communes)]
        for code in dict.fromkeys(codes):
            yield from self._to_call(self._police_of_commune.get(code, ()), now)
        for claim in observables.claims:
            for contact in self._to_call(self._named_owners.get(claim.kind, ()), now):
                if names_owner(claim, contact):
                    yield contact
        yield from self._to_call(self._owner_names.contacts(observables.text), now)

    @staticmethod
    def _to_call(contacts: Iterable[Contact], now: datetime) -> Iterator[Contact]:
        """Contacts to call: an expired landline still is one for a while, said to be unconfirmed."""
        return (
            contact
            for contact in contacts
            if showing(contact.kind, contact.key, contact.expires_at, now) is not Showing.HIDDEN
        )


def names_owner(claim: Claim, contact: Contact) -> bool:
    """Whether a claim names the owner of this contact: by key (a bank's BIN), or by its whole short name."""
    owner = contact.owner
    if claim.kind is not owner.kind:
        return False
    return claim.key == owner.id if claim.key else bool(claim.name) and claim.name == fold(owner.short_name)


def identifier_keys(observables: Observables) -> tuple[IdentifierKey, ...]:
    """Every key under which an identifier of the message may be recorded, each once, likeliest first.

    Numbers: every reading. Accounts: with their bank and without; a bank that was not named is tried with
    every bank. Links: the key itself, and for a host the hosts above it (a subdomain of a confirmed host
    counts, the host above a confirmed one does not).
    """
    keys: dict[IdentifierKey, None] = {}
    for seen in observables.numbers:
        for number in (seen.number, *seen.other_readings):
            keys[IdentifierKind.NUMBER, number.key] = None
    for account in observables.accounts:
        keys.update(dict.fromkeys((IdentifierKind.BANK_ACCOUNT, key) for key in account_keys(account)))
    for link in observables.links:
        keys.update(dict.fromkeys((IdentifierKind.LINK, key) for key in lookup_keys(link)))
    return tuple(keys)


def account_keys(account: BankAccount) -> tuple[str, ...]:
    """`BIN:number` and `?:number`; without a bank, the number at every bank of `data/banks.toml`."""
    bins = [account.bin] if account.bin else [bank.bin for bank in banks()]
    return (*(f"{bin_}:{account.number}" for bin_ in bins), f"?:{account.number}")
