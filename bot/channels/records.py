"""Where a channel's events are committed: messages through the delivery, changes of an address directly."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from bot.channels.events import AddressGone, AddressMoved
from bot.messages import Incoming
from db import people
from db.engine import Database


class CommittedRecords:
    """The records of a running service; see `bot.channels.intake.Records`."""

    def __init__(self, database: Database, accept: Callable[[Incoming], Awaitable[bool]]) -> None:
        self._database = database
        self._accept = accept

    async def accept(self, incoming: Incoming) -> bool:
        """Commit a message; False when it was there already."""
        return await self._accept(incoming)

    async def address_gone(self, gone: AddressGone, now: datetime) -> None:
        """Note that nothing can be sent to an address any more."""
        place = gone.conversation
        async with self._database.transaction() as session:
            await people.address_gone(
                session,
                channel=place.channel.value,
                bot_account=place.bot_account,
                address=place.address,
                now=now,
            )

    async def address_moved(self, moved: AddressMoved) -> None:
        """Note the new address of a conversation."""
        place = moved.conversation
        async with self._database.transaction() as session:
            await people.address_moved(
                session,
                channel=place.channel.value,
                bot_account=place.bot_account,
                old=place.address,
                new=moved.new_address,
            )
