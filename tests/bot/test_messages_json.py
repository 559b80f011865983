"""Messages survive the inbox and the outbox, and what is not ours is refused without repeating it."""

import json
from dataclasses import fields

import pytest

from bot.messages import Call, Channel, Choice, ConversationId, Incoming, Link, Reply
from bot.messages_json import (
    PayloadUnreadable,
    incoming_from_json,
    incoming_to_json,
    reply_from_json,
    reply_to_json,
)
from scamcheck.reasons import Level
from tests.builders import NOW

INCOMING = Incoming(
    conversation=ConversationId(Channel.TELEGRAM, "bot", "42"),
    event_id="7",
    received_at=NOW,
    text="có người gọi \x00 \U0001f600 tiếng Việt",
    action="said:money",
    shared_numbers=("0912 000 000",),
    links=("https://vi-du.example",),
    forwarded=True,
    start="s_1",
    edited=True,
    unreadable=True,
    withheld=True,
    is_group=True,
    language="en",
)
REPLY = Reply(
    headline="Đầu",
    level=Level.SUSPICIOUS,
    early_stage=True,
    steps=("Bước",),
    calls=(Call("Trường", "0261", "+84261", "giờ"),),
    advice=("Lời",),
    reasons=("Vì",),
    question="Hỏi?",
    choices=(Choice("menu", "Xem"),),
    links=(Link("https://vi-du.example", "Xem"),),
    notes=("Ghi",),
    is_last=True,
)


def test_the_examples_set_every_field() -> None:
    for example, default in ((INCOMING, Incoming(INCOMING.conversation, "", NOW)), (REPLY, Reply(""))):
        for field in fields(example):
            if field.name not in ("conversation", "received_at"):
                assert getattr(example, field.name) != getattr(default, field.name), field.name


def test_what_goes_in_comes_out() -> None:
    assert incoming_from_json(incoming_to_json(INCOMING)) == INCOMING
    assert reply_from_json(reply_to_json(REPLY)) == REPLY


@pytest.mark.parametrize("payload", ["", "{", "[]", "{}", '{"version": 1}', '{"version": 2, "content": {}}'])
def test_what_is_not_ours_is_refused(payload: str) -> None:
    with pytest.raises(PayloadUnreadable):
        incoming_from_json(payload)
    with pytest.raises(PayloadUnreadable):
        reply_from_json(payload)


def test_another_version_is_refused_without_repeating_what_it_says() -> None:
    payload = json.dumps({**json.loads(incoming_to_json(INCOMING)), "version": 99})
    with pytest.raises(PayloadUnreadable) as refused:
        incoming_from_json(payload)
    assert str(refused.value) == ""
    assert refused.value.__suppress_context__
