"""A reply as a Zalo Official Account shows it: text, and up to five buttons under it."""

from collections.abc import Iterator
from itertools import takewhile

from bot.channels.zalo_bot import zalo_text
from bot.messages import Call, Choice, Reply
from bot.texts import load

BUTTONS = 5
TITLE_LIMIT = 100
PAYLOAD_LIMIT = 1000
_SHORTEST_HOTLINE = len("0261354")


def for_official_account(reply: Reply) -> dict[str, object]:
    """The message to send: everything is in the text, except choices that are buttons.

    First among the buttons is the hotline to call; then choices, while there is room. The others keep their
    numbers in the text, since a digit is counted over all of them.
    """
    buttons = list(_hotline(reply.calls))
    tappable = list(takewhile(_fits, reply.choices[: BUTTONS - len(buttons)]))
    buttons += [
        {"title": choice.label, "type": "oa.query.hide", "payload": f"#{choice.token}"} for choice in tappable
    ]
    message: dict[str, object] = {"text": zalo_text(reply, skip_choices=len(tappable))}
    if buttons:
        message["attachment"] = {"type": "template", "payload": {"buttons": buttons}}
    return message


def _fits(choice: Choice) -> bool:
    return 0 < len(choice.label) <= TITLE_LIMIT and 0 < len(choice.token) < PAYLOAD_LIMIT


def _hotline(calls: tuple[Call, ...]) -> Iterator[dict[str, object]]:
    """The first contact, when it is a hotline: 113 stands in the text and needs no button."""
    if calls and len(calls[0].dial) >= _SHORTEST_HOTLINE:
        title = load("vi").get("form.call_button", name=calls[0].name)
        if len(title) > TITLE_LIMIT:
            title = title[: TITLE_LIMIT - 1].rstrip() + "…"
        yield {"title": title, "type": "oa.open.phone", "payload": {"phone_code": calls[0].dial}}
