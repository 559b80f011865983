"""Keyed hashes of identifiers, for what is only recognised again and never read."""

import hashlib
import hmac
from dataclasses import dataclass, field
from typing import Final

NORM_VERSION: Final = 1
"""Version of the rules that make keys; stored beside each key, so that a change of rules can re-key."""


@dataclass(frozen=True, slots=True)
class Keys:
    """Keyed hashes of identifiers. The secret is kept outside the database.

    A plain hash would hide nothing: all phone numbers there are can be hashed in minutes.
    """

    secret: bytes = field(repr=False)

    def hmac(self, key: str) -> str:
        """HMAC-SHA-256 of a key, in hexadecimal."""
        return hmac.new(self.secret, key.encode(), hashlib.sha256).hexdigest()
