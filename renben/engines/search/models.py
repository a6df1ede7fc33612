"""Changes that the index has not taken yet."""

from __future__ import annotations

from django.db import models


class PendingChange(models.Model):
    """One row of a source that was written, changed or deleted; written in that transaction, removed once it is indexed."""

    source = models.CharField("来源", max_length=32)
    key = models.BigIntegerField("行")

    class Meta:
        verbose_name = "待更新的检索内容"
        ordering = ["id"]
