"""Answers reach Telegram through the proxy that is set, where networks block it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import pytest

from bot.channels import SendKind, SendResult
from bot.channels.telegram import TelegramChannel
from bot.messages import Reply
from tests.channels.peer import TOKEN, Peer

NAME = b"telegram.invalid"
"""Only the proxy knows where this is."""
REPLY = Reply("Đừng chuyển tiền")


class Tunnel:
    """Carries bytes to the peer for whoever asks it, by SOCKS 5 or CONNECT, with or without a password."""

    def __init__(self, to: str, *, password: bytes | None = None) -> None:
        parts = urlsplit(to)
        self._to = (parts.hostname, parts.port)
        self._password = password
        self.asked: list[bytes] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            first = await reader.readexactly(1)
            name = await (self._socks(reader, writer) if first == b"\x05" else self._connect(reader, writer))
            self.asked.append(name)
            inner_reader, inner_writer = await asyncio.open_connection(*self._to)
            await asyncio.gather(_pump(reader, inner_writer), _pump(inner_reader, writer))
        writer.close()

    async def _socks(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        await reader.readexactly((await reader.readexactly(1))[0])
        writer.write(b"\x05\x00" if self._password is None else b"\x05\x02")
        if self._password is not None:
            await reader.readexactly((await reader.readexactly(2))[1])
            given = await reader.readexactly((await reader.readexactly(1))[0])
            writer.write(b"\x01\x00" if given == self._password else b"\x01\x01")
        *_, by_name = await reader.readexactly(4)
        assert by_name == 3
        name = await reader.readexactly((await reader.readexactly(1))[0])
        await reader.readexactly(2)
        writer.write(b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00")
        return name

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        head = await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        return head.split(b" ", 2)[1].partition(b":")[0]


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while piece := await reader.read(65_536):
        writer.write(piece)
    writer.close()


@contextlib.asynccontextmanager
async def tunnelled(tunnel: Tunnel) -> AsyncIterator[str]:
    """Serve a tunnel; gives its host and port."""
    server = await asyncio.start_server(tunnel.serve, "127.0.0.1", 0)
    try:
        yield "{}:{}".format(*server.sockets[0].getsockname()[:2])
    finally:
        server.close()


async def send_by(proxy: str | None) -> SendResult:
    channel = TelegramChannel(TOKEN, api_base=f"http://{NAME.decode()}", proxy=proxy)
    try:
        return await channel.send("71", REPLY)
    finally:
        await channel.close()


@pytest.mark.parametrize("scheme", ["socks5://", "socks5h://", "http://"])
async def test_an_answer_goes_through_the_proxy_which_looks_up_the_name(peer: Peer, scheme: str) -> None:
    tunnel = Tunnel(peer.url)
    async with tunnelled(tunnel) as place:
        result = await send_by(scheme + place)

    assert result == SendResult(SendKind.SENT)
    assert tunnel.asked == [NAME]
    assert peer.made("sendMessage")[0]["text"].startswith(REPLY.headline)


async def test_a_proxy_may_ask_for_a_password(peer: Peer) -> None:
    async with tunnelled(Tunnel(peer.url, password=b"let me in")) as place:
        assert (await send_by(f"socks5://user:let%20me%20in@{place}")).kind is SendKind.SENT
        refused = await send_by(f"socks5://user:wrong@{place}")

    assert refused == SendResult(SendKind.RETRY_AFTER, 5.0, "ProxyError")
    assert len(peer.made("sendMessage")) == 1


async def test_where_the_proxy_is_not_there_nothing_was_sent() -> None:
    assert await send_by("socks5://127.0.0.1:1") == SendResult(
        SendKind.RETRY_AFTER, 5.0, "ProxyConnectionError"
    )


async def test_the_machines_own_proxy_is_used_where_none_is_set(
    peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    tunnel = Tunnel(peer.url)
    async with tunnelled(tunnel) as place:
        monkeypatch.setenv("HTTP_PROXY", f"http://{place}")
        assert (await send_by(None)).kind is SendKind.SENT
        monkeypatch.setenv("NO_PROXY", NAME.decode())
        assert (await send_by(None)).kind is SendKind.RETRY_AFTER

    assert tunnel.asked == [NAME]
