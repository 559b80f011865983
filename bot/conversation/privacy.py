"""Quyền riêng tư: what is kept, seeing all of it (/dulieu), and deleting it at once (/xoa)."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.conversation.context import Context, Turn, say
from bot.conversation.link_channels import channels_of
from bot.conversation.memory import Memory
from bot.messages import Choice, Incoming, Reply
from bot.replies import school_label, shortened
from db import chat_staff, erasures, linking, personal_data
from db.models import Conversation
from db.personal_data import StoredData

_LISTED = 10
"""At most this many codes or names are written out; the rest is counted."""


async def rights(_argument: str, _incoming: Incoming, context: Context) -> Turn:
    """What is kept and which rights there are."""
    texts = context.texts
    reply = Reply(
        headline=texts.get("privacy.headline"),
        steps=texts.lines("privacy.steps"),
        advice=(
            *texts.lines("privacy.rights"),
            texts.get("who.operator", operator=context.settings.operator),
        ),
        choices=(Choice("data", texts.get("choice.data")), Choice("erase", texts.get("choice.erase"))),
    )
    return say(reply, context.memory.without_question())


async def data(_argument: str, _incoming: Incoming, context: Context) -> Turn:
    """Everything held about this conversation, in words."""
    texts = context.texts
    held = await personal_data.stored_data(context.session, context.conversation, context.now)
    reply = Reply(
        headline=texts.get("privacy.data_headline"),
        steps=tuple(_held(held, context)),
        choices=(Choice("erase", texts.get("choice.erase")),),
    )
    return say(reply, context.memory.without_question())


def _held(held: StoredData, context: Context) -> Iterator[str]:
    texts = context.texts
    yield texts.get("privacy.data_conversation")
    yield from _held_links(held, context)
    if held.dialogue:
        yield texts.get("privacy.data_dialogue")
    if held.follows:
        yield texts.get(
            "privacy.data_follows", schools=_some(school_label(one, texts) for one in held.follows)
        )
    if held.checks:
        yield texts.get("privacy.data_checks", count=str(len(held.checks)))
    if held.reports:
        yield texts.get("privacy.data_reports", codes=_some(one.case_code for one in held.reports))
    if held.consents:
        names = dict.fromkeys(
            f"{texts.get('privacy.consent_report')} ({one.version})" for one in held.consents
        )
        yield texts.get("privacy.data_consents", consents=_some(iter(names)))
    if held.disputes:
        yield texts.get("privacy.data_disputes", count=str(held.disputes))
    if held.corrections_wanted:
        yield texts.get("privacy.data_notices", count=str(held.corrections_wanted))


def _held_links(held: StoredData, context: Context) -> Iterator[str]:
    texts = context.texts
    if held.linked:
        yield texts.get("privacy.data_linked", channels=channels_of(held.linked, context))
    if held.linking:
        yield texts.get("privacy.data_linking")
    if held.works_here:
        yield texts.get("privacy.data_desk")


def _some(names: Iterator[str]) -> str:
    listed = [shortened(name) for name in names]
    rest = len(listed) - _LISTED
    return ", ".join(listed[:_LISTED]) + (f" (+{rest})" if rest > 0 else "")


async def erase_asked(_argument: str, _incoming: Incoming, context: Context) -> Turn:
    """Deleting asks once, since nothing of it comes back; and where, when there are several channels."""
    texts = context.texts
    others = await linking.others_of(context.session, context.conversation)
    everywhere = channels_of((context.conversation, *others), context)
    reply = Reply(
        headline=texts.get("privacy.erase_ask"),
        steps=texts.lines("privacy.erase_steps"),
        advice=(texts.get("privacy.erase_linked", channels=everywhere),) if others else (),
        choices=(
            Choice("erase_yes", texts.get("choice.erase_yes")),
            *((Choice("erase_here", texts.get("choice.erase_here")),) if others else ()),
            Choice("cancel", texts.get("choice.cancel")),
        ),
    )
    return say(reply, replace(context.memory, expects=None))


async def erase(_argument: str, _incoming: Incoming, context: Context) -> Turn:
    """The yes. The answer still arrives: it carries its own copy of the address."""
    others = await linking.others_of(context.session, context.conversation)
    return await _erased((context.conversation, *others), context, also="erased_linked" if others else "")


async def erase_here(_argument: str, _incoming: Incoming, context: Context) -> Turn:
    """The yes for this channel alone; what the person follows stays with their others."""
    others = await linking.others_of(context.session, context.conversation)
    return await _erased((context.conversation,), context, also="erased_here" if others else "")


async def _erased(conversations: Sequence[Conversation], context: Context, *, also: str) -> Turn:
    texts = context.texts
    where = channels_of(conversations, context)
    for conversation in conversations:
        erasures.note(context.settings.erasures_file, context.keys, conversation, context.now)
        await chat_staff.unlink(context.session, conversation, now=context.now)
        await personal_data.erase(context.session, conversation)
    more = (texts.get(f"privacy.{also}", channels=where),) if also else ()
    reply = Reply(texts.get("privacy.erased"), steps=(*more, *texts.lines("privacy.erased_steps")))
    return Turn((reply,), Memory(), forget=True)
