"""`./run`: from a fresh checkout to a running site."""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator

import environment
from console import ROOT, VENV, SetupFailed, flush_streams, quiet, say, step, venv_environment

RENBEN = VENV / "bin" / "renben"
DEFAULT_PORT = 8000
READY_SECONDS = 90
STOP_SECONDS = 15


def main(arguments: list[str]) -> int:
    """Set-up, database, tables, catalogue, demonstration; then web and worker until Ctrl-C."""
    options = _options(arguments)
    begun = time.monotonic()
    port = None if options.no_serve else _port(options.host, options.port)
    environment.prepare()
    production = os.environ.get("RENBEN_PRODUCTION") == "1"
    env = venv_environment()
    if production:
        env.pop("RENBEN_DEMO", None)
    else:
        env["RENBEN_DEMO"] = "1"
    if port is not None:
        env.setdefault("RENBEN_PUBLIC_URL", f"http://127.0.0.1:{port}")

    if not env.get("DATABASE_URL"):
        with step("启动数据库"):
            _renben("db", "start", env=env, silent=True)
    with step("建表、区划、工作日历和规程"):
        _renben("migrate", env=env)
    with step("检查规程目录"):
        _renben("catalog", "check", env=env, silent=True)
    if not production:
        with step("演示数据"):
            _renben("demo", "--if-empty", *(["--people", str(options.people)] if options.people else []), env=env)
    if port is None:
        say(f"准备完毕，共 {time.monotonic() - begun:.0f} 秒。数据库在运行，停止它：{RENBEN} db stop")
        return 0
    return _serve(options.host, port, env, begun, show_accounts=not production)


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./run", description="安装所需软件，启动数据库、网站和后台任务。")
    parser.add_argument("--no-serve", action="store_true", help="只准备，不启动网站")
    parser.add_argument("--host", default="127.0.0.1", help="监听地址，默认只限本机")
    parser.add_argument("--port", type=int, default=None, help=f"端口，默认 {DEFAULT_PORT}，被占用时取下一个空闲的")
    parser.add_argument("--people", type=int, default=None, help="演示区人数，默认 2 万")
    return parser.parse_args(arguments)


def _port(host: str, wanted: int | None) -> int:
    """A free port: the one asked for, or the first of ten from the default on."""
    candidates = [wanted] if wanted is not None else range(DEFAULT_PORT, DEFAULT_PORT + 10)
    for port in candidates:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
                return port
            except (OSError, OverflowError):
                continue
    if wanted is not None:
        raise SetupFailed(f"端口 {wanted} 不能用（被占用或没有权限）。请用 ./run --port 换一个。")
    raise SetupFailed(f"端口 {DEFAULT_PORT}–{DEFAULT_PORT + 9} 都被占用。请用 ./run --port 指定一个。")


def _renben(*arguments: str, env: dict, silent: bool = False) -> None:
    if silent:
        quiet([RENBEN, *arguments], what=f"renben {' '.join(arguments)} ", env=env)
        return
    flush_streams()
    done = subprocess.run([RENBEN, *arguments], cwd=ROOT, env=env, stdin=subprocess.DEVNULL)
    if done.returncode:
        raise SetupFailed(f"renben {' '.join(arguments)} 没有成功（退出码 {done.returncode}），原因见上。")


@contextlib.contextmanager
def _children(commands: dict[str, list], env: dict) -> Iterator[dict[str, subprocess.Popen]]:
    """Web and worker in sessions of their own, so that Ctrl-C reaches only us and they end in order."""
    started: dict[str, subprocess.Popen] = {}
    try:
        for name, command in commands.items():
            started[name] = subprocess.Popen(
                command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, start_new_session=True
            )
        yield started
    finally:
        for process in started.values():
            if process.poll() is None:
                process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for process in started.values():
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _serve(host: str, port: int, env: dict, begun: float, *, show_accounts: bool) -> int:
    commands = {
        "网站": [RENBEN, "serve", "--host", host, "--port", str(port)],
        "后台任务": [RENBEN, "worker"],
    }

    def interrupt(*_):
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)
    flush_streams()
    try:
        with _children(commands, env) as running:
            address = f"http://{'127.0.0.1' if host in ('127.0.0.1', '0.0.0.0') else host}:{port}"
            _await_ready(address, running)
            if show_accounts:
                _renben("demo", "--accounts", env=env)
            say(f"人本已启动（共 {time.monotonic() - begun:.0f} 秒）：{address}")
            say("按 Ctrl-C 停止网站和后台任务，数据库继续运行。")
            while all(process.poll() is None for process in running.values()):
                time.sleep(0.5)
            ended = [name for name, process in running.items() if process.poll() is not None]
            raise SetupFailed(f"{'、'.join(ended)}意外退出，原因见上。")
    except KeyboardInterrupt:
        say(f"\n网站和后台任务已停止。数据库仍在运行，停止它：{RENBEN} db stop")
        return 0


def _await_ready(address: str, running: dict[str, subprocess.Popen]) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        for name, process in running.items():
            if process.poll() is not None:
                raise SetupFailed(f"{name}没有启动成功，原因见上。")
        try:
            with opener.open(f"{address}/livez", timeout=5):
                return
        except urllib.error.HTTPError as error:
            raise SetupFailed(
                f"网站起来了，但 {address}/livez 回答 {error.code}。请运行 renben doctor 查看。"
            ) from error
        except OSError:
            time.sleep(0.2)
    raise SetupFailed(f"网站在 {READY_SECONDS} 秒内没有回应 {address}。")
