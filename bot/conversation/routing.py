"""Whom to call when nothing is being judged: the same rules as in an answer to a check."""

from bot.conversation.context import Context
from scamcheck.check import check
from scamcheck.observables import Observables
from scamcheck.routing import Routing

_NO_WORDS = "hỏi số"


async def routing_of(
    context: Context, *, school_id: str | None = None, earlier: Observables | None = None
) -> Routing:
    """Contacts for this person: of the given school, else of the one chosen, checked or followed."""
    last = context.memory.last
    asker = await context.asker(
        chosen_school=school_id or (last.school_id if last else None), earlier=earlier
    )
    verdict = await check(_NO_WORDS, context.knowledge, asker=asker, now=context.now)
    return verdict.routing
