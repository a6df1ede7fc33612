"""The one error of the launcher."""


class PostgresError(Exception):
    """The database cannot be started, stopped or reached; the text is for the person at the terminal (Chinese)."""
