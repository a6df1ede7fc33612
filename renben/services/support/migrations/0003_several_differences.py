"""Several 补发 of one month: each has a number of its own, under which it is paid once."""

from django.db import migrations, models


def number(apps, schema_editor):
    """What stands on a list keeps number 0 under which it was paid; what still waits for the same month comes after it."""
    rows = apps.get_model("support", "SubsidyAdjustment").objects.filter(kind="difference").exclude(state="void")
    taken = {}
    for row in rows.order_by("subsidy_id", "month", models.F("payment_line").asc(nulls_last=True), "id"):
        row.part = taken.get((row.subsidy_id, row.month), 0)
        taken[row.subsidy_id, row.month] = row.part + 1
        if row.part:
            row.save(update_fields=["part"])


class Migration(migrations.Migration):
    dependencies = [("support", "0002_days_of_steps")]

    operations = [
        migrations.RemoveConstraint(model_name="subsidyadjustment", name="subsidy_adjustment_one_open"),
        migrations.AddField(
            model_name="subsidyadjustment",
            name="part",
            field=models.PositiveSmallIntegerField(default=0, help_text="第一次为0", verbose_name="当月第几次补发"),
        ),
        migrations.RunPython(number, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="subsidyadjustment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "recovery"), ("state", "open")),
                fields=("subsidy", "month"),
                name="subsidy_recovery_one_open",
                violation_error_message="这个月已有没办完的追回。",
            ),
        ),
        migrations.AddConstraint(
            model_name="subsidyadjustment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "difference"), models.Q(("state", "void"), _negated=True)),
                fields=("subsidy", "month", "part"),
                name="subsidy_difference_once",
                violation_error_message="这个月的这一次补发已经登记。",
            ),
        ),
    ]
