"""Progress lines with timing, and running a program quietly: its output is shown only when it fails."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"


class SetupFailed(Exception):
    """A step that cannot go on; the text says in Chinese what to do."""


def say(text: str) -> None:
    """A line for the person at the terminal."""
    print(text, flush=True)


@contextmanager
def step(title: str) -> Iterator[None]:
    """Prints the title with a tick and the seconds it took when the block ends well."""
    begun = time.monotonic()
    yield
    say(f"✓ {title}（{time.monotonic() - begun:.1f} 秒）")


def quiet(command: list, *, what: str, env: dict | None = None, timeout: int = 1800) -> None:
    """Runs a program without its output; raises `SetupFailed` with the last lines when it fails."""
    with tempfile.TemporaryFile() as output:
        try:
            done = subprocess.run(
                [str(part) for part in command],
                cwd=ROOT,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                timeout=timeout,
            )
            failed = f"退出码 {done.returncode}" if done.returncode else None
        except FileNotFoundError:
            failed = "找不到程序"
        except subprocess.TimeoutExpired:
            failed = f"超过 {timeout} 秒没有结束"
        if failed:
            output.seek(0)
            tail = "\n".join(output.read().decode("utf-8", "replace").splitlines()[-25:])
            raise SetupFailed(f"{what}失败（{failed}）：{' '.join(map(str, command[:4]))} …\n{tail}")


def is_root() -> bool:
    """Whether packages of the operating system may be installed without asking anybody."""
    return os.geteuid() == 0


def venv_environment(**extra: str) -> dict[str, str]:
    """The environment of the programs in `.venv`: its `bin` comes first, so `renben` and tools are found."""
    path = f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    return {**os.environ, "PATH": path, "VIRTUAL_ENV": str(VENV), "PYTHONUNBUFFERED": "1", **extra}


def flush_streams() -> None:
    """Before another program writes to the same terminal."""
    sys.stdout.flush()
    sys.stderr.flush()
