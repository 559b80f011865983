"""The real process that `scripts/run` starts: answers, stops cleanly, and says why it will not start."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(database: str, port: int, **settings: str) -> subprocess.Popen[str]:
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    environment |= {"DATABASE_URL": database, "PORT": str(port), **settings}
    return subprocess.Popen(
        [sys.executable, "-m", "scripts.serve"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_until_ready(port: int, process: subprocess.Popen[str]) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        try:
            if httpx.get(f"http://127.0.0.1:{port}/readyz").status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    process.kill()
    pytest.fail(f"not ready: {process.communicate()[1]}")


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def served(database_url: str, port: int) -> Iterator[subprocess.Popen[str]]:
    process = start(database_url, port)
    try:
        wait_until_ready(port, process)
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def check(port: int, text: str) -> str:
    answer = httpx.post(f"http://127.0.0.1:{port}/v1/checks", json={"text": text}, timeout=20)
    return str(answer.json()["level"])


def test_the_service_answers_with_demo_records_and_stops_on_sigterm(
    served: subprocess.Popen[str], port: int
) -> None:
    assert check(port, "0530 000 113") == "CONFIRMED_SCAM"
    assert check(port, "chuyển ngay 30 triệu, con chị đang cấp cứu ở bệnh viện") == "SUSPICIOUS"
    served.send_signal(signal.SIGTERM)
    assert served.wait(timeout=20) == 0
    stdout, _ = served.communicate()
    assert f"http://127.0.0.1:{port}" in stdout


def test_a_second_process_on_the_same_sqlite_file_is_told_why_not(sqlite_url: str) -> None:
    first_port, second_port = free_port(), free_port()
    first = start(sqlite_url, first_port)
    try:
        wait_until_ready(first_port, first)
        second = start(sqlite_url, second_port)
        _, errors = second.communicate(timeout=60)
        assert second.returncode == 2
        assert "another process" in errors
        assert "Traceback" not in errors
    finally:
        first.kill()
        first.communicate()


@pytest.mark.parametrize(
    ("database", "settings", "reason"),
    [
        ("mysql://somewhere/else", {}, "accepted are"),
        ("postgresql://nobody@127.0.0.1:1/nothing", {"SECRET": "x7" * 20}, "cannot be used"),
        ("sqlite:///{folder}/new.db", {"DEMO": "true", "HOST": "0.0.0.0"}, "invented"),  # noqa: S104
        ("sqlite:///{folder}/new.db", {"SECRET": "changeme"}, "random characters"),
        ("sqlite:///{folder}/new.db", {"PORT": "many"}, "port"),
    ],
)
def test_what_an_operator_got_wrong_is_one_sentence(
    tmp_path: Path, database: str, settings: dict[str, str], reason: str
) -> None:
    process = start(database.format(folder=tmp_path), free_port(), **settings)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 2
    assert reason in errors
    assert "Traceback" not in errors


def test_demo_records_left_in_the_file_stop_a_service_that_is_no_demo(sqlite_url: str) -> None:
    demo_port = free_port()
    demo = start(sqlite_url, demo_port)
    try:
        wait_until_ready(demo_port, demo)
    finally:
        demo.terminate()
        demo.communicate(timeout=20)
    public = start(sqlite_url, free_port(), DEMO="false")
    _, errors = public.communicate(timeout=60)
    assert public.returncode == 2
    assert "goilai demo remove" in errors
