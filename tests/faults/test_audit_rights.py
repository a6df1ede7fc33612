"""What the application's role may do to the audit trail on a real server: append, and nothing else."""

from __future__ import annotations

import json

import psycopg
import pytest

from renben.kernel.postgres import url
from renben.kernel.postgres.home import Home

pytestmark = pytest.mark.faults


@pytest.fixture
def app(district):
    district.must("db", "start")
    with psycopg.connect(url("app", home=Home(district.home)), autocommit=True) as connection:
        yield connection


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE kernel_auditevent SET detail = '{}'",
        "DELETE FROM kernel_auditevent",
        "TRUNCATE kernel_auditevent",
        "UPDATE kernel_audithead SET seq = 0",
        "INSERT INTO kernel_audithead (shard, seq, hash) VALUES (99, 0, '')",
        "DELETE FROM kernel_audithead",
        "TRUNCATE kernel_audithead",
        "ALTER TABLE kernel_auditevent DISABLE TRIGGER USER",
        "DROP TRIGGER audit_refuse ON kernel_auditevent",
        "DROP TABLE kernel_auditevent CASCADE",
        "CREATE OR REPLACE FUNCTION renben_audit_link() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "SET session_replication_role = replica",
        "SET ROLE renben_owner",
    ],
)
def test_the_application_is_refused(app, statement):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute(statement)


def test_a_forged_place_in_the_chain_is_overwritten(app, district):
    """Sequence and hashes an inserter brings along do not count; the trigger sets them."""
    app.execute(
        "INSERT INTO kernel_auditevent (shard, seq, at, actor_name, action, subject, detail, prev, hash)"
        " VALUES (3, 1, now(), '', 'forged', 'test:1', '{}', repeat('a', 64), repeat('b', 64))"
    )
    assert json.loads(district.must("audit", "verify"))["ok"]
