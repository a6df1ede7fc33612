from __future__ import annotations

from django.conf import settings
from django.db import models


class SavedSearch(models.Model):
    """A question by name. `query` is what stands in the address behind the question mark; `seen_until`: what was published up to
    then has been told."""

    class Kind(models.TextChoices):
        JOBS = "jobs", "找岗位"
        VACANCIES = "vacancies", "招聘岗位清单"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_searches")
    kind = models.CharField("哪里的条件", max_length=12, choices=Kind.choices)
    name = models.CharField("名称", max_length=60)
    query = models.CharField("条件", max_length=500)
    saved_at = models.DateTimeField("保存时间")
    seen_until = models.DateTimeField("已告知到")

    class Meta:
        verbose_name = "保存的条件"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind", "query"],
                name="saved_search_once",
                violation_error_message="这个条件已经保存过。",
            )
        ]

    def __str__(self) -> str:
        return self.name
