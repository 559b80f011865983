"""Secrets at rest, sealed with keys derived from the service's secret, which the database never holds."""

import base64
import hashlib
import hmac
from typing import Final

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_KEY_BYTES: Final = 32


class SealBroken(ValueError):
    """What was sealed was changed, or the service's secret is another one now."""


class Sealer:
    """Seals texts, and makes keyed hashes, each purpose with a key of its own."""

    __slots__ = ("_fernet", "_secret")

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self._fernet = Fernet(base64.urlsafe_b64encode(self._key("seal")))

    def seal(self, text: str) -> str:
        """The text, encrypted and authenticated."""
        return self._fernet.encrypt(text.encode()).decode("ascii")

    def open(self, sealed: str) -> str:
        """The text that was sealed.

        Raises:
            SealBroken: see there.
        """
        try:
            return self._fernet.decrypt(sealed).decode()
        except InvalidToken:
            raise SealBroken from None

    def derived(self, purpose: str, text: str) -> bytes:
        """32 bytes that only the holder of the service's secret can derive from this text."""
        return hmac.new(self._key(purpose), text.encode(), hashlib.sha256).digest()

    def hmac(self, purpose: str, text: str) -> str:
        """The same, in hexadecimal: recognisable again, not readable."""
        return self.derived(purpose, text).hex()

    def _key(self, purpose: str) -> bytes:
        return HKDF(
            algorithm=SHA256(), length=_KEY_BYTES, salt=None, info=f"goilai:{purpose}".encode()
        ).derive(self._secret)
