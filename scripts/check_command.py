"""`goilai check`: the same check as everywhere, answered on the terminal or as the JSON of the API."""

import asyncio
import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer

from bot.messages import Channel
from bot.plain_answers import answer_without_verdict
from bot.replies import render
from bot.settings import Settings
from bot.text_form import as_text
from bot.texts import load
from bot.verdict_json import shape
from db import demo, migrate, reference
from db.engine import Database, accepted_url, sqlite_path
from db.knowledge_base import SqlKnowledgeBase
from scamcheck import Verdict
from scamcheck.check import check as check_text
from scamcheck.verdict import Intent

TextArgument = Annotated[
    str, typer.Argument(help="The message or number; - or nothing reads standard input.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the JSON that POST /v1/checks answers.")]
LanguageOption = Annotated[str, typer.Option("--language", help="vi or en.")]


def check(text: TextArgument = "-", *, as_json: JsonOption = False, language: LanguageOption = "vi") -> None:
    """Check a message, a number, an account or a link."""
    if text == "-":
        text = sys.stdin.buffer.read().decode("utf-8", errors="replace")
    settings, now = Settings(), datetime.now(UTC)
    verdict = asyncio.run(_verdict(text, settings, now))
    texts = load(language)
    if as_json:
        data = asdict(shape(verdict, texts=texts, now=now, demo=settings.serves_demo))
        print(json.dumps(data, ensure_ascii=False, indent=2))
        return
    if verdict.intent is Intent.TALK:
        print(f"{texts.get('talk.hello')}\n{texts.lines('talk.hello_steps')[0]}")
        return
    reply = answer_without_verdict(verdict, texts, now) or render(
        verdict, texts=texts, check_id=None, now=now, demo=settings.serves_demo, channel=Channel.WEB
    )
    print(as_text(reply, numbered=False))


async def _verdict(text: str, settings: Settings, now: datetime) -> Verdict:
    url = accepted_url(settings.database_url)
    fresh = url.get_backend_name() == "sqlite" and not sqlite_path(url).exists()
    if fresh:
        await migrate.upgrade(settings.database_url)
    database = Database(settings.database_url, exclusive=False)
    try:
        if fresh:
            async with database.transaction() as session:
                await reference.load_reference(session, now)
                if settings.serves_demo:
                    await demo.load_demo(session, now)
        return await check_text(text, SqlKnowledgeBase(database), now=now)
    finally:
        await database.close()
