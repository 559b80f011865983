"""A reply as Telegram will show it: plain text, bold first line, buttons below, the hotline as a card."""

from dataclasses import dataclass, replace

import structlog

from bot.messages import Call, Choice, Reply
from bot.text_form import as_text

TEXT_LIMIT = 2000
"""Telegram takes 4,096; an answer is short on every channel."""
TOKEN_LIMIT = 64
"""Bytes of `callback_data`; a Vietnamese letter may take three."""
SHORT_LABEL = 16
"""Characters of a label that leave room for a second button beside it on a small phone."""
CARD_NAME_LIMIT = 64

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Button:
    """One button: it sends `token` back, or opens `url`, a page of our own."""

    label: str
    token: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """An approved contact that the person can save and call with one tap."""

    phone: str
    name: str
    note: str


@dataclass(frozen=True, slots=True)
class TelegramReply:
    """What to send: one message, and a card after it when there is a hotline to call."""

    text: str
    bold: int
    """UTF-16 units at the start to print in bold; Telegram counts in those."""
    rows: tuple[tuple[Button, ...], ...]
    card: Card | None


def for_telegram(reply: Reply) -> TelegramReply:
    """Lay a reply out for Telegram. Nothing is markup, so no text can pretend to be ours or become a link."""
    buttons = tuple(link for link in reply.links if link.url.startswith(("https://", "http://")))
    words = replace(reply, choices=(), links=tuple(link for link in reply.links if link not in buttons))
    text = as_text(words, numbered=False, limit=TEXT_LIMIT)
    bold = reply.headline if text.startswith(reply.headline) else ""
    return TelegramReply(
        text=text,
        bold=len(bold.encode("utf-16-le")) // 2,
        rows=(*_rows(reply.choices), *((Button(link.label, url=link.url),) for link in buttons)),
        card=_card(reply.calls),
    )


def _rows(choices: tuple[Choice, ...]) -> tuple[tuple[Button, ...], ...]:
    """Two short labels share a row; a long one stands alone, or a phone would cut it."""
    rows: list[tuple[Button, ...]] = []
    for choice in choices:
        if not 0 < len(choice.token.encode()) <= TOKEN_LIMIT:
            # The answer matters more than one of its buttons: Telegram would refuse the whole message.
            log.error("telegram.choice_left_out", token_bytes=len(choice.token.encode()))
            continue
        button = Button(choice.label, token=choice.token)
        shares = rows and len(rows[-1]) == 1 and len(rows[-1][0].label) <= SHORT_LABEL
        if shares and len(choice.label) <= SHORT_LABEL:
            rows[-1] = (*rows[-1], button)
        else:
            rows.append((button,))
    return tuple(rows)


def _card(calls: tuple[Call, ...]) -> Card | None:
    """The first contact, when it is a hotline: a card for 113 would only push the answer off the screen."""
    if not calls or len(calls[0].dial) < len("0261354"):
        return None
    hotline = calls[0]
    return Card(hotline.dial, hotline.name[:CARD_NAME_LIMIT], hotline.note[:CARD_NAME_LIMIT])
