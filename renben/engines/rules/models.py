"""Stored determinations: insert-only rows that keep inputs, reasons, parameter versions and what was missing."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models


class DeterminationQuerySet(models.QuerySet):
    """Reads by business question; rows are never changed nor deleted."""

    def current(self) -> DeterminationQuerySet:
        """Determinations that no later one supersedes."""
        return self.filter(superseded_by__isnull=True)

    def of_person(self, person) -> DeterminationQuerySet:
        """All determinations about a person, newest first."""
        return self.filter(person=person).order_by("-decided_at", "-id")

    def update(self, **kwargs):
        raise ValidationError("判定一经作出不能改写，请作出新的判定。")

    def delete(self):
        raise ValidationError("判定不能删除。")


class Determination(models.Model):
    """One decision by rules about one person (D-29: one determination, stored once).

    ``kind`` names the domain or set of domains (``ui.benefit_decision``). A correction is a new row that ``supersedes`` the old one.
    """

    person = models.ForeignKey("kernel.Person", models.PROTECT, related_name="determinations", verbose_name="人员")
    case = models.ForeignKey(
        "procedures.Case", models.PROTECT, null=True, related_name="determinations", verbose_name="办件"
    )
    kind = models.CharField("判定", max_length=64)
    as_of = models.DateField("政策日期")
    inputs = models.JSONField("依据的事实")
    result = models.JSONField("结果")
    parts = models.JSONField("理由")
    parameter_versions = models.JSONField("参数版本")
    missing = models.JSONField("缺少的内容", default=list)
    ruleset_hash = models.CharField("规则版本", max_length=64)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="经办人"
    )
    decided_at = models.DateTimeField("作出时间")
    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="superseded_by", verbose_name="更正的判定"
    )

    objects = DeterminationQuerySet.as_manager()

    class Meta:
        verbose_name = "政策判定"
        verbose_name_plural = "政策判定"
        ordering = ["-decided_at", "-id"]
        indexes = [models.Index(fields=["person", "kind", "-decided_at"], name="determination_by_person")]

    def __str__(self) -> str:
        return f"{self.kind} {self.as_of.isoformat()}"

    def save(self, *args, **kwargs):
        """Insert only; a second save is refused."""
        if self.pk is not None and not self._state.adding:
            raise ValidationError("判定一经作出不能改写，请作出新的判定。")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise ValidationError("判定不能删除。")
