from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from renben.engines.procedures.models.definitions import Definition


class Case(models.Model):
    """办件: one running procedure. `journey_id` is shared by all cases that continue each other across the tiers.

    `data` holds the facts typed or fetched during the case by field name, `anchors` the dates deadlines count from
    (code of catalog/events.yaml → ISO date). A case of a recurring duty has no opener: `duty` is its key in the procedure,
    `period_on` the first day of the period it belongs to; one per office and period.
    """

    class State(models.TextChoices):
        OPEN = "open", "办理中"
        DONE = "done", "办结"
        REFUSED = "refused", "不予办理"
        WITHDRAWN = "withdrawn", "已撤回"
        HANDED_OVER = "handed_over", "已转出"

    number = models.CharField("办件编号", max_length=40, unique=True)
    definition = models.ForeignKey(Definition, models.PROTECT, related_name="cases")
    procedure_id = models.CharField("工作项编号", max_length=24)
    title = models.CharField("事项", max_length=120)
    person = models.ForeignKey(
        "kernel.Person", models.PROTECT, null=True, blank=True, related_name="cases", verbose_name="服务对象"
    )
    employer = models.ForeignKey(
        "kernel.Employer", models.PROTECT, null=True, blank=True, related_name="cases", verbose_name="用人单位"
    )
    organization = models.ForeignKey(
        "kernel.Organization", models.PROTECT, related_name="cases", verbose_name="办理机构"
    )
    opened_organization = models.ForeignKey(
        "kernel.Organization", models.PROTECT, related_name="cases_opened", verbose_name="受理机构"
    )
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.OPEN)
    journey_id = models.UUIDField("事项链", default=uuid.uuid4, db_index=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    data = models.JSONField("事实", default=dict, blank=True)
    anchors = models.JSONField("起算日", default=dict, blank=True)
    opened_at = models.DateTimeField("受理时间")
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    duty = models.CharField("定期职责", max_length=48, blank=True)
    period_on = models.DateField("所属期间首日", null=True, blank=True)
    closed_at = models.DateTimeField("办结时间", null=True, blank=True)
    outcome = models.CharField("结果", max_length=48, blank=True)
    first_contact = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="首问责任人"
    )
    handed_over_at = models.DateTimeField("转出待接收", null=True, blank=True)
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "办件"
        indexes = [
            models.Index(fields=["organization", "-opened_at"], name="case_org_opened"),
            models.Index(fields=["person", "-opened_at"], name="case_person_opened"),
            models.Index(fields=["procedure_id", "-opened_at"], name="case_procedure_opened"),
            models.Index(fields=["opened_organization", "period_on"], name="case_duty", condition=~Q(duty="")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["procedure_id", "duty", "period_on", "opened_organization"],
                condition=~Q(duty=""),
                name="case_duty_once",
                violation_error_message="本期的这项任务已经开立。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


OPEN_STATES = ("ready", "paused")


class CaseStep(models.Model):
    """环节. `due_on` is the effective last day of the earliest limit still running, `raw_due_on` the written date;
    `limits` lists every named limit with its own dates (see deadlines.LimitState). `round` tells the rows of one step
    apart; `nth` counts how often a step that repeats is done, and is empty for any other."""

    class State(models.TextChoices):
        WAITING = "waiting", "等待"
        READY = "ready", "待办"
        PAUSED = "paused", "暂停计时"
        DONE = "done", "已办"
        RETURNED = "returned", "退回"
        SKIPPED = "skipped", "不需办理"
        CANCELLED = "cancelled", "终止"

    case = models.ForeignKey(Case, models.PROTECT, related_name="steps")
    key = models.CharField("环节代码", max_length=48)
    position = models.PositiveSmallIntegerField("顺序")
    title = models.CharField("环节", max_length=64)
    role = models.CharField("岗位", max_length=24)
    roles = ArrayField(models.CharField(max_length=24), verbose_name="可办岗位", default=list)
    organization = models.ForeignKey("kernel.Organization", models.PROTECT, related_name="+", verbose_name="机构")
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.READY)
    round = models.PositiveSmallIntegerField("第几轮", default=1)
    nth = models.PositiveSmallIntegerField("第几次", null=True, blank=True)
    opened_at = models.DateTimeField("开始时间")
    due_on = models.DateField("截止日期", null=True, blank=True)
    raw_due_on = models.DateField("规定日期", null=True, blank=True)
    due_at = models.DateTimeField("截止时间", null=True, blank=True)
    is_provisional = models.BooleanField("日历待公布", default=False)
    limits = models.JSONField("时限", default=list, blank=True)
    outcome = models.CharField("结果", max_length=48, blank=True)
    reason = models.CharField("原因", max_length=500, blank=True)
    done_at = models.DateTimeField("办理时间", null=True, blank=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    data = models.JSONField("本环节记录", default=dict, blank=True)
    claimed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = "环节"
        ordering = ["case_id", "position", "round", "id"]
        indexes = [
            models.Index(fields=["organization", "due_on"], name="step_open_due", condition=Q(state__in=OPEN_STATES)),
            models.Index(fields=["case", "position"], name="step_of_case"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "key", "round"],
                name="step_round_once",
                violation_error_message="该环节已经打开，请刷新页面。",
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        """Somebody has to act on it (also while its clock is paused)."""
        return self.state in OPEN_STATES


class StepEvent(models.Model):
    """流转记录: every change of a step (or, without a step, of the case). Insert-only."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="events")
    step = models.ForeignKey(CaseStep, models.PROTECT, null=True, blank=True, related_name="events")
    from_state = models.CharField(max_length=12, blank=True)
    to_state = models.CharField(max_length=12)
    outcome = models.CharField("结果", max_length=48, blank=True)
    at = models.DateTimeField("时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    acting_for = models.ForeignKey(
        "kernel.Delegation", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="代谁办理"
    )
    reason = models.CharField("原因", max_length=500, blank=True)
    note = models.CharField("说明", max_length=300, blank=True)
    data = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = "流转记录"
        ordering = ["id"]
        indexes = [models.Index(fields=["case", "id"], name="stepevent_case")]
