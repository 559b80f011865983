"""I already sent money: the bank first, then the police, what to keep, the SMS to 156, no second scam."""

from collections.abc import Iterator
from dataclasses import replace

from bot.conversation.context import Context, Turn
from bot.conversation.routing import routing_of
from bot.identifiers import national_form
from bot.messages import Call, Choice, Incoming, Reply
from bot.replies import call_113, calls, commune_name
from scamcheck.observables import Observables
from scamcheck.phone import PhoneKind
from scamcheck.red_flags import Scenario
from scamcheck.routing import Role, Routing, ShownContact

_NEEDED = (Role.BANK, Role.COMMUNE_POLICE, Role.POLICE_113)
_SMS_CONTENT = {
    Scenario.CHILD_EMERGENCY: "sent_money.content_child_emergency",
    Scenario.KIDNAP_ONLINE: "sent_money.content_kidnap_online",
}
_CANNOT_BE_REPORTED = (PhoneKind.SHORT, PhoneKind.SATELLITE)


async def tapped(_argument: str, _incoming: Incoming, context: Context) -> Turn:
    """The tap or the words "tôi đã chuyển tiền"."""
    last = context.memory.last
    routing = await routing_of(context, earlier=last.observables if last else None)
    reply = await urgent_reply(context, last.observables if last else None, routing)
    choices = [Choice(f"report:{last.id}", context.texts.get("choice.report"))] if last else []
    reply = replace(reply, choices=(*choices, Choice("on_phone", context.texts.get("choice.on_phone"))))
    return Turn((reply,), replace(context.memory, menu=reply.choices, expects=None))


async def urgent_reply(context: Context, seen: Observables | None, routing: Routing) -> Reply:
    """What to do when money is gone, in the order in which minutes count."""
    texts = context.texts
    shown = [contact for role in _NEEDED for contact in routing.contacts if contact.role is role]
    return context.standing(
        Reply(
            headline=texts.get("sent_money.headline"),
            steps=texts.lines("sent_money.steps"),
            calls=tuple(_calls(shown, context)),
            advice=(
                *_police_in_words(routing, context),
                sms(seen, context),
                texts.get("sent_money.recovery"),
            ),
        )
    )


def _calls(shown: list[ShownContact], context: Context) -> Iterator[Call]:
    yield from calls(shown, texts=context.texts, now=context.now)
    if not any(contact.role is Role.POLICE_113 for contact in shown):
        yield call_113(context.texts)


def _police_in_words(routing: Routing, context: Context) -> Iterator[str]:
    if routing.commune and not routing.commune_has_police:
        yield context.texts.get("contact.no_police", commune=commune_name(routing.commune.name))


def sms(seen: Observables | None, context: Context) -> str:
    """The text message to 156, ready to copy. It must hold the number whole: the one place where it is."""
    texts = context.texts
    number = next(
        (one.number for one in (seen.numbers if seen else ()) if one.number.kind not in _CANNOT_BE_REPORTED),
        None,
    )
    if number is None:
        return texts.get("sent_money.sms_no_number")
    scenario = seen.assessment.scenario if seen and seen.assessment.suspicious else None
    content = texts.get(
        _SMS_CONTENT.get(scenario, "sent_money.content_other") if scenario else "sent_money.content_other"
    )
    return texts.get(
        "sent_money.sms",
        sms=texts.get("sent_money.sms_content", number=national_form(number), content=content),
    )
