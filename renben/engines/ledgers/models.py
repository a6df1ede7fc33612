from __future__ import annotations

from django.conf import settings
from django.db import models


class LedgerRun(models.Model):
    """A frozen ledger: the rows as they were sent up; what changes later appears beside it as 更正 (D-15)."""

    slug = models.CharField("台账", max_length=64)
    as_of = models.DateField("截至日期")
    known_at = models.DateTimeField("按当时所知")
    organization = models.ForeignKey("kernel.Organization", models.PROTECT, related_name="ledger_runs")
    rows = models.JSONField("各行", default=list)
    rows_hash = models.CharField("内容摘要", max_length=64)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField("制表时间")

    class Meta:
        verbose_name = "台账定稿"
        indexes = [models.Index(fields=["slug", "organization", "-as_of"], name="ledgerrun_lookup")]


class LedgerTemplate(models.Model):
    """照表填报: a superior's .xlsx with what goes into its columns; offices below the one that keeps it may use it too.

    `mapping` is `templates.Mapping.to_json()`. Version 0 is a file whose columns nobody has confirmed yet; every later change
    counts one up and is in the audit trail with what it was before.
    """

    organization = models.ForeignKey("kernel.Organization", models.PROTECT, related_name="ledger_templates")
    name = models.CharField("表名", max_length=80)
    slug = models.CharField("台账", max_length=64)
    file = models.ForeignKey("kernel.StoredFile", models.PROTECT, related_name="+")
    mapping = models.JSONField("列的对照", default=dict)
    version = models.PositiveIntegerField("第几次修改", default=0)
    is_active = models.BooleanField("在用", default=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField("上传时间")
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    updated_at = models.DateTimeField("修改时间")

    class Meta:
        verbose_name = "照表填报的表"
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "name"],
                condition=models.Q(is_active=True),
                name="ledgertemplate_one_name",
                violation_error_message="本单位已经有一份同名的表在用。请换个名字，或先停用那一份。",
            )
        ]
