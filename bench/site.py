"""A site of its own for one benchmark: its own home, demonstration district, gunicorn; and visitors who read its pages."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parents[1]
OF_THE_RUNNING_SITE = ("DATABASE_URL", "DATABASE_OWNER_URL", "RENBEN_KEYS", "RENBEN_FILES", "RENBEN_AS_OWNER")
BUILD_SECONDS = 3600
START_SECONDS = 60


class Site:
    """An installation below /tmp. `home` of an earlier run is used again and kept; otherwise it is built and removed."""

    def __init__(self, people: int, home: str | None) -> None:
        self.people, self.is_kept = people, home is not None
        # Open, because the database runs as a user of its own; short, because a socket's path may hold 107 bytes.
        self.home = Path(home) if home else Path(tempfile.mkdtemp(prefix="rb-", dir="/tmp")) / "h"
        if not home:
            self.home.parent.chmod(0o755)
        kept = {name: value for name, value in os.environ.items() if name not in OF_THE_RUNNING_SITE}
        self.env = {**kept, "RENBEN_HOME": str(self.home), "RENBEN_DEMO": "1", "PYTHONPATH": str(ROOT)}
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]

    def renben(self, *arguments: str) -> None:
        """One command to its end; RuntimeError with what it said when it fails."""
        command = [sys.executable, "-m", "renben.cli", *arguments]
        done = subprocess.run(
            command, env=self.env, cwd=ROOT, capture_output=True, text=True, timeout=BUILD_SECONDS, check=False
        )
        if done.returncode:
            raise RuntimeError(f"renben {' '.join(arguments)}: {done.stderr[-2000:]}")

    def ask(self, script: str) -> str:
        """What a few lines of Python print that run inside this installation."""
        command = [sys.executable, "-c", "import django; django.setup()\n" + script]
        env = self.env | {"DJANGO_SETTINGS_MODULE": "renben.config.settings"}
        return subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, check=True).stdout

    @contextmanager
    def served(self, workers: int) -> Iterator[None]:
        """gunicorn in a process group of its own, as `renben serve` starts it; ended afterwards."""
        command = [sys.executable, "-m", "renben.cli", "serve", "--port", str(self.port), "--workers", str(workers)]
        web = subprocess.Popen(command, env=self.env, cwd=ROOT, start_new_session=True)
        try:
            self._wait_for(web)
            yield
        finally:
            os.killpg(web.pid, signal.SIGTERM)
            web.wait(START_SECONDS)

    def _wait_for(self, web: subprocess.Popen) -> None:
        pause, until = threading.Event(), time.monotonic() + START_SECONDS
        while time.monotonic() < until and web.poll() is None:
            try:
                if Visitor(self.port).get("/livez")[0] == 200:
                    return
            except OSError:
                pause.wait(0.1)
        raise RuntimeError("gunicorn did not come up")

    def close(self) -> None:
        self.renben("db", "stop")
        if not self.is_kept:
            shutil.rmtree(self.home.parent, ignore_errors=True)


class Visitor:
    """A reader with cookies; every request brings a connection of its own, as from many browsers."""

    def __init__(self, port: int) -> None:
        self.port, self.cookies = port, {}

    def _send(self, method: str, path: str, fields: dict[str, str] | None = None) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
            if fields is not None:
                headers["Content-Type"] = "application/x-www-form-urlencoded"
            connection.request(method, path, urlencode(fields) if fields is not None else None, headers)
            answer = connection.getresponse()
            text = answer.read().decode("utf-8", "replace")
            for line in answer.headers.get_all("Set-Cookie") or ():
                name, _, rest = line.partition("=")
                self.cookies[name] = rest.split(";")[0]
            return answer.status, text
        finally:
            connection.close()

    def get(self, path: str) -> tuple[int, str]:
        """(status, body)."""
        return self._send("GET", path)

    def sign_in(self, account: str) -> Visitor:
        """With one click, as the demonstration offers it."""
        _, page = self.get("/accounts/login/")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page).group(1)
        status, _ = self._send("POST", f"/demo/sign-in/{account}/", {"csrfmiddlewaretoken": token})
        if status != 302:
            raise RuntimeError(f"sign-in as {account}: {status}")
        return self
