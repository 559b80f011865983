"""Ties the dialogues to their surroundings: what `Delivery` calls for each event."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.context import Context, Knowledge
from bot.conversation.respond import respond
from bot.limits import Limits
from bot.messages import Incoming, Reply
from bot.settings import Settings
from bot.texts import load
from db.keys import Keys
from db.models import Conversation


@dataclass(frozen=True, slots=True)
class Answering:
    """Answers events with these records, settings, keys and limits."""

    knowledge: Knowledge
    settings: Settings
    keys: Keys
    limits: Limits

    async def __call__(
        self, incoming: Incoming, session: AsyncSession, conversation: Conversation, now: datetime
    ) -> tuple[Reply, ...]:
        """Answer one event inside the given transaction."""
        return await respond(
            incoming,
            Context(
                session=session,
                conversation=conversation,
                knowledge=self.knowledge,
                texts=load(incoming.language),
                now=now,
                settings=self.settings,
                keys=self.keys,
                limits=self.limits,
            ),
        )
