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
