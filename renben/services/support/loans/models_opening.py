"""期初登记: loans that ran before the platform, with what proves them and the import that brought them."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class LoanOpening(models.Model):
    """A running loan that came by import. `version` is the loan's then: a later one means that it has been worked on."""

    loan = models.OneToOneField("loans.Loan", models.PROTECT, related_name="opening")
    evidence = models.CharField("依据", max_length=200)
    version = models.PositiveIntegerField("导入时的版本")
    batch = models.ForeignKey(
        "kernel.ImportBatch", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="导入批次"
    )
    recorded_at = models.DateTimeField("登记时间")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "贷款期初登记"
        ordering = ["loan_id"]
