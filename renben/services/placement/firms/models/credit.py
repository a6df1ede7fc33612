"""诚信 of firms: what the other tables do not hold: inspections, and appeals against a fact."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class Inspection(models.Model):
    """检查 of a firm by the office or together with another body."""

    employer = models.ForeignKey("kernel.Employer", models.PROTECT, related_name="inspections", verbose_name="用人单位")
    organization = models.ForeignKey("kernel.Organization", models.PROTECT, related_name="+", verbose_name="检查机构")
    on = models.DateField("检查日期")
    inspectors = models.CharField("检查的人", max_length=100)
    is_fine = models.BooleanField("没有发现问题")
    found = models.CharField("检查情况", max_length=500)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    recorded_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = "单位检查"
        indexes = [models.Index(fields=["employer", "on"], name="inspection_employer_on")]


class CreditAppeal(models.Model):
    """申诉 against one fact (`fact_key`, e.g. `no_show:12`). Upheld, the fact no longer counts."""

    class State(models.TextChoices):
        OPEN = "open", "待复核"
        UPHELD = "upheld", "申诉成立，不再计分"
        REJECTED = "rejected", "申诉不成立"

    employer = models.ForeignKey(
        "kernel.Employer", models.PROTECT, related_name="credit_appeals", verbose_name="用人单位"
    )
    organization = models.ForeignKey("kernel.Organization", models.PROTECT, related_name="+", verbose_name="受理机构")
    fact_key = models.CharField("事实", max_length=60)
    fact_text = models.CharField("事实内容", max_length=300)
    fact_on = models.DateField("事实日期")
    reason = models.CharField("申诉理由", max_length=500)
    filed_by = models.CharField("单位申诉人", max_length=50)
    filed_on = models.DateField("申诉日期")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.OPEN)
    answer = models.CharField("复核意见", max_length=500, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField("登记时间")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField("复核时间", null=True, blank=True)

    class Meta:
        verbose_name = "诚信申诉"
        constraints = [
            models.UniqueConstraint(
                fields=["fact_key"],
                condition=~Q(state="rejected"),
                name="credit_appeal_once",
                violation_error_message="这件事实已经申诉过。",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=models.F("recorded_by")),
                name="credit_appeal_second_person",
                violation_error_message="申诉要由另一个人复核。",
            ),
        ]
