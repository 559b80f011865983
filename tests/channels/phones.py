"""The people on the other side of the peer: a parent with a phone, and a class group."""

from dataclasses import dataclass
from typing import Any

from tests.channels.peer import BOT_ID, BOT_NAME, Peer


def named_bot(text: str) -> list[dict[str, Any]]:
    """The entity of our own name in a text."""
    return [entity("mention", text, f"@{BOT_NAME}")]


def entity(kind: str, text: str, part: str, **more: Any) -> dict[str, Any]:
    before = text[: text.index(part)]
    return {"type": kind, "offset": _units(before), "length": _units(part), **more}


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


@dataclass
class Phone:
    """One person's Telegram, in their chat with the bot or in a group."""

    peer: Peer
    person: int
    group: int | None = None
    thread: int | None = None

    @property
    def chat(self) -> int:
        return self.person if self.group is None else self.group

    @property
    def screen(self) -> list[dict[str, Any]]:
        """What the bot has sent here."""
        return self.peer.shown[self.chat]

    @property
    def texts(self) -> list[str]:
        return [message["text"] for message in self.screen if "text" in message]

    @property
    def cards(self) -> list[dict[str, Any]]:
        return [message["contact"] for message in self.screen if "contact" in message]

    async def does(self, **content: Any) -> int:
        """Send a message of any kind; returns the update's id."""
        return await self.peer.deliver(message=self.message(**content))

    async def says(self, text: str, **more: Any) -> int:
        if text.startswith("/"):
            command = text.split(" ", maxsplit=1)[0]
            more.setdefault("entities", []).append(entity("bot_command", text, command))
        return await self.does(text=text, **more)

    async def edits(self, text: str) -> int:
        return await self.peer.deliver(edited_message=self.message(text=text, edit_date=1_795_600_000))

    async def taps(self, label: str) -> int:
        """Tap the youngest button whose label contains `label`."""
        for message in reversed(self.screen):
            for row in message.get("reply_markup", {}).get("inline_keyboard", ()):
                for button in row:
                    if label in button["text"]:
                        return await self.taps_token(button["callback_data"], on=message)
        raise AssertionError(f"no button {label!r} on the screen: {self.buttons}")

    async def taps_token(self, token: str, *, on: dict[str, Any]) -> int:
        number = f"tap-{len(self.peer.calls)}-{token}"[:60]
        return await self.peer.deliver(
            callback_query={
                "id": number,
                "from": self._me,
                "chat_instance": "1",
                "message": on,
                "data": token,
            }
        )

    async def blocks(self) -> int:
        """Block the bot, or put it out of the group."""
        self.peer.blocked.add(self.chat)
        bot = {"id": BOT_ID, "is_bot": True, "first_name": "Gọi Lại"}
        return await self.peer.deliver(
            my_chat_member={
                "chat": self._chat,
                "from": self._me,
                "date": 1_795_500_500,
                "old_chat_member": {"user": bot, "status": "member"},
                "new_chat_member": {"user": bot, "status": "kicked", "until_date": 0},
            }
        )

    async def sees(self, messages: int, *, seconds: float = 15.0) -> str:
        """Wait until the bot has sent this many messages here; the text of the last that has one."""
        await self.peer.until(lambda: len(self.screen) >= messages, seconds=seconds)
        return self.texts[-1] if self.texts else ""

    @property
    def buttons(self) -> list[str]:
        """Labels on the youngest message that has any."""
        for message in reversed(self.screen):
            if "reply_markup" in message:
                return [
                    button["text"] for row in message["reply_markup"]["inline_keyboard"] for button in row
                ]
        return []

    @property
    def _me(self) -> dict[str, Any]:
        return {"id": self.person, "is_bot": False, "first_name": "Phụ huynh", "language_code": "vi"}

    @property
    def _chat(self) -> dict[str, Any]:
        if self.group is None:
            return {"id": self.person, "type": "private", "first_name": "Phụ huynh"}
        return {"id": self.group, "type": "supergroup", "title": "Lớp 3A"}

    def message(self, **content: Any) -> dict[str, Any]:
        topic = {} if self.thread is None else {"message_thread_id": self.thread, "is_topic_message": True}
        return self.peer.next_message(self._chat, **{"from": self._me}, **topic, **content)
