from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("documents", "0001_initial")]

    operations = [
        migrations.AddConstraint(
            model_name="issueddocument",
            constraint=models.UniqueConstraint(
                condition=models.Q(("revoked_at", None)),
                fields=("replaces",),
                name="issued_one_successor",
                violation_error_message="这份文书已经换发过，请刷新页面后在最新的一份上办理。",
            ),
        ),
    ]
