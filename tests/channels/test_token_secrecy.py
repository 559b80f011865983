"""The bot token and what parents write are in no log, no repr and no error, even at the most talkative level."""

import asyncio
import logging
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import structlog

from bot.channels.events import PlatformUnavailable, TokenRefused
from bot.channels.intake import Intake
from bot.channels.polling import Pauses, poll
from bot.channels.telegram import TelegramChannel
from bot.messages import Incoming, Reply
from tests.channels.peer import TOKEN, Garbage, Peer, Refuse
from tests.channels.phones import Phone

SECRET = "peer-token-nobody-else-knows"
PLANTED = "Con chị Hạnh lớp 3A đang cấp cứu"


class Everything(logging.Handler):
    """All that anybody logs, formatted, with its traceback."""

    def __init__(self) -> None:
        super().__init__(logging.NOTSET)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.name} {self.format(record)} {record.args} {record.exc_info}")


@pytest.fixture
def everything() -> Iterator[Everything]:
    handler, root = Everything(), logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield handler
    root.removeHandler(handler)
    root.setLevel(before)


async def test_neither_is_found_in_any_log_or_output(
    peer: Peer, channel: TelegramChannel, everything: Everything, capfd: pytest.CaptureFixture[str]
) -> None:
    async def lose(incoming: Incoming, now: datetime) -> tuple[Reply, ...]:
        raise ValueError(incoming.text)

    class Broken:
        async def accept(self, incoming: Incoming) -> bool:
            raise OSError(incoming.text)

        async def address_gone(self, *_: object) -> None: ...

        async def address_moved(self, *_: object) -> None: ...

    structlog.reset_defaults()
    logging.getLogger("tests").debug("the handler hears")
    intake = Intake(channel, Broken(), outage_replies=lose, now=lambda: datetime.now(UTC))
    peer.play("getUpdates", Refuse(502, "Bad Gateway"), Garbage(200, f'{{"ok": true, "result": [{PLANTED}'))
    peer.play("sendMessage", Garbage(200, PLANTED), Refuse(500, PLANTED))
    stop = asyncio.Event()
    running = asyncio.create_task(poll(channel, intake, stop, pauses=Pauses(0.01, 0.02)))
    await Phone(peer, 71).says(PLANTED)
    await peer.until(lambda: len(peer.made("getUpdates")) >= 5)
    stop.set()
    await running
    await intake.close()
    for _ in range(3):
        await channel.send("71", Reply("headline"))

    written = capfd.readouterr()
    heard = "\n".join((*everything.lines, written.out, written.err))
    assert "the handler hears" in heard
    assert "intake.not_committed" in heard
    assert SECRET not in heard
    assert "Hạnh" not in heard


async def test_no_repr_shows_the_token(channel: TelegramChannel) -> None:
    assert SECRET in TOKEN
    assert SECRET not in repr(channel)
    assert SECRET not in f"{channel}"


async def test_a_refused_token_is_not_repeated_in_the_error(peer: Peer) -> None:
    wrong = TelegramChannel("4242:another-secret", api_base=peer.url)

    with pytest.raises(TokenRefused) as refused:
        await wrong.introduce({})

    await wrong.close()
    assert "another-secret" not in f"{refused.value!r} {refused.value.__cause__!r}"
    assert refused.value.__suppress_context__


async def test_an_unreachable_platform_is_named_without_its_address() -> None:
    nowhere = TelegramChannel(TOKEN, api_base="http://127.0.0.1:1")

    with pytest.raises(PlatformUnavailable) as unavailable:
        await nowhere.fetch(0, wait=0)

    await nowhere.close()
    assert str(unavailable.value) == "ConnectError"
