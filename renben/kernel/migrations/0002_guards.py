"""What models cannot say: one labour status at a time, and an audit trail that can only grow."""

from django.db import migrations

from renben.kernel import protection

NO_OVERLAP = """
ALTER TABLE kernel_labourspell ADD CONSTRAINT spell_no_overlap EXCLUDE USING gist (
    int8range(person_id, person_id, '[]') WITH &&, daterange(start_on, end_on, '[)') WITH &&
);
"""


class Migration(migrations.Migration):
    dependencies = [("kernel", "0001_initial")]

    operations = [
        migrations.RunSQL(NO_OVERLAP, "ALTER TABLE kernel_labourspell DROP CONSTRAINT spell_no_overlap;"),
        migrations.RunSQL(protection.FUNCTION, migrations.RunSQL.noop),
        migrations.RunSQL(
            protection.TRIGGERS,
            "DROP TRIGGER audit_link ON kernel_auditevent; DROP TRIGGER audit_refuse ON kernel_auditevent;"
            "DROP TRIGGER audit_refuse_truncate ON kernel_auditevent;",
        ),
        migrations.RunSQL(protection.PRIVILEGES, migrations.RunSQL.noop),
    ]
