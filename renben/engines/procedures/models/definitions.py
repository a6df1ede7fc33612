from __future__ import annotations

from django.db import models


class DefinitionQuerySet(models.QuerySet):
    def update(self, **_kwargs) -> int:
        raise TypeError("a definition is frozen: change the catalogue file and sync, a new version is written")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise TypeError("a definition is frozen: cases that ran under it still need it")


class Definition(models.Model):
    """One frozen version of a 工作项. A running case keeps the version it began with; nothing here is ever edited."""

    procedure_id = models.CharField("工作项编号", max_length=24)
    version = models.PositiveIntegerField("版本")
    sha256 = models.CharField("内容摘要", max_length=64)
    title = models.CharField("名称", max_length=100)
    tier = models.CharField("层级", max_length=12)
    kind = models.CharField("类型", max_length=16)
    body = models.JSONField("内容")
    active_from = models.DateField("启用日期")

    objects = DefinitionQuerySet.as_manager()

    class Meta:
        verbose_name = "规程版本"
        constraints = [
            models.UniqueConstraint(fields=["procedure_id", "sha256"], name="definition_content_once"),
            models.UniqueConstraint(fields=["procedure_id", "version"], name="definition_version_once"),
        ]

    def __str__(self) -> str:
        return f"{self.procedure_id} {self.title} 第{self.version}版"

    def save(self, *args, **kwargs) -> None:
        if self.pk is not None and not self._state.adding:
            raise TypeError("a definition is frozen: change the catalogue file and sync, a new version is written")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs) -> tuple[int, dict[str, int]]:
        raise TypeError("a definition is frozen: cases that ran under it still need it")


class DefinitionActivation(models.Model):
    """Which version new cases use from when. Insert-only, so going back to an older text is one more row, not an edit."""

    procedure_id = models.CharField("工作项编号", max_length=24)
    definition = models.ForeignKey(Definition, models.PROTECT, related_name="activations")
    activated_at = models.DateTimeField("启用时间")

    class Meta:
        verbose_name = "规程启用记录"
        indexes = [models.Index(fields=["procedure_id", "-id"], name="activation_latest")]
