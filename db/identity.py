"""One person is one mailbox; tokens are kept as hashes; what is shown of a record is a random id."""

import hashlib
import secrets
import unicodedata
from typing import Final

TOKEN_BYTES: Final = 32
_PUBLIC_ID_BYTES: Final = 9
_DOTLESS: Final = frozenset({"gmail.com", "googlemail.com"})
"""Mail services for which dots in the name mean nothing."""


class EmailUnreadable(ValueError):
    """This is no e-mail address."""


def person_key(email: str) -> str:
    """The mailbox behind an address, so that one person cannot be two.

    Raises:
        EmailUnreadable: see there.
    """
    local, at, host = unicodedata.normalize("NFKC", email).strip().casefold().rpartition("@")
    local = local.split("+", 1)[0]
    if not (at and local and "." in host) or any(letter.isspace() for letter in email.strip()):
        raise EmailUnreadable(email)
    if host in _DOTLESS:
        local, host = local.replace(".", ""), "gmail.com"
    return f"{local}@{host}"


def token_hash(token: str) -> str:
    """How a token is kept. It has 256 random bits, so a plain hash protects it."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_public_id() -> str:
    """A random id."""
    return secrets.token_urlsafe(_PUBLIC_ID_BYTES)
