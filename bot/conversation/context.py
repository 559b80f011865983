"""What a dialogue has at hand, and what it gives back."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.memory import Memory
from bot.limits import Limits
from bot.messages import Channel, Reply
from bot.replies import standing_notes
from bot.settings import Settings
from bot.texts import Texts
from db import people
from db.keys import Keys
from db.models import Conversation
from scamcheck.knowledge import Asker, Candidates, School, SchoolCandidate
from scamcheck.observables import Observables


class Knowledge(Protocol):
    """The records as a conversation reads them."""

    async def gather(self, observables: Observables, asker: Asker, now: datetime) -> Candidates:
        """See `scamcheck.KnowledgeBase.gather`."""
        ...

    async def search_schools(self, query: str) -> Sequence[SchoolCandidate]:
        """Schools that a typed name may mean, the likeliest first."""
        ...

    async def school(self, school_id: str) -> School | None:
        """The active school with this id; ids in buttons are input."""
        ...


@dataclass(frozen=True, slots=True)
class Context:
    """One turn of one conversation, inside the transaction that will commit its effects and answers."""

    session: AsyncSession
    conversation: Conversation
    knowledge: Knowledge
    texts: Texts
    now: datetime
    settings: Settings
    keys: Keys
    limits: Limits
    memory: Memory = field(default_factory=Memory)

    @property
    def channel(self) -> Channel:
        """Where this takes place."""
        return Channel(self.conversation.channel.value)

    @property
    def person(self) -> str:
        """Who asks, for limits: the conversation, which is one person's or one group's."""
        return (
            f"{self.conversation.channel.value}:{self.conversation.bot_account}:{self.conversation.address}"
        )

    def standing(self, reply: Reply) -> Reply:
        """The reply with the lines that stand under every answer of a chat."""
        notes = tuple(standing_notes(self.texts, demo=self.settings.serves_demo, channel=self.channel))
        return replace(reply, notes=(*reply.notes, *notes))

    async def asker(self, *, chosen_school: str | None = None, earlier: Observables | None = None) -> Asker:
        """Who asks, as the core needs to know it."""
        return Asker(
            follows=await people.followed_ids(self.session, self.conversation),
            chosen_school=chosen_school or self.memory.chosen_school,
            earlier=earlier,
        )


@dataclass(frozen=True, slots=True)
class Turn:
    """What came of an event: the answers, and what is remembered. `forget` leaves nothing to remember in."""

    replies: tuple[Reply, ...]
    memory: Memory
    forget: bool = False


def say(reply: Reply, memory: Memory) -> Turn:
    """One answer, whose choices are the ones that can now be typed."""
    return Turn((reply,), replace(memory, menu=reply.choices))
