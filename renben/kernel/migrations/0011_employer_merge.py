"""Employers: licences, names as they are compared and searched, and merging that keeps both histories."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("kernel", "0002_guards"),
    ]

    operations = [
        migrations.CreateModel(
            name="EmployerLicence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("business", "营业执照"),
                            ("institution", "事业单位法人证书"),
                            ("social", "社会团体、民办非企业单位登记证书"),
                            ("agency", "人力资源服务许可证"),
                            ("dispatch", "劳务派遣经营许可证"),
                            ("school", "民办学校办学许可证"),
                            ("other", "其他证照"),
                        ],
                        max_length=16,
                        verbose_name="证照种类",
                    ),
                ),
                ("number", models.CharField(max_length=64, verbose_name="证照编号")),
                ("issuer", models.CharField(blank=True, max_length=100, verbose_name="发证机关")),
                ("issued_on", models.DateField(blank=True, null=True, verbose_name="发证日期")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="有效期至")),
                ("recorded_at", models.DateTimeField(verbose_name="登记时间")),
            ],
            options={
                "verbose_name": "单位证照",
            },
        ),
        migrations.CreateModel(
            name="EmployerMerge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("moved", models.JSONField(verbose_name="移动的记录")),
                ("reason", models.CharField(max_length=200, verbose_name="原因")),
                ("merged_at", models.DateTimeField(verbose_name="合并时间")),
            ],
            options={
                "verbose_name": "单位合并记录",
            },
        ),
        migrations.AddField(
            model_name="employer",
            name="former_names",
            field=models.CharField(blank=True, max_length=300, verbose_name="曾用名"),
        ),
        migrations.AddField(
            model_name="employer",
            name="initials",
            field=models.CharField(blank=True, max_length=100, verbose_name="拼音首字母"),
        ),
        migrations.AddField(
            model_name="employer",
            name="legal_person",
            field=models.CharField(blank=True, max_length=50, verbose_name="法定代表人（负责人）"),
        ),
        migrations.AddField(
            model_name="employer",
            name="merged_into",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merged_from",
                to="kernel.employer",
            ),
        ),
        migrations.AddField(
            model_name="employer",
            name="pinyin",
            field=models.CharField(blank=True, max_length=600, verbose_name="拼音"),
        ),
        migrations.AddField(
            model_name="employer",
            name="plain_name",
            field=models.CharField(blank=True, max_length=100, verbose_name="比对用名称"),
        ),
        migrations.AddField(
            model_name="employer",
            name="search_keys",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=64), default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="employer",
            name="updated_at",
            field=models.DateTimeField(auto_now=True, verbose_name="更新时间"),
        ),
        migrations.AddField(
            model_name="employer",
            name="version",
            field=models.PositiveIntegerField(default=1, verbose_name="版本"),
        ),
        migrations.AddField(
            model_name="employercontact",
            name="duty",
            field=models.CharField(blank=True, max_length=32, verbose_name="职务"),
        ),
        migrations.AddField(
            model_name="employercontact",
            name="left_on",
            field=models.DateField(blank=True, null=True, verbose_name="停用日期"),
        ),
        migrations.AlterField(
            model_name="employer",
            name="uscc",
            field=models.CharField(
                error_messages={"unique": "这个信用代码已经登记在另一家单位，请先查找该单位。"},
                max_length=18,
                unique=True,
                verbose_name="统一社会信用代码",
            ),
        ),
        migrations.AddIndex(
            model_name="employer",
            index=models.Index(fields=["plain_name"], name="employer_plain_name"),
        ),
        migrations.AddIndex(
            model_name="employer",
            index=models.Index(fields=["organization", "pinyin", "id"], name="employer_org_pinyin"),
        ),
        migrations.AddIndex(
            model_name="employer",
            index=django.contrib.postgres.indexes.GinIndex(fields=["search_keys"], name="employer_search_keys"),
        ),
        migrations.AddField(
            model_name="employerlicence",
            name="employer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="licences", to="kernel.employer"
            ),
        ),
        migrations.AddField(
            model_name="employerlicence",
            name="recorded_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="employermerge",
            name="kept",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="merges_kept", to="kernel.employer"
            ),
        ),
        migrations.AddField(
            model_name="employermerge",
            name="merged",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="merges_merged", to="kernel.employer"
            ),
        ),
        migrations.AddField(
            model_name="employermerge",
            name="merged_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddConstraint(
            model_name="employerlicence",
            constraint=models.UniqueConstraint(
                fields=("employer", "kind", "number"),
                name="employer_licence_once",
                violation_error_message="这份证照已经登记过。",
            ),
        ),
        migrations.AddConstraint(
            model_name="employerlicence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_until", None),
                    ("issued_on", None),
                    ("valid_until__gte", models.F("issued_on")),
                    _connector="OR",
                ),
                name="licence_ends_after_issue",
                violation_error_message="有效期不能早于发证日期。",
            ),
        ),
    ]
