"""The peer is strict: each of these calls would be refused or misread by the real Bot API."""

from typing import Any

import pytest

from tests.channels import specification
from tests.channels.specification import SPECIFICATION, LibrarySignatures, Specification, SpecificationFile

SOURCES: list[Any] = [pytest.param(LibrarySignatures, id="library")]
if SPECIFICATION.exists():
    SOURCES.append(pytest.param(lambda: SpecificationFile(SPECIFICATION), id="file"))


@pytest.fixture(params=SOURCES, scope="module")
def strict(request: pytest.FixtureRequest) -> Specification:
    return request.param()


def keyboard(**button: Any) -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": "Báo cáo", **button}]]}


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("sendMessage", {"chat_id": 1, "text": "a", "reply_markup": keyboard(callback_data="a" * 64)}),
        (
            "sendMessage",
            {"chat_id": 1, "text": "a" * 4096, "entities": [{"type": "bold", "offset": 0, "length": 4096}]},
        ),
        ("sendContact", {"chat_id": 1, "phone_number": "113", "first_name": "Công an"}),
        ("getUpdates", {"offset": 0, "timeout": 25, "allowed_updates": ["message"]}),
        ("setMyCommands", {"commands": [{"command": "xoa", "description": "Xóa"}], "language_code": "en"}),
        ("answerCallbackQuery", {"callback_query_id": "1"}),
    ],
)
def test_a_proper_call_raises_no_complaint(
    strict: Specification, method: str, params: dict[str, Any]
) -> None:
    assert strict.complaints(method, params) == []


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("sendMessage", {"chat_id": 1}),
        ("sendMessage", {"chat_id": 1, "text": ""}),
        ("sendMessage", {"chat_id": 1, "text": "a" * 4097}),
        ("sendMessage", {"chat_id": 1, "text": "😀" * 2049}),
        ("sendMessage", {"chat_id": 1, "text": "a", "parse_mode": "HTML"}),
        ("sendMessage", {"chat_id": 1, "text": "a", "colour": "red"}),
        ("sendMessage", {"chat_id": 1, "text": "a", "reply_markup": keyboard(callback_data="ê" * 33)}),
        ("sendMessage", {"chat_id": 1, "text": "a", "reply_markup": keyboard(callback_data="")}),
        (
            "sendMessage",
            {"chat_id": 1, "text": "a", "reply_markup": keyboard(callback_data="a", url="https://a.example")},
        ),
        ("sendMessage", {"chat_id": 1, "text": "a", "reply_markup": keyboard()}),
        (
            "sendMessage",
            {"chat_id": 1, "text": "a", "entities": [{"type": "bold", "offset": 0, "length": 2}]},
        ),
        (
            "sendMessage",
            {"chat_id": 1, "text": "a", "entities": [{"kind": "bold", "offset": 0, "length": 1}]},
        ),
        ("sendMessage", {"chat_id": 1, "text": "a", "link_preview_options": {"disabled": True}}),
        ("sendContact", {"chat_id": 1, "phone_number": "113"}),
        ("answerCallbackQuery", {}),
    ],
)
def test_an_improper_call_does(strict: Specification, method: str, params: dict[str, Any]) -> None:
    assert strict.complaints(method, params) != []


@pytest.mark.parametrize(
    ("method", "field", "value", "read"),
    [
        ("sendMessage", "text", "123", "123"),
        ("sendMessage", "text", "[1]", "[1]"),
        ("sendMessage", "chat_id", "-100500", -100500),
        ("sendMessage", "entities", '[{"type": "bold"}]', [{"type": "bold"}]),
        ("sendContact", "phone_number", "113", "113"),
        ("deleteWebhook", "drop_pending_updates", "false", False),
    ],
)
def test_form_fields_are_read_as_what_they_are(
    strict: Specification, method: str, field: str, value: str, read: Any
) -> None:
    assert strict.read(method, field, value) == read


def test_a_method_that_does_not_exist_is_not_known(strict: Specification) -> None:
    assert strict.knows("sendMessage")
    assert not strict.knows("sendMesage")


def test_the_file_is_used_where_it_lies() -> None:
    assert isinstance(specification.load(), SpecificationFile) == SPECIFICATION.exists()
