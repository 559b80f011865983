"""Passwords of staff: long, hard to guess, and kept as Argon2id only."""

import asyncio
import unicodedata
from functools import lru_cache
from typing import Any, Final, cast

from pwdlib import PasswordHash
from zxcvbn import zxcvbn

from scamcheck.text import fold

SHORTEST: Final = 12
LONGEST: Final = 128
FEWEST_GUESSES_LOG10: Final = 9.0
"""What fewer than a thousand million guesses would find is refused."""

HASHER: Final = PasswordHash.recommended()

_JUDGED_LETTERS: Final = 72
"""The judge reads no more; the rest only makes a password longer."""
_WORDS_HERE: Final = [
    "matkhau",
    "congan",
    "canhsat",
    "truong",
    "truonghoc",
    "hocsinh",
    "phuhuynh",
    "giaovien",
    "hieutruong",
    "vietnam",
    "lamdong",
    "dalat",
    "daknong",
    "gianghia",
    "phanthiet",
    "binhthuan",
    "goilai",
    "goi",
    "lai",
    "chuyentien",
    "nguyen",
    "tran",
    "le",
    "pham",
    "hoang",
    "phan",
    "vu",
    "dang",
    "bui",
    "do",
    "ho",
    "ngo",
    "duong",
    "ly",
    "toiyeu",
    "anhyeu",
    "emyeu",
    "conyeu",
    "giadinh",
    "hanhphuc",
    "maimai",
    "thanhcong",
    "xinchao",
]
"""Words that are common here and in no English list."""


class PasswordRefused(ValueError):
    """The password is too short, too long, or among the first that anybody would try."""


def require_good(password: str, *, about: tuple[str, ...] = ()) -> None:
    """Refuse a password that is easily guessed, also with what is known of its owner (name, address).

    Raises:
        PasswordRefused: "short", "long" or "guessable".
    """
    if len(password) < SHORTEST:
        raise PasswordRefused("short")
    if len(password) > LONGEST:
        raise PasswordRefused("long")
    known = [word for text in about for word in (fold(text).replace(" ", ""), *fold(text).split())]
    folded = fold(password)[:_JUDGED_LETTERS]
    for reading in {folded, "".join(folded.split())}:
        judged = cast("dict[str, Any]", zxcvbn(reading, user_inputs=[*_WORDS_HERE, *known]))
        if float(judged["guesses_log10"]) < FEWEST_GUESSES_LOG10:
            raise PasswordRefused("guessable")


async def hashed(password: str, hasher: PasswordHash = HASHER) -> str:
    """The hash to keep. Takes a good part of a second, beside the event loop."""
    return await asyncio.to_thread(hasher.hash, _normal(password))


async def fits(password: str, hash_: str | None, hasher: PasswordHash = HASHER) -> bool:
    """Whether the password is the one of the hash. Without a hash the same work is done, in vain.

    An empty hash is none: the old password has ended, and a new one is not set yet.
    """
    compared = hash_ or _nobodys(hasher)
    same = await asyncio.to_thread(hasher.verify, _normal(password[: LONGEST + 1]), compared)
    return same and bool(hash_)


def _normal(password: str) -> str:
    # Two keyboards may write one Vietnamese letter as different characters.
    return unicodedata.normalize("NFKC", password)


@lru_cache
def _nobodys(hasher: PasswordHash) -> str:
    return hasher.hash("nobody has this password")
