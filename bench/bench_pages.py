"""Workbench pages of a district of 247,000 people at 30 requests a second (goal p95 300 ms), beside `/livez` at the same rate.

The district is built in a home of its own and removed afterwards. `BENCH_PEOPLE` makes it smaller; `BENCH_PAGES_HOME`
names a home that is built once and kept.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from bench.servers import p95

ROOT = Path(__file__).resolve().parents[1]
PEOPLE = 247_000
RATE, SECONDS, WARM_UP_SECONDS, BASELINE_SECONDS = 30, 30, 8, 8
SLOW_MS = 100
ACCOUNTS = ("leader", "clerk", "reviewer")


class Site:
    """Database and gunicorn of one home."""

    def __init__(self, home: Path) -> None:
        dropped = ("DATABASE_URL", "DATABASE_OWNER_URL", "RENBEN_AS_OWNER", "RENBEN_KEYS", "RENBEN_FILES")
        kept = {name: value for name, value in os.environ.items() if name not in dropped}
        self.home, self.env = home, {**kept, "RENBEN_HOME": str(home), "RENBEN_DEMO": "1"}
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.web: subprocess.Popen | None = None

    def renben(self, *arguments: str) -> None:
        command = [sys.executable, "-m", "renben.cli", *arguments]
        subprocess.run(command, env=self.env, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)

    def serve(self) -> None:
        command = [sys.executable, "-m", "renben.cli", "serve", "--workers", "2", "--port", str(self.port)]
        self.web = subprocess.Popen(command, env=self.env, cwd=ROOT, start_new_session=True)
        for _ in range(600):
            if self.web.poll() is not None:
                raise RuntimeError("gunicorn did not start")
            try:
                if self.ask("GET", "/livez")[0] == 200:
                    return
            except (OSError, http.client.HTTPException):
                time.sleep(0.1)
        raise RuntimeError("gunicorn did not answer")

    def ask(
        self, method: str, path: str, cookies: dict[str, str] | None = None, body: str = ""
    ) -> tuple[int, dict, str]:
        """(status, cookies set, text) of one request."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in (cookies or {}).items())}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, body or None, headers)
        response = connection.getresponse()
        text = response.read().decode("utf-8", "replace")
        pairs = (line.partition("=") for line in response.headers.get_all("Set-Cookie") or ())
        found = {name: rest.split(";")[0] for name, _, rest in pairs}
        connection.close()
        return response.status, found, text

    def session(self, username: str) -> str:
        """The cookie header of somebody signed in with one click."""
        _, cookies, text = self.ask("GET", "/accounts/login/")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', text).group(1)
        status, more, _ = self.ask("POST", f"/demo/sign-in/{username}/", cookies, f"csrfmiddlewaretoken={token}")
        if status != 302:
            raise RuntimeError(f"sign-in of {username}: {status}")
        return "; ".join(f"{k}={v}" for k, v in (cookies | more).items())

    def load(self, paths: list, sessions: list[str], seconds: float) -> tuple[list, int]:
        """([label, seconds, status] of every request, how many connections had to be opened again)."""
        plan = {"port": self.port, "rate": RATE, "seconds": seconds, "sessions": sessions, "paths": paths}
        done = subprocess.run(
            [sys.executable, "-m", "bench.load"],
            cwd=ROOT,
            input=json.dumps(plan),
            capture_output=True,
            text=True,
            check=True,
        )
        answer = json.loads(done.stdout)
        return answer["results"], answer["reconnects"]

    def processor_seconds(self) -> dict[str, float]:
        """Processor time used so far by the web server and by the database."""
        import psutil

        used = dict.fromkeys(("web", "database"), 0.0)
        root = psutil.Process(self.web.pid)
        for process in [root, *root.children(recursive=True)]:
            used["web"] += sum(process.cpu_times()[:2])
        data = (self.home / "pg").resolve()
        for process in psutil.process_iter(["name"]):
            with suppress(psutil.Error):
                if process.info["name"] == "postgres" and Path(process.cwd()) == data:
                    used["database"] += sum(process.cpu_times()[:2])
        return used

    def stop(self) -> None:
        if self.web is not None:
            os.killpg(self.web.pid, signal.SIGTERM)
            self.web.wait()
        self.renben("db", "stop")


@contextmanager
def _site(people: int, say: Callable[[str], None]) -> Iterator[Site]:
    from renben.kernel.postgres.home import Home

    kept = os.environ.get("BENCH_PAGES_HOME")
    folder = Path(kept) if kept else Path(tempfile.mkdtemp(prefix="rb-", dir="/tmp"))
    folder.mkdir(exist_ok=True)
    folder.chmod(0o755)
    site = Site(folder / "h")
    try:
        say(f"正在建立 {people} 人的演示区……")
        site.renben("migrate")
        site.renben("demo", "--people", str(people), "--if-empty")
        site.serve()
        yield site
    finally:
        site.stop()
        if not kept:
            shutil.rmtree(Home(folder / "h").socket_dir, ignore_errors=True)
            shutil.rmtree(folder, ignore_errors=True)


def _paths(home: Path) -> list[tuple[str, int, str]]:
    """A working day's mix of pages: (label, whose session, path). People and cases are drawn at random."""
    import psycopg

    from renben.kernel.postgres import url
    from renben.kernel.postgres.home import Home

    rng = random.Random(3)
    with psycopg.connect(url("owner", home=Home(home))) as connection:
        connection.execute("SELECT setseed(0.5)")
        people = connection.execute(
            "SELECT id, name, right(id_masked, 4), initials FROM kernel_person WHERE merged_into_id IS NULL"
            " AND id_masked <> '' ORDER BY random() LIMIT 200"
        ).fetchall()
        clerk = "SELECT o.path FROM kernel_post p JOIN kernel_staffmember m ON m.id = p.staff_id"
        clerk += " JOIN kernel_user u ON u.id = m.user_id JOIN kernel_organization o ON o.id = p.organization_id"
        (street,) = connection.execute(f"{clerk} WHERE u.username = 'clerk'").fetchone()
        own = connection.execute(
            "SELECT p.id FROM kernel_person p JOIN kernel_organization o ON o.id = p.organization_id"
            " WHERE o.path LIKE %s AND p.merged_into_id IS NULL ORDER BY random() LIMIT 100",
            [street + "%"],
        ).fetchall()
        cases = connection.execute("SELECT id FROM procedures_case ORDER BY random() LIMIT 100").fetchall()
    leader, counter, reviewer = range(3)
    mix: list[tuple[str, int, str]] = []
    for i in range(60):
        pk, name, tail, letters = people[i % len(people)]
        mix += [
            ("今天", (leader, counter, reviewer)[i % 3], "/"),
            ("人员列表", (leader, counter)[i % 2], "/people/"),
            ("按姓名查", leader, f"/people/?q={quote(name)}"),
            ("按后四位查", (leader, counter)[i % 2], f"/people/?q={quote(tail)}"),
            ("按首字母查", leader, f"/people/?q={quote(letters)}"),
            ("人员档案", leader, f"/people/{pk}/"),
            ("人员档案", counter, f"/people/{own[i % len(own)][0]}/"),
            ("办件", leader, f"/cases/{cases[i % len(cases)][0]}/"),
            ("办件列表", (leader, counter)[i % 2], "/cases/"),
            ("台账", (leader, counter)[i % 2], "/ledgers/unemployment_management/"),
        ]
    rng.shuffle(mix)
    return mix


@contextmanager
def _slow_statements(home: Path) -> Iterator[list[str]]:
    """Statements above 100 ms meanwhile, from the server's log. The district is made up, so nothing personal is in them."""
    import psycopg

    from renben.kernel.postgres import url
    from renben.kernel.postgres.home import Home

    found: list[str] = []
    with psycopg.connect(url("superuser", home=Home(home)), autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE renben SET log_min_duration_statement = {SLOW_MS}")
        (log,) = connection.execute("SELECT pg_current_logfile()").fetchone()
        path = home / "pg" / log
        position = path.stat().st_size
        try:
            yield found
        finally:
            connection.execute("ALTER DATABASE renben RESET log_min_duration_statement")
    with path.open(encoding="utf-8", errors="replace") as lines:
        lines.seek(position)
        found += re.findall(r"duration: ([\d.]+ ms\s+statement: .*)", lines.read())


def measure(say: Callable[[str], None]) -> list[dict]:
    people = int(os.environ.get("BENCH_PEOPLE", PEOPLE))
    with _site(people, say) as site:
        paths = _paths(site.home)
        with _slow_statements(site.home) as slow:
            sessions = [site.session(account) for account in ACCOUNTS]
            say("预热……")
            site.load(paths, sessions, WARM_UP_SECONDS)
            baseline, _ = site.load([("livez", 0, "/livez")], sessions, BASELINE_SECONDS)
            say(f"每秒 {RATE} 个请求，{SECONDS} 秒……")
            before = site.processor_seconds()
            results, reconnects = site.load(paths, sessions, SECONDS)
            spent = {name: used - before[name] for name, used in site.processor_seconds().items()}
    wrong = [row for row in results if row[2] != 200]
    by_label = defaultdict(list)
    for label, seconds, _ in results:
        by_label[label].append(seconds)
    for label, seconds in sorted(by_label.items()):
        say(f"　{label}：p95 {1000 * p95(seconds):.0f} 毫秒，最长 {1000 * max(seconds):.0f} 毫秒（{len(seconds)} 次）")
    each = {name: 1000 * seconds / len(results) for name, seconds in spent.items()}
    say(f"　每个页面的处理器时间：网站 {each['web']:.1f} 毫秒，数据库 {each['database']:.1f} 毫秒")
    if reconnects:
        say(f"　重新连接 {reconnects} 次")
    if wrong:
        say(f"　没有正常应答的请求 {len(wrong)} 个，例如 {wrong[0]}")
    slow.sort(key=lambda line: -float(line.split()[0]))
    for line in slow[:8]:
        say(f"　慢语句 {line[:600]}")
    value, base = 1000 * p95([row[1] for row in results]), 1000 * p95([row[1] for row in baseline])
    return [
        {
            "name": f"工作台页面（{people} 人，每秒 {RATE} 个请求）",
            "value": value,
            "unit": "毫秒 p95",
            "baseline": f"/livez {base:.1f} 毫秒",
            "ratio": round(value / base, 1),
            "goal": "≤300 毫秒",
            "ok": value <= 300 and not wrong,
        }
    ]
