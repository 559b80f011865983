"""Words of the console for states, times, identifiers, refusals; all in `api/texts/console_vi.toml`."""

import json
import tomllib
from datetime import UTC, date, datetime
from functools import cache
from importlib import resources
from typing import Final

from pydantic import BaseModel, ConfigDict

from scamcheck.bank_account import bank_by_bin
from scamcheck.duty_hours import VIETNAM
from scamcheck.knowledge import IdentifierKind
from scamcheck.phone import masked as masked_number
from scamcheck.phone import parse_number, printed

_FACTS: Final = {
    "kind": "loại",
    "name": "tên",
    "version": "bản",
    "because": "vì",
    "result": "thành",
    "rows": "số hàng",
    "bytes": "cỡ tệp",
    "digest": "mã băm",
    "form": "dạng tệp",
    "restores_zeros": "thêm số 0",
    "role": "vai trò",
}
_FACT_GROUPS: Final = {
    "kind": ("proposal_kind", "office_kind", "import_kind"),
    "because": ("refusal",),
    "role": ("role",),
    "mark": ("mark",),
}
_MINUTE: Final = 60
_HOUR: Final = 60 * _MINUTE
_DAY: Final = 24 * _HOUR


class ConsoleWords(BaseModel):
    """Every word that a code of the record needs; sentences of one page stand in its template."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    nav: dict[str, str]
    role: dict[str, str]
    role_intro: dict[str, str]
    office_kind: dict[str, str]
    channel: dict[str, str]
    identifier: dict[str, str]
    import_kind: dict[str, str]
    import_status: dict[str, str]
    row_outcome: dict[str, str]
    state: dict[str, str]
    proposal_kind: dict[str, str]
    proposal_status: dict[str, str]
    payload: dict[str, str]
    owner_kind: dict[str, str]
    scenario: dict[str, str]
    level: dict[str, str]
    mark: dict[str, str]
    appeal_status: dict[str, str]
    report_status: dict[str, str]
    notice: dict[str, str]
    action: dict[str, str]
    refusal: dict[str, str]
    said: dict[str, str]


@cache
def words() -> ConsoleWords:
    """The words, read once."""
    source = resources.files("api").joinpath("texts/console_vi.toml").read_text(encoding="utf-8")
    return ConsoleWords.model_validate(tomllib.loads(source))


def refusal(fact: Exception) -> str:
    """Why the record refused, for the person who tried. `PasswordRefused` says which rule by its code."""
    known = words().refusal
    for kind in type(fact).__mro__:
        specific = known.get(f"{kind.__name__}.{fact}")
        if specific or kind.__name__ in known:
            return specific or known[kind.__name__]
    return known["other"]


def label(group: str, code: object) -> str:
    """The word for a code; the code itself where there is none yet."""
    found: dict[str, str] = getattr(words(), group)
    return found.get(str(code), str(code))


def facts(written: str) -> str:
    """The facts of an audit entry, in words where there are some."""
    read: dict[str, str] = json.loads(written)
    return " · ".join(f"{_FACTS.get(name, name)}: {_fact(name, value)}" for name, value in read.items())


def _fact(name: str, value: str) -> str:
    for group in _FACT_GROUPS.get(name, ()):
        if label(group, value) != value:
            return label(group, value)
    return value


def day(moment: datetime | date | None) -> str:
    """24/11/2026, as it is in Vietnam."""
    if moment is None:
        return "–"
    if isinstance(moment, datetime):
        moment = moment.astimezone(VIETNAM)
    return f"{moment:%d/%m/%Y}"


def moment(at: datetime | None) -> str:
    """16:30, 24/11/2026, as it is in Vietnam."""
    return "–" if at is None else f"{at.astimezone(VIETNAM):%H:%M, %d/%m/%Y}"


def machine_moment(at: datetime) -> str:
    """For the attribute of `<time>`."""
    return at.astimezone(UTC).isoformat(timespec="seconds")


def age(at: datetime, now: datetime) -> str:
    """How long ago."""
    seconds = max(int((now - at).total_seconds()), 0)
    if seconds < _MINUTE:
        return "vừa xong"
    return f"{_amount(seconds)} trước"


def remaining(at: datetime, now: datetime) -> str:
    """How long until then."""
    seconds = int((at - now).total_seconds())
    return "đã hết hạn" if seconds <= 0 else f"còn {_amount(seconds)}"


def _amount(seconds: int) -> str:
    if seconds < _HOUR:
        return f"{max(seconds // _MINUTE, 1)} phút"
    if seconds < 2 * _DAY:
        return f"{seconds // _HOUR} giờ"
    return f"{seconds // _DAY} ngày"


def identifier(key: str, kind: IdentifierKind | str) -> str:
    """As an officer needs it: whole, and never so that it can be dialled or opened by mistake."""
    kind = IdentifierKind(kind)
    if kind is IdentifierKind.NUMBER:
        seen = parse_number(key.removeprefix("short:"))
        return key if seen is None else printed(seen.number)
    if kind is IdentifierKind.BANK_ACCOUNT:
        bin_, _, number = key.partition(":")
        bank = bank_by_bin(bin_)
        return f"{number} ({bank.name if bank else 'chưa rõ ngân hàng'})"
    return key.replace(".", "[.]")


def masked(key: str, kind: IdentifierKind | str) -> str:
    """As everybody else may see it."""
    kind = IdentifierKind(kind)
    if kind is IdentifierKind.NUMBER:
        seen = parse_number(key.removeprefix("short:"))
        return key if seen is None else masked_number(seen.number)
    if kind is IdentifierKind.BANK_ACCOUNT:
        number = key.partition(":")[2]
        return f"••• {number[-4:]}"
    return key.replace(".", "[.]")
