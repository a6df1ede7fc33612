"""From here on an audit entry's hash is made of parts with their lengths; the entries before keep form 1 and stay verifiable."""

from django.db import migrations, models

from renben.kernel import protection


class Migration(migrations.Migration):
    dependencies = [("kernel", "0014_former_passwords")]

    operations = [
        migrations.AddField(
            model_name="auditevent",
            name="form",
            field=models.PositiveSmallIntegerField(db_default=1, default=1, verbose_name="散列格式"),
        ),
        migrations.RunSQL(protection.FUNCTION_2, protection.FUNCTION),
    ]
