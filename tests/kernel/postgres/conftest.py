"""A home of its own for the launcher's tests: short path, open folder, stopped and removed afterwards."""

import contextlib
import os
import shutil
import signal
import tempfile
from pathlib import Path

import psutil
import pytest

from renben.kernel import postgres
from renben.kernel.postgres.home import Home


def pids_of(home: Path) -> list[int]:
    """Every living PostgreSQL process of this home, found independently of the launcher."""
    found = []
    for process in psutil.process_iter(["name", "status"]):
        if process.info["name"] == "postgres" and process.info["status"] != psutil.STATUS_ZOMBIE:
            with contextlib.suppress(psutil.Error):
                if process.cwd() == str(home / "pg"):
                    found.append(process.pid)
    return found


def kill_9(home: Path) -> int:
    """`kill -9` of all its processes at once; returns how many there were."""
    pids = pids_of(home)
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    psutil.wait_procs([psutil.Process(pid) for pid in pids if psutil.pid_exists(pid)], timeout=10)
    return len(pids)


@pytest.fixture(autouse=True)
def frozen_time():
    """Real servers answer in real time: the suite's frozen clock stays out of this folder."""
    yield None


@pytest.fixture(scope="session")
def prepared_home():
    """One home whose cluster is made once; each test gets it stopped."""
    folder = Path(tempfile.mkdtemp(prefix="rb-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder / "h"
    kill_9(folder / "h")
    socket_dir = Home(folder / "h").socket_dir
    shutil.rmtree(folder)
    shutil.rmtree(socket_dir, ignore_errors=True)


@pytest.fixture
def home(prepared_home, monkeypatch):
    """`$RENBEN_HOME` of this test, initialised, its server stopped before and after."""
    monkeypatch.setenv("RENBEN_HOME", str(prepared_home))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("DATABASE_OWNER_URL", raising=False)
    if not prepared_home.exists():
        postgres.start()
    postgres.stop()
    yield prepared_home
    postgres.stop()


@pytest.fixture
def server_pids():
    """Function: the living PostgreSQL processes of a home."""
    return pids_of


@pytest.fixture
def kill_server():
    """Function: `kill -9` of all PostgreSQL processes of a home."""
    return kill_9
