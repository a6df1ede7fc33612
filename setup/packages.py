"""Operating system packages of Debian and Ubuntu: installed when we are root, asked for when we are not."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from console import SetupFailed, is_root, quiet, step

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def apt_install(*names: str, why: str) -> None:
    """Installs packages; raises `SetupFailed` with the command to type when we may not."""
    command = f"apt-get install -y {' '.join(names)}"
    if shutil.which("apt-get") is None:
        raise SetupFailed(f"{why}需要这些软件包：{' '.join(names)}（Debian 的包名）。请用本机的包管理器安装后重试。")
    if not is_root():
        raise SetupFailed(f"{why}需要系统软件包。请运行：sudo {command}，然后重试。")
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    with step(f"安装系统软件包 {' '.join(names)}"):
        quiet(["apt-get", "update", "-q"], what="更新软件包列表", env=env)
        options = ["-o", "Dpkg::Options::=--force-confold", "--no-install-recommends"]
        quiet(["apt-get", "install", "-y", "-q", *options, *names], what="安装系统软件包", env=env)


def browser() -> str | None:
    """Path of a Chromium on this machine, or None."""
    return next((found for name in BROWSERS if (found := shutil.which(name))), None)


def require_browser_and_fonts() -> None:
    """Chromium and Chinese fonts for the browser tests."""
    missing = [] if browser() else ["chromium"]
    if not _has_chinese_font():
        missing.append("fonts-noto-cjk")
    if missing:
        apt_install(*missing, why="浏览器测试")


def _has_chinese_font() -> bool:
    if shutil.which("fc-list"):
        listed = subprocess.run(["fc-list", ":lang=zh", "family"], capture_output=True, text=True)
        return bool(listed.stdout.strip())
    return Path("/usr/share/fonts/opentype/noto").is_dir()


def server_programs() -> Path | None:
    """The `bin` folder of the newest PostgreSQL (15 or later) of the operating system's packages, or None."""
    found = []
    for folder in Path("/usr/lib/postgresql").glob("*/bin"):
        if folder.parent.name.isdigit() and int(folder.parent.name) >= 15 and (folder / "initdb").is_file():
            found.append((int(folder.parent.name), folder))
    return max(found)[1] if found else None


def require_server_programs() -> Path:
    """PostgreSQL of the operating system for the second-database part; no cluster of it is made or started."""
    programs = server_programs()
    if programs is None:
        _forbid_default_cluster()
        apt_install("postgresql", why="第二数据库的测试")
        programs = server_programs()
    if programs is None:
        raise SetupFailed("系统软件源里没有 PostgreSQL 15 或更新的版本，第二数据库的测试无法进行。")
    return programs


def _forbid_default_cluster() -> None:
    # Debian's package otherwise creates and starts a cluster on port 5432, which nobody asked for.
    configuration = Path("/etc/postgresql-common/createcluster.conf")
    if is_root() and shutil.which("apt-get") and not configuration.exists():
        configuration.parent.mkdir(parents=True, exist_ok=True)
        configuration.write_text("create_main_cluster = false\n", encoding="utf-8")
