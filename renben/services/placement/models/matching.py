"""What the indexes of matching have to read anew."""

from __future__ import annotations

from django.db import models


class MatchingChange(models.Model):
    """A note left by an event: this vacancy or registration changed. Kept two days."""

    side = models.CharField("一方", max_length=8)
    number = models.BigIntegerField("编号")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "匹配索引变更"
