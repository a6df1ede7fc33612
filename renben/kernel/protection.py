"""Keeps the application role away from the audit trail: it may append, nothing else."""

from __future__ import annotations

from django.db import connection

FUNCTION = """
CREATE OR REPLACE FUNCTION renben_audit_link() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public AS $$
BEGIN
    INSERT INTO kernel_audithead (shard, seq, hash) VALUES (NEW.shard, 0, repeat('0', 64)) ON CONFLICT DO NOTHING;
    UPDATE kernel_audithead SET seq = seq + 1 WHERE shard = NEW.shard RETURNING seq, hash INTO NEW.seq, NEW.prev;
    NEW.hash := encode(sha256(convert_to(concat_ws('|', NEW.prev, NEW.shard, NEW.seq,
        to_char(NEW.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), coalesce(NEW.actor_id::text, ''), NEW.actor_name,
        coalesce(NEW.organization_id::text, ''), NEW.action, NEW.subject, NEW.detail), 'UTF8')), 'hex');
    UPDATE kernel_audithead SET hash = NEW.hash WHERE shard = NEW.shard;
    RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION renben_audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '审计记录只能追加，不能修改或删除';
END $$;
"""

FUNCTION_2 = """
CREATE OR REPLACE FUNCTION renben_audit_piece(value text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN value IS NULL THEN '-;' ELSE octet_length(convert_to(value, 'UTF8')) || ':' || value || ';' END
$$;
CREATE OR REPLACE FUNCTION renben_audit_link() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public AS $$
BEGIN
    INSERT INTO kernel_audithead (shard, seq, hash) VALUES (NEW.shard, 0, repeat('0', 64)) ON CONFLICT DO NOTHING;
    UPDATE kernel_audithead SET seq = seq + 1 WHERE shard = NEW.shard RETURNING seq, hash INTO NEW.seq, NEW.prev;
    NEW.form := 2;
    NEW.hash := encode(sha256(convert_to(
        renben_audit_piece(NEW.form::text) || renben_audit_piece(NEW.prev) || renben_audit_piece(NEW.shard::text)
        || renben_audit_piece(NEW.seq::text)
        || renben_audit_piece(to_char(NEW.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'))
        || renben_audit_piece(NEW.actor_id::text) || renben_audit_piece(NEW.actor_name)
        || renben_audit_piece(NEW.organization_id::text) || renben_audit_piece(NEW.action)
        || renben_audit_piece(NEW.subject) || renben_audit_piece(NEW.detail), 'UTF8')), 'hex');
    UPDATE kernel_audithead SET hash = NEW.hash WHERE shard = NEW.shard;
    RETURN NEW;
END $$;
"""
"""Form 2 of an entry's hash: every part with its length in front (`3:abc;`, `-;` for none), so that two different entries never
make the same text. Form 1 joined the parts by a bar; its entries stay as they are and stay verifiable."""

TRIGGERS = """
CREATE TRIGGER audit_link BEFORE INSERT ON kernel_auditevent FOR EACH ROW EXECUTE FUNCTION renben_audit_link();
CREATE TRIGGER audit_refuse BEFORE UPDATE OR DELETE ON kernel_auditevent
    FOR EACH ROW EXECUTE FUNCTION renben_audit_refuse();
CREATE TRIGGER audit_refuse_truncate BEFORE TRUNCATE ON kernel_auditevent
    FOR EACH STATEMENT EXECUTE FUNCTION renben_audit_refuse();
"""

PRIVILEGES = """
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'renben_app') AND current_user <> 'renben_app' THEN
        GRANT USAGE ON SCHEMA public TO renben_app;
        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO renben_app;
        GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO renben_app;
        REVOKE UPDATE, DELETE, TRUNCATE ON kernel_auditevent FROM renben_app;
        REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON kernel_audithead FROM renben_app;
    END IF;
END $$;
"""


def protect_audit() -> None:
    """Set the privileges again, after tables were made or restored. Run as the owner."""
    with connection.cursor() as cursor:
        cursor.execute(PRIVILEGES)
