"""Who reported something, or asked to be told, hears when police list it or take it off."""

import pytest

from bot.corrections import payload_of, reply_of
from bot.messages import Channel
from bot.messages_json import reply_from_json
from bot.text_form import as_text
from db.corrections import Correction, note_change, queue_corrections
from db.engine import Database
from db.keys import Keys
from db.models import CorrectionRequest
from db.outbox import claim_outbox
from scamcheck.knowledge import IdentifierKind
from scamcheck.verdict import Level
from tests.builders import NOW
from tests.db.builders import make_conversation

KEYS = Keys(b"a key for tests")
IDENTIFIERS = [
    (IdentifierKind.NUMBER, "+84530000113", "0530 ••• 113"),
    (IdentifierKind.BANK_ACCOUNT, "970436:0531000222", "053 ••• 222"),
    (IdentifierKind.LINK, "vi-du.top", "vi-du[.]top"),
]


@pytest.mark.parametrize(("kind", "key", "shown"), IDENTIFIERS)
@pytest.mark.parametrize("listed", [True, False])
def test_the_message_names_it_masked_and_fits_every_channel(
    kind: IdentifierKind, key: str, shown: str, listed: bool
) -> None:
    reply = reply_of(Correction(kind, key, listed))
    text = as_text(reply, numbered=True)
    assert shown in reply.headline
    assert len(reply.headline) <= 160
    assert len(text) <= 2000
    assert key.removeprefix("+84") not in text
    assert ("không có nghĩa là an toàn" in text) is not listed


async def test_who_asked_to_be_told_gets_one_message_and_nobody_else_any(database: Database) -> None:
    async with database.transaction() as session:
        asked = await make_conversation(session, address="asked")
        await make_conversation(session, address="never asked")
        session.add(
            CorrectionRequest(
                conversation_id=asked.id,
                kind=IdentifierKind.NUMBER,
                key_hmac=KEYS.hmac("number:+84530000113"),
                level=Level.UNKNOWN,
                asked_at=NOW,
            )
        )
        await note_change(session, kind=IdentifierKind.NUMBER, key="+84530000113", listed=True, now=NOW)
    for expected in (1, 0):
        async with database.transaction() as session:
            assert await queue_corrections(session, keys=KEYS, payload=payload_of, now=NOW) == expected
    async with database.transaction() as session:
        (item,) = await claim_outbox(
            session, channel=Channel(asked.channel.value), bot_account=asked.bot_account, now=NOW, limit=9
        )
    assert item.address == "asked"
    assert item.payload is not None
    assert "0530 ••• 113" in reply_from_json(item.payload).headline
