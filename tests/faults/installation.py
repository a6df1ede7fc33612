"""An installation of its own below /tmp: real server, real command line, real gunicorn. Nothing here shares pytest's Django."""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import psutil

from renben.kernel.postgres.home import Home

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60  # seconds until a server that does not come is a failure
OF_THE_RUN = ("DATABASE_URL", "DATABASE_OWNER_URL", "RENBEN_KEYS", "RENBEN_FILES", "RENBEN_TEST_DB", "RENBEN_AS_OWNER")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _lives(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


class Installation:
    """`RENBEN_HOME` of one test, in demo mode. `close()` ends its servers and removes it."""

    def __init__(self) -> None:
        # Short, because a socket's path may hold 107 bytes; open, because the server runs as its own user.
        self.folder = Path(tempfile.mkdtemp(prefix="rf-", dir="/tmp"))
        self.folder.chmod(0o755)
        self.home = self.folder / "h"
        kept = {name: value for name, value in os.environ.items() if name not in OF_THE_RUN}
        self.env = {**kept, "RENBEN_HOME": str(self.home), "RENBEN_DEMO": "1", "PYTHONPATH": str(ROOT)}
        self.port = free_port()
        self.web: subprocess.Popen | None = None

    def renben(self, *arguments: str) -> subprocess.CompletedProcess:
        """One command, to its end."""
        command = [sys.executable, "-m", "renben.cli", *arguments]
        return subprocess.run(command, env=self.env, cwd=ROOT, capture_output=True, text=True, timeout=300)

    def must(self, *arguments: str) -> str:
        """One command that has to succeed; its standard output."""
        done = self.renben(*arguments)
        assert done.returncode == 0, f"renben {' '.join(arguments)}: {done.stderr[-3000:]}"
        return done.stdout

    def child(self, module: str, *arguments: str) -> subprocess.Popen:
        """A Python process of this installation, spoken to line by line."""
        return subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            env=self.env,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )

    def script(self, text: str, *arguments: str, stdin: bytes = b"") -> bytes:
        """A few lines of Python in this installation; what they print."""
        command = [sys.executable, "-c", text, *arguments]
        done = subprocess.run(command, env=self.env, cwd=ROOT, input=stdin, capture_output=True, timeout=120)
        assert done.returncode == 0, done.stderr.decode()[-3000:]
        return done.stdout

    def serve(self) -> None:
        """Start gunicorn (master and two workers) in a process group of its own and wait for its first answer."""
        command = [sys.executable, "-m", "renben.cli", "serve", "--port", str(self.port)]
        self.web = subprocess.Popen(
            command, env=self.env, cwd=ROOT, start_new_session=True, stderr=subprocess.PIPE, text=True
        )
        pause = threading.Event()
        for _ in range(PATIENCE * 50):
            assert self.web.poll() is None, self.web.stderr.read()[-3000:]
            if self._is_live():
                return
            pause.wait(0.02)
        raise AssertionError("gunicorn did not come up")

    def _is_live(self) -> bool:
        # An answer, not a connection: a port without a listener can connect to itself.
        probe = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            probe.request("GET", "/livez")
            return probe.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            probe.close()

    def kill_web(self) -> None:
        """`kill -9` of master and workers at once; returns when all of them are gone."""
        workers = psutil.Process(self.web.pid).children(recursive=True)
        os.killpg(self.web.pid, signal.SIGKILL)
        self.web.wait()
        pause = threading.Event()
        while any(map(_lives, workers)):
            pause.wait(0.005)
        self.web.stderr.close()
        self.web = None

    def database_processes(self) -> list[psutil.Process]:
        found = []
        for process in psutil.process_iter(["name", "status"]):
            try:
                if process.info["name"] == "postgres" and process.cwd() == str(self.home / "pg"):
                    found.append(process)
            except psutil.Error:
                continue
        return found

    def kill_database(self) -> int:
        """`kill -9` of every process of the database; how many there were."""
        processes = self.database_processes()
        for process in processes:
            try:
                process.kill()
            except psutil.NoSuchProcess:
                continue
        # Gone or a zombie: nobody may be there to reap them, and the launcher has to cope with that.
        pause = threading.Event()
        for process in processes:
            while _lives(process):
                pause.wait(0.005)
        return len(processes)

    def close(self) -> None:
        if self.web is not None:
            self.kill_web()
        self.kill_database()
        shutil.rmtree(Home(self.home).socket_dir, ignore_errors=True)
        shutil.rmtree(self.folder, ignore_errors=True)
