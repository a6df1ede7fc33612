"""Connection URLs: computed, taken from the environment, read for Django."""

import pytest

from renben.kernel.postgres import PostgresError, database_urls, parse_url, renben_home, url


def test_embedded_url_is_read_back_by_django_and_libpq(monkeypatch):
    from psycopg.conninfo import conninfo_to_dict

    monkeypatch.setenv("RENBEN_HOME", "/srv/人 本")
    text = url("app")
    assert parse_url(text) == {
        "NAME": "renben",
        "USER": "renben_app",
        "PASSWORD": "",
        "HOST": "/srv/人 本/s",
        "PORT": "5432",
        "OPTIONS": {},
    }
    assert conninfo_to_dict(text) == {"user": "renben_app", "dbname": "renben", "host": "/srv/人 本/s", "port": "5432"}


def test_long_home_gets_a_short_socket_folder_of_its_own(monkeypatch):
    hosts = set()
    for name in ("a", "b"):
        monkeypatch.setenv("RENBEN_HOME", "/srv/" + name * 120)
        hosts.add(parse_url(url("owner"))["HOST"])
    assert len(hosts) == 2
    assert all(len(f"{host}/.s.PGSQL.5432") <= 103 for host in hosts)


def test_database_url_wins_and_owner_defaults_to_it(monkeypatch, tmp_path):
    monkeypatch.setenv("RENBEN_HOME", str(tmp_path / "never"))
    monkeypatch.setenv("DATABASE_URL", "postgresql://a@db/x")
    monkeypatch.delenv("DATABASE_OWNER_URL", raising=False)
    assert database_urls(ensure=True) == ("postgresql://a@db/x", "postgresql://a@db/x")
    monkeypatch.setenv("DATABASE_OWNER_URL", "postgresql://o@db/x")
    assert database_urls(ensure=True) == ("postgresql://a@db/x", "postgresql://o@db/x")
    assert not (tmp_path / "never").exists()


def test_embedded_urls_without_ensure_start_nothing(monkeypatch, tmp_path):
    monkeypatch.setenv("RENBEN_HOME", str(tmp_path / "never"))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    app, owner = database_urls()
    assert (parse_url(app)["USER"], parse_url(owner)["USER"]) == ("renben_app", "renben_owner")
    assert not (tmp_path / "never").exists()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "postgres://u:p%40%2F@db.local:6432/renben?sslmode=require",
            ("renben", "u", "p@/", "db.local", "6432", {"sslmode": "require"}),
        ),
        ("postgresql:///renben?host=/run/pg&user=x", ("renben", "x", "", "/run/pg", "", {})),
        ("postgresql://[::1]/%E4%BA%BA", ("人", "", "", "::1", "", {})),
    ],
)
def test_urls_of_servers_of_ones_own(text, expected):
    assert tuple(parse_url(text).values()) == expected


@pytest.mark.parametrize("text", ["sqlite:///x.db", "mysql://a/b", "postgresql://db", "postgresql://db:x/renben", ""])
def test_unusable_urls_are_refused_with_a_sentence(text):
    with pytest.raises(PostgresError, match="DATABASE_URL"):
        parse_url(text)


def test_unknown_role_is_refused():
    with pytest.raises(PostgresError, match="没有数据库角色"):
        url("root")


def test_home_defaults(monkeypatch):
    monkeypatch.delenv("RENBEN_HOME", raising=False)
    monkeypatch.setattr("os.geteuid", lambda: 0)
    assert str(renben_home()) == "/var/lib/renben"
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    monkeypatch.setenv("XDG_DATA_HOME", "/data/me")
    assert str(renben_home()) == "/data/me/renben"
    monkeypatch.delenv("XDG_DATA_HOME")
    monkeypatch.setenv("HOME", "/home/me")
    assert str(renben_home()) == "/home/me/.local/share/renben"
