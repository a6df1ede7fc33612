"""Roles, database and rights. The application's role owns nothing, so it cannot change tables or the audit guards."""

from __future__ import annotations

from renben.kernel.postgres.urls import DATABASE, ROLES

APP, OWNER = ROLES["app"], ROLES["owner"]
# Stands as the database's comment once everything below is done; raise the number when the rights change.
MARK = f"{DATABASE} provisioned 1"

DEFAULT_RIGHTS = (
    f"GRANT USAGE ON SCHEMA public TO {APP}",
    f"ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {APP}",
    f"ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {APP}",
)


def is_provisioned(connection) -> bool:
    """Whether `provision` once ran to its end; `connection` may be to any database of the server."""
    query = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s"
    row = connection.execute(query, [DATABASE]).fetchone()
    return row is not None and row[0] == MARK


def provision(superuser_url: str) -> None:
    """Makes roles, database `renben` and its rights on a server; running it again changes nothing.

    `superuser_url`: a URL of any database of the server for a superuser. The roles get no password: on a server of
    one's own, set them (or peer/trust rules) afterwards. template1 gets the same default rights, so that databases the
    owner makes later (test databases, a restore) give the application the same access.
    """
    import psycopg

    with psycopg.connect(superuser_url, autocommit=True) as server:
        roles = {name for (name,) in server.execute("SELECT rolname FROM pg_roles")}
        if OWNER not in roles:
            server.execute(f"CREATE ROLE {OWNER} LOGIN CREATEDB")
        if APP not in roles:
            server.execute(f"CREATE ROLE {APP} LOGIN")
        if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            server.execute(
                f"CREATE DATABASE {DATABASE} OWNER {OWNER} TEMPLATE template0 ENCODING 'UTF8' "
                "LC_COLLATE 'C' LC_CTYPE 'C'"
            )
    for database in ("template1", DATABASE):
        with psycopg.connect(superuser_url, dbname=database) as connection:
            for statement in DEFAULT_RIGHTS:
                connection.execute(statement)
            if database == DATABASE:
                connection.execute(f"REVOKE ALL ON DATABASE {DATABASE} FROM PUBLIC")
                connection.execute(f"GRANT CONNECT, TEMPORARY ON DATABASE {DATABASE} TO {APP}")
                connection.execute(f"COMMENT ON DATABASE {DATABASE} IS '{MARK}'")
