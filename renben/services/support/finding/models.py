"""政策找人: which person a policy seems to fit, what became of it, and the nightly runs that looked (issue 4 point 6)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from renben.engines.rules.telling import ALL_HOLD
from renben.services.registration.codes import Channel


class FindingQuerySet(models.QuerySet):
    def open(self) -> FindingQuerySet:
        """Found, told or applied for: not at an end."""
        return self.filter(state__in=Finding.OPEN)

    def of_person(self, person) -> FindingQuerySet:
        """Open ones first, then the latest."""
        return self.filter(person=person).order_by(
            models.Case(models.When(state__in=Finding.OPEN, then=0), default=1), "-id"
        )


class Finding(models.Model):
    """One person and one policy that seems to fit. At most one is open; an ended one stays as history.

    `inputs` are those the rule was asked with (what was unknown is in `missing`), on the day `judged_on`. `facts` is the hash
    of everything the answer rests on: a "no" holds until it changes.
    """

    class State(models.TextChoices):
        FOUND = "found", "待告知"
        TOLD = "told", "已告知"
        APPLIED = "applied", "已申请"
        GRANTED = "granted", "已享受"
        DECLINED = "declined", "不办"
        ENDED = "ended", "不再符合"

    class No(models.TextChoices):
        NOT_WANTED = "not_wanted", "本人不需要"
        NOT_ELIGIBLE = "not_eligible", "核实后不符合"
        UNREACHED = "unreached", "找不到本人"
        REFUSED = "refused", "申请未批准"

    OPEN = ("found", "told", "applied")
    SAID_NO = (No.NOT_WANTED, No.NOT_ELIGIBLE, No.UNREACHED)

    person = models.ForeignKey("kernel.Person", models.PROTECT, related_name="findings", verbose_name="本人")
    policy = models.CharField("政策", max_length=32)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.FOUND)
    is_sure = models.BooleanField("条件都已知道")
    reason = models.CharField("理由", max_length=400)
    missing = models.JSONField("还要问清或先办的", default=list)
    inputs = models.JSONField("判定用的事实")
    facts = models.CharField("事实摘要", max_length=64)
    judged_on = models.DateField("判定日期")
    found_on = models.DateField("发现日期")
    told_on = models.DateField("告知日期", null=True, blank=True)
    told_how = models.CharField("告知方式", max_length=12, choices=Channel.choices, blank=True)
    told_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    told_note = models.CharField("告知情况", max_length=300, blank=True)
    handed_on = models.DateField("报社保所日期", null=True, blank=True)
    applied_on = models.DateField("申请日期", null=True, blank=True)
    case = models.ForeignKey("procedures.Case", models.PROTECT, null=True, blank=True, related_name="findings")
    no_reason = models.CharField("不办的原因", max_length=16, choices=No.choices, blank=True)
    ended_on = models.DateField("了结日期", null=True, blank=True)
    ended_note = models.CharField("了结说明", max_length=300, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField("版本", default=1)

    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = "政策找人"
        indexes = [
            models.Index(fields=["state", "policy"], name="finding_state_policy"),
            models.Index(fields=["person", "policy", "-id"], name="finding_person_policy"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "policy"],
                condition=Q(state__in=("found", "told", "applied")),
                name="finding_one_open",
                violation_error_message="这个人这项政策已经有一条没有办完的记录。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.policy}"

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN

    @property
    def in_short(self) -> str:
        """The conclusion for a list, where the conditions it points back to do not stand above it."""
        return self.reason.replace(ALL_HOLD, "")


class FindingRun(models.Model):
    """One look over the whole register. `counts` by policy: found now, new, ended, granted; `ruleset` names what decided."""

    class State(models.TextChoices):
        RUNNING = "running", "正在查找"
        DONE = "done", "已完成"
        FAILED = "failed", "中断"

    state = models.CharField("状态", max_length=8, choices=State.choices, default=State.RUNNING)
    as_of = models.DateField("按哪天的情况")
    started_at = models.DateTimeField("开始时间")
    finished_at = models.DateTimeField("完成时间", null=True, blank=True)
    seconds = models.FloatField("用时（秒）", default=0)
    people_total = models.PositiveIntegerField("总人数", default=0)
    people_done = models.PositiveIntegerField("已查人数", default=0)
    counts = models.JSONField("结果", default=dict)
    ruleset = models.CharField("规则版本", max_length=64)
    message = models.CharField("说明", max_length=300, blank=True)

    class Meta:
        verbose_name = "政策找人的查找"
        ordering = ["-id"]
