"""Where the embedded server lives: `$RENBEN_HOME`, its data, its socket directory and the system user it runs as."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

from renben.kernel.postgres.errors import PostgresError

SYSTEM_USER = "renben"
PORT = 5432
# sockaddr_un holds 108 bytes on Linux including the closing zero; macOS holds 104, so the shorter one rules there.
SOCKET_PATH_LIMIT = 107 if os.uname().sysname == "Linux" else 103


def renben_home() -> Path:
    """The folder of everything this installation keeps: `$RENBEN_HOME`, else /var/lib/renben for root, else XDG data."""
    chosen = os.environ.get("RENBEN_HOME")
    if chosen:
        return Path(os.path.abspath(os.path.expanduser(chosen)))
    if os.geteuid() == 0:
        return Path("/var/lib/renben")
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share") / "renben"


@dataclass(frozen=True)
class Home:
    """The paths of one installation; none of them is created by looking at it."""

    root: Path

    @property
    def data(self) -> Path:
        return self.root / "pg"

    @property
    def settings_file(self) -> Path:
        """Written by the launcher, outside the data directory: the server's own user must not be able to plant it."""
        return self.root / "postgres.conf"

    @property
    def lock_file(self) -> Path:
        return self.root / ".postgres.lock"

    @property
    def socket_dir(self) -> Path:
        """`$RENBEN_HOME/s`, or a private folder in /tmp named after the home when the path would be too long."""
        near = self.root / "s"
        if len(os.fsencode(near / f".s.PGSQL.{PORT}")) <= SOCKET_PATH_LIMIT:
            return near
        key = hashlib.sha256(os.fsencode(self.root)).hexdigest()[:16]
        return Path("/tmp") / f"renben-{key}"

    @property
    def socket(self) -> Path:
        return self.socket_dir / f".s.PGSQL.{PORT}"


def current_home() -> Home:
    """The home the environment names right now (tests change it, so it is never remembered)."""
    return Home(renben_home())


@dataclass(frozen=True)
class Account:
    """The user the server runs as. `spawn` are the arguments that make `subprocess` run a program as this user."""

    uid: int
    gid: int
    drops: bool

    @property
    def spawn(self) -> dict:
        environment = {"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "LC_ALL": "C"}
        if not self.drops:
            return {"env": environment}
        return {"env": environment, "user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        """Gives a path the launcher has just made to this user."""
        if self.drops:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)


def server_account() -> Account:
    """The user to run the server as: oneself, or as root the system user `renben`, created when it is missing."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), drops=False)
    import pwd

    try:
        entry = pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        _create_system_user()
        entry = pwd.getpwnam(SYSTEM_USER)
    if entry.pw_uid == 0:
        raise PostgresError(f"系统用户 {SYSTEM_USER} 就是 root，数据库不能用它运行。请改用一个普通的系统用户。")
    return Account(entry.pw_uid, entry.pw_gid, drops=True)


def _create_system_user() -> None:
    program = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if program is None:
        raise PostgresError(
            f"数据库不能以 root 身份运行，本机又没有 useradd 命令。请先手工建立系统用户 {SYSTEM_USER}，再重试。"
        )
    command = [program, "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
    made = subprocess.run(
        [*command, "--shell", "/usr/sbin/nologin", SYSTEM_USER],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    # Code 9: somebody else created it in the same moment, which is as good.
    if made.returncode not in (0, 9):
        raise PostgresError(f"无法建立系统用户 {SYSTEM_USER}：{made.stderr.strip()}")


def prepare_root(home: Home) -> None:
    """Creates `$RENBEN_HOME` (folders made here are 0755). The modes of folders that exist are never touched."""
    missing = [path for path in [home.root, *home.root.parents] if not path.exists()]
    for path in reversed(missing):
        try:
            path.mkdir(exist_ok=True)
            path.chmod(0o755)
        except OSError as error:
            raise PostgresError(f"无法建立数据目录 {path}：{error.strerror}。请换一个 RENBEN_HOME。") from error
    if not home.root.is_dir():
        raise PostgresError(f"{home.root} 不是目录，请换一个 RENBEN_HOME。")


def require_reachable(home: Home, account: Account) -> None:
    """Raises when the server's user cannot enter `$RENBEN_HOME`, naming the folder that is closed to it."""
    if not account.drops or _can_enter(home.root, account):
        return
    chain = [*reversed(home.root.parents), home.root]
    closed = next((path for path in chain if not _can_enter(path, account)), home.root)
    raise PostgresError(
        f"以 root 启动时，数据库用系统用户 {SYSTEM_USER} 运行，但它进不了目录 {closed}"
        f"（权限 {stat.S_IMODE(closed.stat().st_mode):04o}）。程序不会放宽目录权限。"
        "请把 RENBEN_HOME 设到别处（默认 /var/lib/renben），或改用普通用户启动。"
    )


def _can_enter(path: Path, account: Account) -> bool:
    # Asked of the kernel as that user, so that access lists and mount options count, not only mode bits.
    asked = subprocess.run(
        ["/bin/sh", "-c", 'cd -- "$1"', "sh", str(path)],
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        **account.spawn,
    )
    return asked.returncode == 0


def prepare_socket_dir(home: Home, account: Account) -> None:
    """Makes the socket directory, 0700 and owned by the server's user: whoever can enter it is trusted."""
    folder = home.socket_dir
    try:
        folder.mkdir(mode=0o700)
        account.own(folder)
    except FileExistsError:
        pass
    found = folder.lstat()
    # In /tmp anybody may have made a folder of this name first; following it would hand them the database.
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != account.uid or stat.S_IMODE(found.st_mode) & 0o077:
        raise PostgresError(f"套接字目录 {folder} 不属于数据库用户或权限过宽，请删除它后重试。")
