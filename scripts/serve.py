"""Serve the web page, the JSON API and (with a token) Telegram from one process; `scripts/run` starts it."""

import asyncio
import signal
import sys

import uvicorn
from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError

from api.app import create_app
from bot.app import DemoRecordsPresent, SecretMissing, prepare
from bot.settings import Settings
from db.engine import DatabaseInUse, DatabaseUrlRefused

TRY = """\
Gọi Lại · {url}

  Mở trang này trên điện thoại hoặc máy tính rồi dán thử một trong các tin sau:
    Con chị ngã cầu thang chấn thương sọ não, đang cấp cứu, chuyển ngay 30 triệu để mổ
    {number}
    số trường tiểu học Ví Dụ Hoa Sen
  Giao diện lập trình:  {url}/docs
  Dòng lệnh:            scripts/goilai check "…"
  Dừng:                 Ctrl+C
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
        # The service does this by itself; doing it first turns what an operator got wrong into one sentence.
        asyncio.run(prepare(settings))
    except (DatabaseInUse, DatabaseUrlRefused, DemoRecordsPresent, SecretMissing) as refused:
        print(refused, file=sys.stderr)
        return 2
    except SQLAlchemyError as error:
        print(f"The database cannot be used: {type(error).__name__}. Is DATABASE_URL right?", file=sys.stderr)
        return 2
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    print(TRY.format(url=f"http://{host}:{settings.port}", number="0530 000 113"), flush=True)
    for number in (signal.SIGTERM, signal.SIGINT):
        # The server stops on these by itself and then sends them on to whatever stood here before it.
        signal.signal(number, lambda *_: None)
    uvicorn.run(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        log_level=settings.log_level.lower(),
        access_log=False,  # an access log with query strings would record what people look up
        proxy_headers=False,  # client addresses are read from trusted proxies only, by api.security
        timeout_graceful_shutdown=10,
        server_header=False,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
