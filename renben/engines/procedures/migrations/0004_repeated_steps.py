from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("procedures", "0003_drafts")]

    operations = [
        migrations.AddField(
            model_name="casestep",
            name="nth",
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="第几次"),
        )
    ]
