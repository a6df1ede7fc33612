"""Start, stop and look at the embedded server. "Running" means: a connection is answered from this data directory."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from renben.kernel.postgres import provisioning
from renben.kernel.postgres.binaries import MAJOR, server_bin
from renben.kernel.postgres.errors import PostgresError
from renben.kernel.postgres.home import (
    PORT,
    Account,
    Home,
    current_home,
    prepare_root,
    prepare_socket_dir,
    require_reachable,
    server_account,
)
from renben.kernel.postgres.processes import clear_remains, live_postmaster
from renben.kernel.postgres.urls import url

# Recovery after a crash replays at most max_wal_size of log; ten minutes covers a slow disk.
START_SECONDS = 600
STOP_SECONDS = 120

SETTINGS = {
    "listen_addresses": "",
    "port": PORT,
    "unix_socket_permissions": "0700",
    "max_connections": 100,
    "shared_buffers": "256MB",
    "jit": "off",
    # A page's statement finishes sooner without helpers, and leaves the other processor to the next page.
    "max_parallel_workers_per_gather": 0,
    "effective_cache_size": "1GB",
    # Fewer checkpoints, fewer whole pages in the log: each audited reading waits for the log to reach the disk.
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "wal_compression": "on",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "timezone": "Asia/Shanghai",
    "log_timezone": "Asia/Shanghai",
    "lc_messages": "C",
    "logging_collector": "on",
    "log_directory": "log",
    "log_filename": "postgresql-%a.log",
    "log_rotation_age": "1d",
    "log_truncate_on_rotation": "on",
    # Failed statements and the DETAIL of errors carry personal data, which has no place in a log.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}


@dataclass(frozen=True)
class Server:
    """A running embedded server. The `dsn_*` are URLs of database `renben` for the three roles."""

    dsn_app: str
    dsn_owner: str
    dsn_superuser: str
    data: Path
    socket_dir: Path
    pid: int | None
    started: bool
    """Whether this call started it (False: it was running)."""


@dataclass(frozen=True)
class _Answer:
    ready: bool
    provisioned: bool = False
    version: str | None = None


def _ask(home: Home) -> _Answer | None:
    """What a connection attempt says: None when nobody listens, `ready=False` while starting up or shutting down."""
    import psycopg

    try:
        if not home.socket.exists():
            return None
    except PermissionError as error:
        raise _not_permitted(home) from error
    try:
        with psycopg.connect(url("superuser", database="postgres", home=home), connect_timeout=5) as connection:
            version, data = connection.execute(
                "SELECT current_setting('server_version'), current_setting('data_directory')"
            ).fetchone()
            if os.path.realpath(data) != os.path.realpath(home.data):
                raise PostgresError(f"套接字目录 {home.socket_dir} 里运行的是另一个数据库（{data}）。")
            return _Answer(True, provisioning.is_provisioned(connection), version)
    except psycopg.OperationalError as error:
        # The server speaks, but does not take us yet: starting, recovering, stopping, or full.
        if any(words in str(error) for words in ("the database system is", "too many clients", "remaining connection")):
            return _Answer(False)
        if "Permission denied" in str(error):
            raise _not_permitted(home) from error
        return None


def _not_permitted(home: Home) -> PostgresError:
    return PostgresError(f"没有权限进入 {home.socket_dir}。请用启动数据库的用户（或 root）操作。")


@contextlib.contextmanager
def _exclusive(home: Home) -> Iterator[None]:
    """One launcher at a time per home; the lock goes away with its process, however that ends."""
    try:
        handle = os.open(home.lock_file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise PostgresError(f"没有权限在 {home.root} 里启动或停止数据库。请用安装时的用户（或 root）操作。") from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def start() -> Server:
    """Starts the server of `$RENBEN_HOME` (made on first use) and returns when it takes connections.

    Running already: returns at once. Remains of a killed server are cleared and its log replayed. Several processes may
    call it at the same time; one starts, the others wait. With `DATABASE_URL` set it refuses. Raises `PostgresError` with a sentence to act on.
    """
    if os.environ.get("DATABASE_URL"):
        raise PostgresError("已经用 DATABASE_URL 指定了数据库，不启动内置数据库。")
    home = current_home()
    answer = _ask(home)
    if answer is not None and answer.ready and answer.provisioned:
        return _server(home, started=False)
    prepare_root(home)
    with _exclusive(home):
        started = _bring_up(home)
        answer = _ask(home)
        if answer is None or not answer.ready:
            raise PostgresError("数据库启动后又停止了。" + _log_tail(home))
        if not answer.provisioned:
            provisioning.provision(url("superuser", database="postgres", home=home))
        return _server(home, started=started)


def _bring_up(home: Home) -> bool:
    """Until a connection is answered; returns whether this call started the server. Needs the launcher's lock."""
    deadline = time.monotonic() + START_SECONDS
    launched = False
    while time.monotonic() < deadline:
        answer = _ask(home)
        if answer is not None and answer.ready:
            return launched
        if answer is None and live_postmaster(home) is None:
            if launched:
                raise PostgresError("数据库没有启动成功。" + _log_tail(home))
            _launch(home)
            launched = True
        else:
            time.sleep(0.05)
    raise PostgresError("等了很久，数据库仍不能连接；请先运行 renben db stop，再试一次。" + _log_tail(home))


def _launch(home: Home) -> None:
    account = server_account()
    require_reachable(home, account)
    programs = server_bin(home, account)
    if not home.data.is_dir() or not any(home.data.iterdir()):
        _initialise(home, account, programs)
    _require_version(home)
    clear_remains(home)
    prepare_socket_dir(home, account)
    _write_settings(home)
    start_log = home.data / "start.log"
    command = [programs / "pg_ctl", "start", "-w", "-t", str(START_SECONDS), "-s", "-D", home.data, "-l", start_log]
    done = _run(command, account)
    if done.returncode != 0 and live_postmaster(home) is None:
        raise PostgresError("数据库没有启动成功。" + _log_tail(home) + done.stdout)


def _initialise(home: Home, account: Account, programs: Path) -> None:
    """Makes the cluster beside its place and renames it, so that a half-made one never looks like data."""
    building = home.root / ".pg-new"
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(mode=0o700)
    account.own(building)
    command = [programs / "initdb", "-D", building, "-U", "postgres", "--encoding=UTF8", "--locale=C"]
    done = _run([*command, "--auth=trust", "--no-instructions"], account)
    if done.returncode != 0:
        raise PostgresError(f"无法建立数据库目录 {home.data}：{done.stdout.strip()}")
    # Relative, so that the whole home may be moved. Trust is safe here: only a socket in a 0700 folder is open.
    with (building / "postgresql.conf").open("a", encoding="utf-8") as settings:
        settings.write("\ninclude '../postgres.conf'\n")
    (building / "pg_hba.conf").write_text("local all all trust\n", encoding="utf-8")
    if home.data.is_dir():
        home.data.rmdir()
    building.rename(home.data)


def _require_version(home: Home) -> None:
    try:
        version = (home.data / "PG_VERSION").read_text(encoding="ascii").strip()
    except FileNotFoundError as error:
        raise PostgresError(f"{home.data} 里有别的文件，不是数据库目录。请换一个 RENBEN_HOME。") from error
    if version != str(MAJOR):
        raise PostgresError(
            f"{home.data} 是 PostgreSQL {version} 的数据，本程序自带 PostgreSQL {MAJOR}。"
            "请用原来的版本运行 renben backup，再用新版本 renben restore 到新的 RENBEN_HOME。"
        )


def _write_settings(home: Home) -> None:
    folder = str(home.socket_dir).replace('"', '""')
    settings = {**SETTINGS, "unix_socket_directories": f'"{folder}"'}
    lines = ["# Written anew by the launcher at every start; changes here are lost."]
    for name, value in settings.items():
        quoted = str(value).replace("'", "''")
        lines.append(f"{name} = '{quoted}'")
    part = home.settings_file.with_suffix(".part")
    part.write_text("\n".join(lines) + "\n", encoding="utf-8")
    part.chmod(0o644)
    part.replace(home.settings_file)


def _run(command: list, account: Account) -> subprocess.CompletedProcess:
    # A file, not a pipe: the server inherits it and would keep a pipe open for ever.
    with tempfile.TemporaryFile() as output:
        done = subprocess.run(
            [str(part) for part in command],
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            umask=0o077,
            **account.spawn,
        )
        output.seek(0)
        return subprocess.CompletedProcess(command, done.returncode, output.read().decode("utf-8", "replace"))


def _log_tail(home: Home) -> str:
    """The last lines the server wrote, for the person who has to find out why."""
    logs = [home.data / "start.log", *home.data.glob("log/*.log")]
    texts = [log for log in logs if log.is_file()]
    if not texts:
        return ""
    newest = max(texts, key=lambda log: log.stat().st_mtime_ns)
    lines = newest.read_text(encoding="utf-8", errors="replace").splitlines()[-8:]
    return f"\n数据库日志 {newest} 的最后几行：\n" + "\n".join(lines)


def _server(home: Home, *, started: bool) -> Server:
    try:
        pid = live_postmaster(home)
    except PostgresError:
        pid = None
    return Server(
        dsn_app=url("app", home=home),
        dsn_owner=url("owner", home=home),
        dsn_superuser=url("superuser", home=home),
        data=home.data,
        socket_dir=home.socket_dir,
        pid=pid,
        started=started,
    )


def stop() -> bool:
    """Stops the server (open transactions are rolled back); returns whether it was running.

    Remains of a server that was killed are cleared too. Raises `PostgresError` when it does not end in two minutes.
    """
    home = current_home()
    if not home.data.exists():
        return False
    with _exclusive(home):
        pid = live_postmaster(home)
        if pid is None:
            clear_remains(home)
            return False
        try:
            os.kill(pid, signal.SIGINT)
        except PermissionError as error:
            raise PostgresError("没有权限停止数据库。请用启动它的用户（或 root）操作。") from error
        deadline = time.monotonic() + STOP_SECONDS
        while live_postmaster(home) is not None:
            if time.monotonic() > deadline:
                raise PostgresError(f"数据库在 {STOP_SECONDS} 秒内没有停下来（进程 {pid}）。" + _log_tail(home))
            time.sleep(0.02)
        return True


def status() -> dict:
    """`{running, ready, external, pid, version, data, socket_dir, home}` of the server of this home; starts nothing.

    `running`: a server answers; `ready`: it takes connections and has the roles and the database. With `DATABASE_URL`
    set only `external: True` is told: that server is not ours to look after.
    """
    if os.environ.get("DATABASE_URL"):
        return {"external": True, "running": None, "ready": None}
    home = current_home()
    answer = _ask(home)
    server = _server(home, started=False) if answer is not None else None
    return {
        "external": False,
        "running": answer is not None,
        "ready": answer is not None and answer.ready and answer.provisioned,
        "pid": server.pid if server else None,
        "version": answer.version if answer else None,
        "data": str(home.data),
        "socket_dir": str(home.socket_dir),
        "home": str(home.root),
    }
