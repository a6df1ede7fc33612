"""Connection URLs: made for the embedded server, read for Django, taken from `DATABASE_URL` when an agency has its own."""

from __future__ import annotations

import os
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from renben.kernel.postgres.errors import PostgresError
from renben.kernel.postgres.home import PORT, Home, current_home

DATABASE = "renben"
ROLES = {"app": "renben_app", "owner": "renben_owner", "superuser": "postgres"}


def url(role: str = "app", *, database: str = DATABASE, home: Home | None = None) -> str:
    """URL of the embedded server for `app` (reads and writes rows), `owner` (migrations) or `superuser` (restore).

    Only computed: the server need not run. Raises `PostgresError` for another role.
    """
    if role not in ROLES:
        raise PostgresError(f"没有数据库角色 {role}，可用：{'、'.join(ROLES)}。")
    host = quote(str((home or current_home()).socket_dir), safe="/")
    return f"postgresql://{ROLES[role]}@/{quote(database, safe='')}?host={host}&port={PORT}"


def database_urls(*, ensure: bool = False) -> tuple[str, str]:
    """(URL of the application role, URL of the owner role).

    `DATABASE_URL` wins, with `DATABASE_OWNER_URL` (default: the same) for the owner, and nothing is started.
    Otherwise the embedded server of `$RENBEN_HOME`, started first when `ensure` and it is not running.
    """
    external = os.environ.get("DATABASE_URL")
    if external:
        return external, os.environ.get("DATABASE_OWNER_URL") or external
    if ensure:
        from renben.kernel.postgres.server import start

        start()
    return url("app"), url("owner")


def parse_url(text: str) -> dict:
    """A PostgreSQL URL as Django's `NAME, USER, PASSWORD, HOST, PORT, OPTIONS`.

    `host`, `port`, `user`, `password`, `dbname` in the query win over the front part, as in libpq; the rest of the
    query (such as `sslmode`) becomes OPTIONS. Raises `PostgresError` for another scheme, a bad port or a missing name.
    """
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise PostgresError("DATABASE_URL 写法不对（端口应是数字）。") from error
    if parts.scheme not in ("postgresql", "postgres"):
        raise PostgresError("DATABASE_URL 应以 postgresql:// 开头：本系统只支持 PostgreSQL 15 及以上。")
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    settings = {
        "NAME": query.pop("dbname", None) or unquote(parts.path.removeprefix("/")),
        "USER": query.pop("user", None) or unquote(parts.username or ""),
        "PASSWORD": query.pop("password", None) or unquote(parts.password or ""),
        "HOST": query.pop("host", None) or unquote(parts.hostname or ""),
        "PORT": query.pop("port", None) or (str(port) if port else ""),
        "OPTIONS": query,
    }
    if not settings["NAME"]:
        raise PostgresError("DATABASE_URL 里缺少数据库名，例如 postgresql://用户@主机:5432/renben。")
    return settings
