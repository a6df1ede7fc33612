"""Which processes belong to a data directory, and clearing what a killed server leaves behind."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from pathlib import Path

from renben.kernel.postgres.errors import PostgresError
from renben.kernel.postgres.home import Home

ORPHAN_SECONDS = 15


def live_postmaster(home: Home) -> int | None:
    """The process id in `postmaster.pid` if it is a living postgres of this data directory, otherwise None.

    A zombie (its parent does not reap, as process 1 of many containers), a process that is gone and a foreign process
    that got the number by chance are all None: PostgreSQL's own check takes the first for a running server.
    """
    try:
        pid = int((home.data / "postmaster.pid").read_text(encoding="ascii", errors="replace").split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None
    except PermissionError as error:
        raise PostgresError(f"没有权限读取 {home.data}。请用启动数据库的用户（或 root）操作。") from error
    return pid if pid > 1 and _is_server_process(pid, home.data) else None


def _is_server_process(pid: int, data: Path) -> bool:
    """Whether this process is alive, named postgres and working in `data` (every PostgreSQL process changes into it)."""
    import psutil

    try:
        process = psutil.Process(pid)
        if process.status() in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD) or process.name() != "postgres":
            return False
        return os.path.realpath(process.cwd()) == os.path.realpath(data)
    except psutil.AccessDenied:
        # It is a living postgres of another user; only the server's own user may judge further, so it counts as ours.
        return True
    except psutil.NoSuchProcess:
        return False


def server_processes(home: Home) -> list[int]:
    """All living PostgreSQL processes of this data directory, the postmaster included."""
    import psutil

    found = []
    for process in psutil.process_iter(["name", "status"]):
        if process.info["name"] != "postgres" or process.info["status"] == psutil.STATUS_ZOMBIE:
            continue
        with contextlib.suppress(psutil.Error):
            if os.path.realpath(process.cwd()) == os.path.realpath(home.data):
                found.append(process.pid)
    return found


def clear_remains(home: Home) -> None:
    """Ends orphaned backends of a dead postmaster, then removes the stale `postmaster.pid`, socket and socket lock.

    Only called under the launcher's lock and when no postmaster lives. Backends must be gone first: with the pid file
    removed nothing but their absence guarantees that two servers never write the same files.
    """
    deadline = time.monotonic() + ORPHAN_SECONDS
    while orphans := server_processes(home):
        for pid in orphans:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGQUIT)
        if time.monotonic() > deadline:
            raise PostgresError(f"上次数据库的残留进程没有结束：{orphans}。请结束它们后重试。")
        time.sleep(0.05)
    lock = home.socket.with_name(home.socket.name + ".lock")
    for stale in (home.data / "postmaster.pid", lock, home.socket):
        stale.unlink(missing_ok=True)
