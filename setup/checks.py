"""`./test`: everything that can fail, in parts, each with its time. The first part that fails ends the run."""

from __future__ import annotations

import contextlib
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import environment
import packages
from console import PYTHON, ROOT, VENV, SetupFailed, flush_streams, is_root, quiet, say, step, venv_environment

USAGE = """用法：
  ./test            全部：静态检查、单元、页面、浏览器、故障、第二数据库
  ./test quick      只做静态检查和单元测试
  ./test 参数…      只把参数交给 pytest，例如 ./test tests/kernel -k person"""

BIN = VENV / "bin"
CLOSING = re.compile(r"(?:\x1b\[[\d;]*m)*=+ .*\b(?:passed|failed|error|errors|skipped|deselected|no tests ran)\b.* =+")
NO_TESTS_COLLECTED = 5
# Parts of their own, in this order, with their number of workers; a test with several of the marks runs in the last.
SLOW_PARTS = {"pages": ("页面测试", "2"), "browser": ("浏览器测试", "2"), "faults": ("故障测试", "0")}
# What a production machine may have set must not reach the tests: they write to the database they are given.
FOREIGN = ("DATABASE_URL", "DATABASE_OWNER_URL", "RENBEN_DEMO", "RENBEN_PRODUCTION", "RENBEN_AS_OWNER", "RENBEN_HOSTS")


@dataclass
class Report:
    """Each part with its time and pytest's closing line, shown again at the end."""

    lines: list[str] = field(default_factory=list)
    failed: bool = False

    def add(self, title: str, begun: float, ok: bool, closing: str = "") -> None:
        mark = "✓" if ok else "✗"
        line = f"{mark} {title}（{time.monotonic() - begun:.1f} 秒）"
        say(line)
        self.lines.append(f"{line}  {closing}".rstrip())
        self.failed = self.failed or not ok


def main(arguments: list[str]) -> int:
    """Runs the parts the arguments name; 0 when all of them passed."""
    if arguments[:1] in (["-h"], ["--help"]):
        say(USAGE)
        return 0

    def interrupt(*_):
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)
    quick = arguments == ["quick"]
    everything = not arguments or arguments == ["all"]
    environment.prepare()
    environment.prepare_ray()
    if everything:
        packages.require_browser_and_fonts()
        packages.require_server_programs()
    report = Report()
    registered = _registered_marks()
    marks = [mark for mark in SLOW_PARTS if mark in registered]
    with _home_of_the_run() as home:
        env = _environment(home)
        with _embedded_server(env):
            if quick or everything:
                _static_checks(env, report)
                if not report.failed:
                    _pytest("单元测试", ["-n", "2", *_only(None, marks)], env, report)
            else:
                _pytest("pytest " + " ".join(arguments), arguments, env, report)
            if everything:
                for position, mark in enumerate(marks):
                    title, workers = SLOW_PARTS[mark]
                    if not report.failed:
                        _pytest(title, ["-n", workers, *_only(mark, marks[position + 1 :])], env, report)
        if everything and not report.failed and "database" in registered:
            with _second_server() as urls:
                _pytest("第二数据库测试", ["-n", "2", *_only("database", [])], {**env, **urls}, report)
    say("\n各部分：\n" + "\n".join(report.lines))
    say("结果：" + ("有失败，见上。" if report.failed else "全部通过。"))
    return 1 if report.failed else 0


def _registered_marks() -> set[str]:
    """The marks of pyproject.toml: pytest refuses an expression that names another."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return {line.partition(":")[0].strip() for line in settings["tool"]["pytest"]["ini_options"].get("markers", [])}


def _only(mark: str | None, without: list[str]) -> list[str]:
    """pytest's arguments that choose the tests with one mark and without others."""
    terms = ([mark] if mark else []) + [f"not {other}" for other in without]
    return ["-m", " and ".join(terms)] if terms else []


def _environment(home: Path) -> dict[str, str]:
    env = venv_environment(RENBEN_HOME=str(home), PYTHONDONTWRITEBYTECODE="1")
    for name in FOREIGN:
        env.pop(name, None)
    found = packages.browser()
    if found:
        env.setdefault("RENBEN_CHROMIUM", found)
    return env


@contextlib.contextmanager
def _home_of_the_run() -> Iterator[Path]:
    """A home for this run alone, so that runs side by side never meet; open to the database's own user."""
    outer = Path(tempfile.mkdtemp(prefix="renben-test-", dir="/tmp"))
    outer.chmod(0o755)
    try:
        yield outer / "home"
    finally:
        shutil.rmtree(outer, ignore_errors=True)


@contextlib.contextmanager
def _embedded_server(env: dict[str, str]) -> Iterator[None]:
    launcher = [PYTHON, "-c", "import sys; from renben.kernel import postgres; getattr(postgres, sys.argv[1])()"]
    try:
        with step("启动测试用数据库"):
            quiet([*launcher, "start"], what="启动测试用数据库", env=env)
        yield
    finally:
        subprocess.run([*map(str, launcher), "stop"], cwd=ROOT, env=env, stdin=subprocess.DEVNULL)


def _static_checks(env: dict[str, str], report: Report) -> None:
    """All of them run, so that one submission shows all that is wrong."""
    checks: list[tuple[str, list]] = [
        ("ruff 检查", [BIN / "ruff", "check", "--quiet", "--output-format", "concise", "."]),
        ("ruff 格式", [BIN / "ruff", "format", "--check", "--output-format", "concise", "."]),
        ("分层检查", [BIN / "lint-imports", "--no-logo"]),
    ]
    if any(ROOT.joinpath("renben").rglob("*.html")):
        checks.append(("模板检查", [BIN / "djlint", "renben", "--lint", "--quiet"]))
    checks.append(("规程目录检查", [BIN / "renben", "catalog", "check"]))
    for title, command in checks:
        begun = time.monotonic()
        done = subprocess.run(
            [str(part) for part in command],
            cwd=ROOT,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        if done.returncode:
            say(done.stdout.decode("utf-8", "replace").rstrip())
        report.add(title, begun, done.returncode == 0)


def _pytest(title: str, arguments: list[str], env: dict[str, str], report: Report) -> None:
    """Runs pytest with its output passed on as it comes; remembers its closing line. A part without tests fails."""
    say(f"\n—— {title} ——")
    flush_streams()
    begun = time.monotonic()
    color = ["--color=yes"] if sys.stdout.isatty() else []
    command = [str(PYTHON), "-m", "pytest", *color, *arguments]
    closing = ""
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    try:
        for raw in process.stdout:
            sys.stdout.buffer.write(raw)
            sys.stdout.flush()
            line = raw.decode("utf-8", "replace").rstrip()
            if CLOSING.match(line):
                closing = line
        code = process.wait()
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()
    report.add(title + ("：一个测试也没有" if code == NO_TESTS_COLLECTED else ""), begun, code == 0, closing)


@contextlib.contextmanager
def _second_server() -> Iterator[dict[str, str]]:
    """The operating system's PostgreSQL in a folder of its own, on a Unix socket; gives the URLs of both roles."""
    programs = packages.require_server_programs()
    folder = Path(tempfile.mkdtemp(prefix="renben-pg-", dir="/tmp"))
    user: dict = {}
    if is_root():
        account = _account()
        os.chown(folder, account.pw_uid, account.pw_gid)
        user = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    data = folder / "data"

    def run(*command: str | Path) -> None:
        # Into a file: the server inherits the output, and a pipe would stay open as long as it lives.
        with tempfile.TemporaryFile() as output:
            done = subprocess.run(
                [str(part) for part in command],
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env={"PATH": os.defpath, "LC_ALL": "C"},
                **user,
            )
            output.seek(0)
            if done.returncode:
                raise SetupFailed(f"第二数据库启动失败：\n{output.read().decode('utf-8', 'replace')}")

    try:
        with step(f"启动第二数据库 PostgreSQL {programs.parent.name}"):
            cluster = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]
            run(programs / "initdb", "-D", data, *cluster)
            # Durability is tested on the embedded server; here only the dialect counts.
            options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off -c max_connections=100"
            run(programs / "pg_ctl", "start", "-w", "-s", "-D", data, "-l", folder / "log", "-o", options)
            urls = {
                role: f"postgresql://{role}@/{name}?host={folder}&port=5432"
                for role, name in (("postgres", "postgres"), ("renben_app", "renben"), ("renben_owner", "renben"))
            }
            code = "import sys; from renben.kernel.postgres import provision; provision(sys.argv[1])"
            quiet([PYTHON, "-c", code, urls["postgres"]], what="建立第二数据库的角色")
        yield {"DATABASE_URL": urls["renben_app"], "DATABASE_OWNER_URL": urls["renben_owner"]}
    finally:
        if (data / "postmaster.pid").exists():
            with contextlib.suppress(SetupFailed):
                run(programs / "pg_ctl", "stop", "-w", "-s", "-m", "immediate", "-D", data)
        shutil.rmtree(folder, ignore_errors=True)


def _account() -> pwd.struct_passwd:
    """PostgreSQL refuses to run as root: the package's user `postgres`, or `nobody`."""
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise SetupFailed("以 root 运行时，第二数据库需要系统用户 postgres。")
