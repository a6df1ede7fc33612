"""Hashes of former passwords, beginning with the present ones, so that none of the last few is used again."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

SEED = """
INSERT INTO kernel_formerpassword (user_id, password, set_at)
SELECT id, password, coalesce(password_changed_at, now()) FROM kernel_user WHERE password <> '' ORDER BY id;
"""


class Migration(migrations.Migration):
    dependencies = [("kernel", "0013_page_indexes")]

    operations = [
        migrations.CreateModel(
            name="FormerPassword",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="口令（散列）")),
                ("set_at", models.DateTimeField(verbose_name="设定时间")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="former_passwords",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"verbose_name": "用过的口令"},
        ),
        migrations.RunSQL(SEED, migrations.RunSQL.noop),
    ]
