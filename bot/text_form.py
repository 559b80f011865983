"""A reply as plain text, for channels that have nothing else, and for reading aloud, printing and tests.

The first line can stand alone; numbers are only printed for approved contacts; nothing of the reply is lost.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from bot.messages import Reply
from bot.texts import Texts, load

TEXT_LIMIT: Final = 2000
"""The longest message that Zalo takes."""


def as_text(
    reply: Reply,
    *,
    numbered: bool,
    limit: int = TEXT_LIMIT,
    texts: Texts | None = None,
    skip_choices: int = 0,
) -> str:
    """The reply in at most `limit` characters; with `numbered`, choices are a list to answer by digit.

    Without `numbered` the channel shows choices and links itself, as buttons. A channel that has few buttons
    shows the first `skip_choices` as such; the others are listed, under the numbers that they have anyway.

    Replies are written to fit. Should one be longer all the same (names of records are not ours), its quiet
    parts go first: notes but the last, reasons, advice; never the headline, the steps or the contacts.
    """
    words = texts or load("vi")
    text = ""
    for shorter in _ever_shorter(reply):
        text = "\n\n".join(_parts(shorter, words, numbered=numbered, skip_choices=skip_choices))
        if len(text) <= limit:
            return text
    return text[: limit - 1].rstrip() + "…"


def _ever_shorter(reply: Reply) -> Iterator[Reply]:
    yield reply
    reply = replace(reply, notes=reply.notes[-1:])
    yield reply
    reply = replace(reply, reasons=reply.reasons[:1])
    yield reply
    yield replace(reply, advice=reply.advice[:1])
    yield replace(reply, advice=(), reasons=())


def _parts(reply: Reply, texts: Texts, *, numbered: bool, skip_choices: int) -> Iterator[str]:
    yield reply.headline
    if reply.steps:
        yield "\n".join(f"• {step}" for step in reply.steps)
    if reply.calls:
        yield "\n".join(
            texts.get(
                "form.call_noted" if call.note else "form.call",
                name=call.name,
                printed=call.printed,
                **({"note": call.note} if call.note else {}),
            )
            for call in reply.calls
        )
    if reply.advice:
        yield "\n".join(reply.advice)
    if reply.reasons:
        yield "\n".join((texts.get("form.why"), *(f"– {reason}" for reason in reply.reasons)))
    choices = [
        texts.get("form.numbered_choice", number=str(number), label=choice.label)
        for number, choice in enumerate(reply.choices if numbered else (), start=1)
        if number > skip_choices
    ]
    if reply.question or choices:
        answer_by = [texts.get("form.numbered")] if choices else []
        yield "\n".join([*([reply.question] if reply.question else []), *choices, *answer_by])
    if reply.links and numbered:
        yield "\n".join(texts.get("form.link", label=link.label, url=link.url) for link in reply.links)
    if reply.notes:
        yield "\n".join(reply.notes)
