"""As little HTTP/1.1 as measuring takes: whole messages of known length, out of the bytes of a connection.

The measuring process shares two cores with what it measures, so each message may cost it microseconds only.
"""

import re
from typing import Final

_LENGTH: Final = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_END: Final = b"\r\n\r\n"


class LengthMissing(ValueError):
    """A message that does not say how long it is; nothing here sends such ones."""


class Messages:
    """Bytes in, whole messages (head, body) out."""

    def __init__(self) -> None:
        self._bytes = b""

    def feed(self, received: bytes) -> list[tuple[bytes, bytes]]:
        """The messages that are whole with these bytes.

        Raises:
            LengthMissing: see there.
        """
        self._bytes += received
        whole: list[tuple[bytes, bytes]] = []
        while (end := self._bytes.find(_END)) >= 0:
            head = self._bytes[:end]
            length = _LENGTH.search(head)
            if length is None:
                raise LengthMissing(head.split(b"\r\n", 1)[0])
            stop = end + len(_END) + int(length[1])
            if len(self._bytes) < stop:
                break
            whole.append((head, self._bytes[end + len(_END) : stop]))
            self._bytes = self._bytes[stop:]
        return whole
