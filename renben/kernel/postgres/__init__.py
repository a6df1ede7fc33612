"""Launcher of the embedded PostgreSQL: one server below `$RENBEN_HOME`, reached by a Unix socket only.

Nothing here knows Django, and importing it loads no database driver, so settings and the command line may import it freely.

- `start()`, `stop()`, `status()`: the server of this home (safe to call from several processes at once)
- `database_urls(ensure)`, `url(role)`, `parse_url(url)`: where the application connects
- `provision(superuser_url)`: roles, database and rights; also used for a server of one's own
- `pg_bin(name)`: path of `pg_dump`, `pg_restore`, …
"""

from renben.kernel.postgres.binaries import pg_bin
from renben.kernel.postgres.errors import PostgresError
from renben.kernel.postgres.home import renben_home
from renben.kernel.postgres.provisioning import provision
from renben.kernel.postgres.server import Server, start, status, stop
from renben.kernel.postgres.urls import database_urls, parse_url, url

__all__ = [
    "PostgresError",
    "Server",
    "database_urls",
    "parse_url",
    "pg_bin",
    "provision",
    "renben_home",
    "start",
    "status",
    "stop",
    "url",
]
