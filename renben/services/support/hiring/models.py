"""用人单位岗位补贴、社会保险补贴: the application, its roster, what each month brings, and who reviewed."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Q

from renben.services.support.hiring.codes import Group, Item, Level, Origin
from renben.services.support.months import shifted

RECORDER = {"on_delete": models.PROTECT, "null": True, "related_name": "+"}


class HiringClaim(models.Model):
    """One application of a firm for a period. The amount is the sum of its months, computed by rule, never typed.

    `round` counts how often the first review began: sent back, both look anew.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "录入名单"
        FIRST = "first", "已初审，待复审"
        APPROVED = "approved", "已复审，待列入名录"
        LISTED = "listed", "已列入名录"
        REFUSED = "refused", "不予补贴"

    OPEN = ("draft", "first")
    GRANTED = ("approved", "listed")

    employer = models.ForeignKey(
        "kernel.Employer", models.PROTECT, related_name="hiring_claims", verbose_name="申请单位"
    )
    organization = models.ForeignKey(
        "kernel.Organization", models.PROTECT, related_name="hiring_claims", verbose_name="受理机构"
    )
    first_month = models.DateField("申请期间起始月", help_text="当月1日")
    last_month = models.DateField("申请期间终止月", help_text="当月1日")
    asks_si = models.BooleanField("申请社会保险补贴", default=True)
    asks_post = models.BooleanField("申请岗位补贴", default=True)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.DRAFT)
    round = models.PositiveSmallIntegerField("第几次审核", default=1)
    applied_on = models.DateField("申请日期")
    back_reason = models.CharField("退回的理由", max_length=500, blank=True)
    refusal = models.CharField("不予补贴的理由", max_length=500, blank=True)
    recorded_at = models.DateTimeField("登记时间")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, **RECORDER)
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "用人单位补贴申请"
        ordering = ["-applied_on", "-id"]
        indexes = [models.Index(fields=["organization", "state"], name="hiring_org_state")]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_month__gte=models.F("first_month")),
                name="hiring_period",
                violation_error_message="终止月不能早于起始月。",
            ),
            models.CheckConstraint(
                condition=Q(asks_si=True) | Q(asks_post=True),
                name="hiring_asks_something",
                violation_error_message="至少选一种补贴。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.employer.name} {self.period}"

    @property
    def period(self) -> str:
        """In words: 2026年1月至2026年6月."""
        return f"{self.first_month:%Y年%m月}至{self.last_month:%Y年%m月}"

    @property
    def items(self) -> tuple[str, ...]:
        asked = ((Item.SI, self.asks_si), (Item.POST, self.asks_post))
        return tuple(item.value for item, is_asked in asked if is_asked)

    @property
    def ends_on(self) -> dt.date:
        """The last day of the period."""
        return shifted(self.last_month, 1) - dt.timedelta(days=1)


class HiringPerson(models.Model):
    """A line of the roster: one person with the contract, the wage and the base of the insurance.

    `group` is what the platform knows; `confirmed_group`, with what proves it, is what somebody found out.
    """

    claim = models.ForeignKey(HiringClaim, models.PROTECT, related_name="people")
    person = models.ForeignKey("kernel.Person", models.PROTECT, related_name="hiring_rows", verbose_name="人员")
    origin = models.CharField("来源", max_length=10, choices=Origin.choices, default=Origin.TYPED)
    contract_from = models.DateField("劳动合同起始日期")
    contract_to = models.DateField("劳动合同终止日期", null=True, blank=True, help_text="无固定期限的不填")
    wage_fen = models.BigIntegerField("月工资（分）")
    base_fen = models.BigIntegerField("缴费基数（分）")
    left_on = models.DateField("最后在岗日期", null=True, blank=True)
    left_reason = models.CharField("离开的情形", max_length=200, blank=True)
    group = models.CharField("人员类别", max_length=24, choices=Group.choices, default=Group.ASK)
    group_text = models.CharField("为什么是这一类", max_length=500, blank=True)
    confirmed_group = models.CharField("核实后的类别", max_length=24, choices=Group.choices, blank=True)
    confirmed_note = models.CharField("核实的凭据", max_length=300, blank=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, **RECORDER, blank=True)
    determination = models.ForeignKey(
        "rules.Determination", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="判定"
    )
    struck_reason = models.CharField("不计算的理由", max_length=300, blank=True)
    struck_by = models.ForeignKey(settings.AUTH_USER_MODEL, **RECORDER, blank=True)

    class Meta:
        verbose_name = "用人单位补贴花名册"
        ordering = ["claim_id", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["claim", "person"],
                name="hiring_person_once",
                violation_error_message="这个人在花名册里已经有一行。",
            ),
            models.CheckConstraint(
                condition=Q(contract_to=None) | Q(contract_to__gte=models.F("contract_from")),
                name="hiring_contract_order",
                violation_error_message="合同终止日期不能早于起始日期。",
            ),
            models.CheckConstraint(
                condition=Q(wage_fen__gte=0) & Q(base_fen__gte=0),
                name="hiring_money_positive",
                violation_error_message="工资和缴费基数不能小于零。",
            ),
        ]

    @property
    def settled_group(self) -> str:
        return self.confirmed_group or self.group

    @property
    def group_label(self) -> str:
        return Group(self.settled_group).label


class HiringMonth(models.Model):
    """What one month brings under one item; of the post, the month in which a year of the contract became full. Part 0 is the
    month itself, further parts are differences paid later (补发), each a line of its own.

    `fen` is None while no standard is on file or something has to be looked into; 0 with the reason when nothing is due.
    """

    class State(models.TextChoices):
        NONE = "none", "不计"
        WAITING = "waiting", "暂缓"
        DUE = "due", "应发"
        LISTED = "listed", "已列入名录"
        PAID = "paid", "已到账"
        RECOVER = "recover", "应追回"
        RECOVERED = "recovered", "已追回"

    HELD = ("listed", "paid", "recover")
    """The money is on its way or out."""

    row = models.ForeignKey(HiringPerson, models.PROTECT, related_name="months")
    person = models.ForeignKey("kernel.Person", models.PROTECT, related_name="hiring_months")
    item = models.CharField("项目", max_length=6, choices=Item.choices)
    month = models.DateField("所属月份", help_text="当月1日")
    part = models.PositiveSmallIntegerField("第几笔", default=0, help_text="0是这个月本身，1起是补发的差额")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.NONE)
    fen = models.BigIntegerField("金额（分）", null=True, blank=True)
    reason = models.CharField("说明", max_length=400, blank=True)
    waits_for_standard = models.BooleanField("只差标准", default=False)
    payment_line = models.ForeignKey("payments.PaymentLine", models.PROTECT, null=True, blank=True, related_name="+")
    owed_fen = models.BigIntegerField("应追回（分）", default=0)
    recovered_fen = models.BigIntegerField("已追回（分）", default=0)
    recovered_on = models.DateField("追回日期", null=True, blank=True)
    recovered_note = models.CharField("追回凭据", max_length=200, blank=True)

    class Meta:
        verbose_name = "用人单位补贴月份"
        ordering = ["row_id", "item", "month", "part"]
        indexes = [models.Index(fields=["state", "month"], name="hiring_month_state")]
        constraints = [
            models.UniqueConstraint(
                fields=["row", "item", "month", "part"],
                name="hiring_month_once",
                violation_error_message="这个月的这一项已经有了。",
            ),
            models.UniqueConstraint(
                fields=["person", "item", "month", "part"],
                condition=Q(state__in=["listed", "paid", "recover"]),
                name="hiring_month_one_firm",
                violation_error_message="这个人这个月的这一项已经发给一个单位。",
            ),
        ]


class HiringReview(models.Model):
    """初审、复审: in one round two different people."""

    claim = models.ForeignKey(HiringClaim, models.PROTECT, related_name="reviews")
    round = models.PositiveSmallIntegerField("第几次审核")
    level = models.PositiveSmallIntegerField("级别", choices=Level.choices)
    on = models.DateField("日期")
    people = models.PositiveIntegerField("计发人数")
    amount_fen = models.BigIntegerField("审核金额（分）")
    opinion = models.TextField("意见")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="审核人")
    recorded_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = "用人单位补贴审核"
        ordering = ["claim_id", "round", "level"]
        constraints = [
            models.UniqueConstraint(
                fields=["claim", "round", "level"],
                name="hiring_review_once",
                violation_error_message="这一级已经审过。",
            ),
            models.UniqueConstraint(
                fields=["claim", "round", "by"],
                name="hiring_review_different_people",
                violation_error_message="初审、复审要由不同的人办。",
            ),
        ]
