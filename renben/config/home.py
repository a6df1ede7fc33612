"""Where this installation keeps what is not code: database, keys, files; and the signing key of its sessions."""

from __future__ import annotations

import os
import secrets

from renben.kernel.postgres import renben_home as home


def secret_key() -> str:
    """The signing key of sessions: from the environment, else made once and kept in the home, readable by us alone."""
    if os.environ.get("RENBEN_SECRET_KEY"):
        return os.environ["RENBEN_SECRET_KEY"]
    path = home() / "secret_key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
                out.write(secrets.token_urlsafe(48))
        except FileExistsError:
            pass
    return path.read_text()


__all__ = ["home", "secret_key"]
