"""What a call to the Bot API may look like.

Checked against the machine-readable specification where that lies beside the project, else against the
signatures and types of python-telegram-bot. Both also keep the few limits that the descriptions state in words.
"""

import inspect
import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

import telegram

SPECIFICATION = Path(__file__).parents[2].parent / "shared" / "data" / "telegram-bot-api.json"

LENGTHS: Mapping[tuple[str, str], tuple[int, int]] = {
    ("sendMessage", "text"): (1, 4096),
    ("editMessageText", "text"): (1, 4096),
    ("setWebhook", "secret_token"): (1, 256),
}
REQUIRED: Mapping[str, frozenset[str]] = {
    "sendContact": frozenset({"phone_number", "first_name"}),
    "editMessageText": frozenset({"text"}),
}
_STATED_LENGTH = re.compile(r"(\d+)-(\d+) (?:characters|bytes)")
_FORBIDDEN = ("parse_mode",)
"""Never sent by us: with entities, no text can turn into markup."""


class Specification(Protocol):
    """Knows the methods, reads a form field as its type, and complains about a call."""

    def knows(self, method: str) -> bool: ...

    def read(self, method: str, field: str, value: str) -> Any: ...

    def complaints(self, method: str, params: Mapping[str, Any]) -> list[str]: ...


def load() -> Specification:
    return SpecificationFile(SPECIFICATION) if SPECIFICATION.exists() else LibrarySignatures()


def house_rules(method: str, params: Mapping[str, Any]) -> list[str]:
    """Our own promises about what is sent, whichever specification is at hand."""
    found = [f"{method}: {name} is never used" for name in _FORBIDDEN if name in params]
    for (owner, field), (least, most) in LENGTHS.items():
        if owner == method and field in params and not least <= _units(params[field]) <= most:
            found.append(f"{method}.{field}: {_units(params[field])} units")
    for button in _buttons(params):
        data = button.get("callback_data")
        if data is not None and not 1 <= len(data.encode()) <= 64:
            found.append(f"{method}: callback_data of {len(data.encode())} bytes")
        if len({"callback_data", "url", "copy_text"} & button.keys()) != 1:
            found.append(f"{method}: a button does exactly one thing")
    ends = [entity["offset"] + entity["length"] for entity in params.get("entities", ())]
    if max(ends, default=0) > _units(params.get("text", "")):
        found.append(f"{method}: an entity beyond the text")
    return found


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _buttons(params: Mapping[str, Any]) -> list[dict[str, Any]]:
    markup = params.get("reply_markup") or {}
    return [button for row in markup.get("inline_keyboard", ()) for button in row]


class SpecificationFile:
    """The machine-readable Bot API."""

    def __init__(self, path: Path) -> None:
        content = json.loads(path.read_text(encoding="utf-8"))
        self._methods: dict[str, Any] = content["methods"]
        self._types: dict[str, Any] = content["types"]

    def knows(self, method: str) -> bool:
        return method in self._methods

    def read(self, method: str, field: str, value: str) -> Any:
        types = next(
            (f["types"] for f in self._methods[method].get("fields", ()) if f["name"] == field), ["String"]
        )
        if types == ["String"]:
            return value
        try:
            parsed = json.loads(value)
        except ValueError:
            return value
        if "String" in types and "Integer" not in types and not isinstance(parsed, (dict, list)):
            return value
        return parsed

    def complaints(self, method: str, params: Mapping[str, Any]) -> list[str]:
        fields = {field["name"]: field for field in self._methods[method].get("fields", ())}
        return self._object(fields, params, method) + house_rules(method, params)

    def _object(self, fields: Mapping[str, Any], given: Mapping[str, Any], where: str) -> list[str]:
        found = [f"{where}.{name}: not in the specification" for name in given if name not in fields]
        for name, field in fields.items():
            if name in given:
                found += min(
                    (self._value(kind, given[name], f"{where}.{name}") for kind in field["types"]), key=len
                )
                found += self._length(field, given[name], f"{where}.{name}")
            elif field["required"]:
                found.append(f"{where}.{name}: required")
        return found

    def _value(self, kind: str, value: Any, where: str) -> list[str]:  # noqa: PLR0911 - one per kind of type
        if kind.startswith("Array of "):
            if not isinstance(value, list):
                return [f"{where}: no list"]
            return [
                each for item in value for each in self._value(kind.removeprefix("Array of "), item, where)
            ]
        plain: dict[str, Callable[[Any], bool]] = {
            "Integer": lambda v: isinstance(v, int) and not isinstance(v, bool),
            "Float": lambda v: isinstance(v, (int, float)) and not isinstance(v, bool),
            "Boolean": lambda v: isinstance(v, bool),
            "True": lambda v: v is True,
            "String": lambda v: isinstance(v, str),
        }
        if kind in plain:
            return [] if plain[kind](value) else [f"{where}: {value!r} is no {kind}"]
        described = self._types.get(kind)
        if described is None:
            return []
        if described.get("subtypes"):
            return min((self._value(each, value, where) for each in described["subtypes"]), key=len)
        if not isinstance(value, dict):
            return [f"{where}: no {kind}"]
        return self._object({field["name"]: field for field in described.get("fields", ())}, value, where)

    @staticmethod
    def _length(field: Mapping[str, Any], value: Any, where: str) -> list[str]:
        stated = _STATED_LENGTH.search(field["description"])
        if stated is None or not isinstance(value, str):
            return []
        length = len(value.encode()) if "bytes" in stated[0] else _units(value)
        return [] if int(stated[1]) <= length <= int(stated[2]) else [f"{where}: {length} not in {stated[0]}"]


class LibrarySignatures:
    """The parameter names and types that python-telegram-bot gives its methods."""

    _OBJECTS: Mapping[str, Callable[[Any], object]] = {
        "reply_markup": lambda value: telegram.InlineKeyboardMarkup.de_json(value, None),
        "entities": lambda value: [telegram.MessageEntity.de_json(each, None) for each in value],
        "link_preview_options": lambda value: telegram.LinkPreviewOptions.de_json(value, None),
        "commands": lambda value: [telegram.BotCommand.de_json(each, None) for each in value],
    }

    def knows(self, method: str) -> bool:
        return hasattr(telegram.Bot, method)

    def _parameters(self, method: str) -> dict[str, inspect.Parameter]:
        # What the library adds of its own stands behind the star.
        signature = inspect.signature(getattr(telegram.Bot, snake(method)))
        return {
            name: parameter
            for name, parameter in signature.parameters.items()
            if name != "self" and parameter.kind is not inspect.Parameter.KEYWORD_ONLY
        }

    def read(self, method: str, field: str, value: str) -> Any:
        parameter = self._parameters(method).get(field)
        annotation = str(parameter.annotation) if parameter is not None else "str"
        is_text = "str" in annotation and "Sequence" not in annotation and "int" not in annotation
        if is_text and field not in self._OBJECTS:
            return value
        try:
            return json.loads(value)
        except ValueError:
            return value

    def complaints(self, method: str, params: Mapping[str, Any]) -> list[str]:
        known = self._parameters(method)
        found = [f"{method}.{name}: not in the signature" for name in params if name not in known]
        required = {name for name, parameter in known.items() if parameter.default is inspect.Parameter.empty}
        found += [
            f"{method}.{name}: required"
            for name in required | REQUIRED.get(method, frozenset())
            if name not in params
        ]
        for name, build in self._OBJECTS.items():
            if name in params:
                try:
                    built = build(params[name])
                except (TypeError, KeyError, AttributeError) as error:
                    found.append(f"{method}.{name}: {error}")
                else:
                    found += _unknown_fields(f"{method}.{name}", built)
        return found + house_rules(method, params)


def _unknown_fields(where: str, built: object) -> list[str]:
    """Fields that the library's types do not have end up in `api_kwargs`."""
    objects = built if isinstance(built, list) else [built]
    return [f"{where}: {sorted(each.api_kwargs)} not in the type" for each in objects if each.api_kwargs]


def snake(method: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", method).lower()
