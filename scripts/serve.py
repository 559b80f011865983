"""Serve the web page, the JSON API and (with a token) Telegram from one process; `scripts/run` starts it."""

# ruff: noqa: E402
import gc

# What is made while importing stays, so looking for garbage in it only costs time (a sixth of the start).
# The knowledge base turns it on again when it has loaded.
gc.disable()

import asyncio
import signal
import sys
import time
from functools import partial
from types import FrameType
from typing import Final

import uvicorn
from fastapi import FastAPI
from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError

from api.app import create_app
from api.desk import open_with_desk
from bot.app import DemoRecordsPresent, SecretMissing, prepare
from bot.settings import Settings
from db import demo_staff
from db.engine import DatabaseInUse, DatabaseUrlRefused
from db.models import Role

HTTP_STOP_SECONDS: Final = 4
"""For requests under way; the delivery has ten seconds after them, and the whole stop at most fifteen."""

TRY = """\
Gọi Lại · {url}

  Mở trang này trên điện thoại hoặc máy tính rồi dán thử một trong các tin sau:
    Con chị ngã cầu thang chấn thương sọ não, đang cấp cứu, chuyển ngay 30 triệu để mổ
    {number}
    số trường tiểu học Ví Dụ Hoa Sen
  Danh bạ, khiếu nại:   {url}/danh-ba · {url}/khieu-nai
  Giao diện lập trình:  {url}/docs
  Dòng lệnh:            scripts/goilai check "…"
  Dừng:                 Ctrl+C
"""

ROLES = {
    Role.SCHOOL_STAFF: "cán bộ trường",
    Role.EDUCATION_OFFICER: "cán bộ giáo dục",
    Role.INFORMATION_OFFICER: "cán bộ thông tin",
    Role.POLICE_OFFICER: "cán bộ công an",
    Role.POLICE_SUPERVISOR: "chỉ huy công an",
    Role.ADMINISTRATOR: "quản trị",
    Role.AUDITOR: "kiểm tra nhật ký",
}
TRY_THE_DESK = """\
  Bàn làm việc:         {url}/console
{people}
    Mật khẩu {password}; mã 6 số: scripts/goilai staff demo-code (mỗi mã một lần, 30 giây có mã mới)
"""


def main() -> int:
    """Run until SIGTERM or Ctrl+C. Returns 0 after a clean stop, 2 when the settings are refused."""
    try:
        settings = Settings()
    except ValidationError as refused:
        for error in refused.errors():
            print(f"{'.'.join(map(str, error['loc'])) or 'settings'}: {error['msg']}", file=sys.stderr)
        return 2
    try:
        # Before the service, so that what an operator got wrong becomes one sentence.
        asyncio.run(prepare(settings))
    except (DatabaseInUse, DatabaseUrlRefused, DemoRecordsPresent, SecretMissing) as refused:
        print(refused, file=sys.stderr)
        return 2
    except SQLAlchemyError as error:
        print(f"The database cannot be used: {type(error).__name__}. Is DATABASE_URL right?", file=sys.stderr)
        return 2
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    url = f"http://{host}:{settings.port}"
    print(TRY.format(url=url, number="0530 000 113"), flush=True)
    if settings.serves_demo:
        print(_desk_to_try(url), flush=True)
    for number in (signal.SIGTERM, signal.SIGINT):
        # The server stops on these by itself and then sends them on to whatever stood here before it.
        signal.signal(number, lambda *_: None)
    app = create_app(settings, opening=partial(open_with_desk, prepared=True))
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        log_level=settings.log_level.lower(),
        access_log=False,  # an access log with query strings would record what people look up
        proxy_headers=False,  # client addresses are read from trusted proxies only, by api.security
        timeout_graceful_shutdown=HTTP_STOP_SECONDS,
        server_header=False,
        http="h11",  # bounds what a stranger's headers may take; the faster parser does not
    )
    _Server(config, app, settings.drain_notice_seconds).run()
    return 0


class _Server(uvicorn.Server):
    """Says that it is about to stop before it does, so that a load balancer sends nobody to a closed door."""

    def __init__(self, config: uvicorn.Config, app: FastAPI, notice: float) -> None:
        super().__init__(config)
        self._app = app
        self._notice = notice
        self._ends_at: float | None = None
        self._asked_by_hand = False

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """A signal to stop; Ctrl+C waits for no notice."""
        self._asked_by_hand |= sig == signal.SIGINT
        super().handle_exit(sig, frame)

    async def on_tick(self, counter: int) -> bool:
        """Whether to begin to stop; asked ten times a second."""
        if not await super().on_tick(counter) or self._asked_by_hand:
            return self.should_exit
        self._app.state.draining = True
        now = time.monotonic()
        self._ends_at = self._ends_at or now + self._notice
        return now >= self._ends_at


def _desk_to_try(url: str) -> str:
    people = "\n".join(f"    {person.email:24} {ROLES[person.role]}" for person in demo_staff.PEOPLE)
    return TRY_THE_DESK.format(url=url, people=people, password=demo_staff.PASSWORD)


if __name__ == "__main__":
    sys.exit(main())
