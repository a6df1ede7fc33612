from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from renben.engines.procedures.models.cases import Case, CaseStep


class Pause(models.Model):
    """中止计时, a half-open interval `[start_on, end_on)`. Due dates are recomputed from these, never counted down (D-05)."""

    class Kind(models.TextChoices):
        CORRECTION = "补正", "补正"
        PUBLIC_NOTICE = "公示", "公示"
        SITE_CHECK = "现场核查", "现场核查"
        SUPERIOR = "上级批复", "上级批复"

    step = models.ForeignKey(CaseStep, models.PROTECT, related_name="pauses")
    kind = models.CharField("类型", max_length=8, choices=Kind.choices)
    start_on = models.DateField("开始")
    end_on = models.DateField("结束", null=True, blank=True)
    reason = models.CharField("原因", max_length=500)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "中止计时"
        constraints = [
            models.CheckConstraint(
                condition=Q(end_on=None) | Q(end_on__gte=F("start_on")),
                name="pause_ends_after_start",
                violation_error_message="暂停结束日期不能早于开始日期。",
            ),
            models.UniqueConstraint(
                fields=["step"],
                condition=Q(end_on=None),
                name="pause_open_once",
                violation_error_message="该环节已在暂停计时。",
            ),
        ]


class EvidenceItem(models.Model):
    """材料清单的一行. `condition_met` is None while the fact that decides the condition is unknown."""

    class State(models.TextChoices):
        NEEDED = "needed", "待交"
        RECEIVED = "received", "已收"
        MISSING = "missing", "缺少"
        WAIVED = "waived", "免交"
        DEFERRED = "deferred", "容缺"

    case = models.ForeignKey(Case, models.PROTECT, related_name="evidence")
    step_key = models.CharField("环节代码", max_length=48)
    name = models.CharField("材料名称", max_length=200)
    copies = models.PositiveSmallIntegerField("份数", default=1)
    group = models.CharField("择一组", max_length=48, blank=True)
    condition = models.CharField("条件", max_length=48, blank=True)
    condition_met = models.BooleanField("需要", null=True, default=True)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.NEEDED)
    file = models.ForeignKey("kernel.StoredFile", models.PROTECT, null=True, blank=True, related_name="+")
    note = models.CharField("说明", max_length=300, blank=True)
    due_on = models.DateField("容缺补交期限", null=True, blank=True)
    received_at = models.DateTimeField("收到时间", null=True, blank=True)
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="接收人"
    )

    class Meta:
        verbose_name = "材料"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["case", "step_key", "name"], name="evidence_once_per_step")]


class OneTimeNotice(models.Model):
    """一次性告知单: everything that is missing, said once. A second one in the same case needs a leader's reason."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="notices")
    step = models.ForeignKey(CaseStep, models.PROTECT, related_name="notices")
    number = models.CharField("编号", max_length=40, unique=True)
    items = models.JSONField("需补正的内容")
    reason = models.CharField("再次告知的理由", max_length=500, blank=True)
    issued_at = models.DateTimeField("告知时间")
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    cleared_at = models.DateTimeField("补齐时间", null=True, blank=True)

    class Meta:
        verbose_name = "一次性告知单"
        ordering = ["id"]


class FollowUp(models.Model):
    """回访联系: due day + window + the event that clears it; an overdue one stays open until something clears it."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="follow_ups")
    person = models.ForeignKey("kernel.Person", models.PROTECT, null=True, blank=True, related_name="follow_ups")
    kind = models.CharField("类型", max_length=48)
    title = models.CharField("事项", max_length=100, blank=True)
    organization = models.ForeignKey("kernel.Organization", models.PROTECT, related_name="+")
    due_on = models.DateField("应办日期")
    window_days = models.PositiveSmallIntegerField("提前几日可办", default=0)
    cleared_at = models.DateTimeField("了结时间", null=True, blank=True)
    cleared_by_event = models.CharField("由何事件了结", max_length=48, blank=True)
    outcome = models.CharField("结果", max_length=48, blank=True)
    note = models.CharField("说明", max_length=300, blank=True)

    class Meta:
        verbose_name = "跟踪回访"
        ordering = ["due_on", "id"]
        indexes = [
            models.Index(fields=["organization", "due_on"], condition=Q(cleared_at=None), name="followup_open_due")
        ]
        constraints = [models.UniqueConstraint(fields=["case", "kind", "due_on"], name="followup_once")]
