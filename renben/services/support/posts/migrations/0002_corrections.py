import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("public_posts", "0001_posts_and_pay"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PlacementChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("leave_back", "撤销离岗"), ("wage", "更正工资")], max_length=12, verbose_name="更正"
                    ),
                ),
                ("from_month", models.DateField(blank=True, help_text="当月1日", null=True, verbose_name="从哪个月起")),
                ("number", models.CharField(blank=True, max_length=60, verbose_name="补充协议编号")),
                ("before", models.JSONField(default=dict, verbose_name="原来")),
                ("after", models.JSONField(default=dict, verbose_name="更正后")),
                ("reason", models.CharField(max_length=300, verbose_name="原因")),
                ("recorded_at", models.DateTimeField(verbose_name="登记时间")),
            ],
            options={
                "verbose_name": "公益性岗位在岗情况更正",
                "ordering": ["-recorded_at", "-id"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="postamount",
            name="post_amount_once",
        ),
        migrations.AddField(
            model_name="postamount",
            name="kind",
            field=models.CharField(
                choices=[("month", "当月"), ("difference", "补发差额"), ("recovery", "多拨差额")],
                default="month",
                max_length=12,
                verbose_name="种类",
            ),
        ),
        migrations.AddField(
            model_name="postamount",
            name="part",
            field=models.PositiveSmallIntegerField(default=0, help_text="当月第一次列的为0", verbose_name="第几次差额"),
        ),
        migrations.AddConstraint(
            model_name="postamount",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "recovered"), _negated=True),
                fields=("person", "month", "heading", "part"),
                name="post_amount_once",
                violation_error_message="这个人这个月的这一项已经计发。",
            ),
        ),
        migrations.AddConstraint(
            model_name="postamount",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "month"), models.Q(("state", "recovered"), _negated=True)),
                fields=("person", "month", "heading"),
                name="post_amount_one_of_month",
                violation_error_message="这个人这个月的这一项已经计发。",
            ),
        ),
        migrations.AddField(
            model_name="placementchange",
            name="placement",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="changes", to="public_posts.postplacement"
            ),
        ),
        migrations.AddField(
            model_name="placementchange",
            name="recorded_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
    ]
