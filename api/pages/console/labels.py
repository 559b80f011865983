"""Words of the console for states, times, identifiers, refusals; all in `api/texts/console_vi.toml`."""

import json
import re
import tomllib
from datetime import UTC, date, datetime
from functools import cache
from importlib import resources
from typing import Final

from markupsafe import Markup, escape
from pydantic import BaseModel, ConfigDict

from scamcheck.bank_account import bank_by_bin
from scamcheck.duty_hours import VIETNAM
from scamcheck.knowledge import IdentifierKind
from scamcheck.phone import masked as masked_number
from scamcheck.phone import parse_number, printed

_FACTS: Final = {
    "kind": "loại",
    "name": "tên",
    "version": "mã phiên bản",
    "because": "vì",
    "result": "thành",
    "rows": "số hàng",
    "bytes": "cỡ tệp",
    "digest": "mã nhận dạng tệp",
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
_KEPT_WHOLE: Final = re.compile(r"\b\d{3,5}(?: [\d•]{2,4}){1,4}\b|\b[A-Z]{2}(?:-[0-9A-Z]{2,4}){2,3}\b")
"""A number in groups, or the code of a case."""
_MINUTE: Final = 60
_HOUR: Final = 60 * _MINUTE
_DAY: Final = 24 * _HOUR
_SHOWN_IN_HOURS: Final = 3 * _DAY
"""What waits for a second person has three days, and is counted in hours like them."""


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
    subject: dict[str, str]
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
    if name == "result":
        return subject(value)
    for group in _FACT_GROUPS.get(name, ()):
        if label(group, value) != value:
            return label(group, value)
    return value


def subject(written: str) -> str:
    """What an audit entry is about: the kind in words, an identifier as an officer reads it."""
    kind, _, rest = written.partition(":")
    if kind in set(IdentifierKind) and rest:
        return f"{label('identifier', kind)} {identifier(rest, kind)}"
    known = words().subject.get(kind)
    if kind == "export":
        rest = label("nav", rest).lower()
    return f"{known} {rest}".rstrip() if known else written


def unbroken(text: str) -> Markup:
    """The text, its numbers and case codes each on one line."""
    return Markup(_KEPT_WHOLE.sub(r'<span class="whole">\g<0></span>', str(escape(text))))  # noqa: S704 - escaped


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
    if seconds <= _SHOWN_IN_HOURS:
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
