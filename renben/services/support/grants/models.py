"""区级补贴奖励 (Q-1.3.6): the application, the people it is asked for, three reviews, the public notice and what is objected."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Q

from renben.services.support.grants.codes import Item, Level, Through
from renben.services.support.grants.guidance_models import GuidanceClaim, GuidancePerson

__all__ = ["Grant", "GrantLine", "GrantNotice", "GrantObjection", "GrantReview", "GuidanceClaim", "GuidancePerson"]


class Grant(models.Model):
    """One application of a firm, or of a person for themselves (`employer` empty). The amount is the sum of its lines, computed by
    rule, never typed. `round` counts how often the first review was done: a grant sent back is reviewed anew by all three."""

    class State(models.TextChoices):
        FIRST = "first", "已初审，待复审"
        SECOND = "second", "已复审，待终审"
        NOTICE = "notice", "公示中"
        BACK = "back", "异议成立，待重审"
        CLEAR = "clear", "公示完毕，待报财政"
        SUBMITTED = "submitted", "已报财政，待批复"
        LISTED = "listed", "已批复，列入名录"
        REFUSED = "refused", "不予发放"

    OPEN = ("first", "second", "notice", "back", "clear", "submitted")

    item = models.CharField("申请项目", max_length=12, choices=Item.choices)
    organization = models.ForeignKey(
        "kernel.Organization", models.PROTECT, related_name="grants", verbose_name="受理机构"
    )
    employer = models.ForeignKey(
        "kernel.Employer", models.PROTECT, null=True, blank=True, related_name="grants", verbose_name="申请单位"
    )
    case = models.OneToOneField("procedures.Case", models.PROTECT, related_name="grant", verbose_name="办件")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.FIRST)
    round = models.PositiveSmallIntegerField("第几次审核", default=1)
    applied_on = models.DateField("申请日期")
    claimed_fen = models.BigIntegerField("申请金额（分）", null=True, blank=True)
    submitted_on = models.DateField("报区财政局日期", null=True, blank=True)
    letter_number = models.CharField("报送文号", max_length=60, blank=True)
    replied_on = models.DateField("区财政批复日期", null=True, blank=True)
    reply_number = models.CharField("批复文号", max_length=60, blank=True)
    told_on = models.DateField("通知申请人日期", null=True, blank=True)
    refusal = models.CharField("不予发放的理由", max_length=500, blank=True)
    recorded_at = models.DateTimeField("登记时间")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "区级补贴奖励"
        indexes = [models.Index(fields=["organization", "state"], name="grant_org_state")]

    @property
    def is_open(self) -> bool:
        """Neither on a list nor refused."""
        return self.state in self.OPEN


class GrantLine(models.Model):
    """One person the grant is asked for, from a month on and for so many months (1 for what is paid once).

    `amount_fen` is None while no standard is on file. A line that is struck stays readable with its reason and counts nothing.
    """

    grant = models.ForeignKey(Grant, models.PROTECT, related_name="lines")
    person = models.ForeignKey("kernel.Person", models.PROTECT, related_name="grant_lines", verbose_name="人员")
    first_month = models.DateField("起始月", help_text="当月1日")
    months = models.PositiveSmallIntegerField("月数", default=1)
    amount_fen = models.BigIntegerField("金额（分）", null=True, blank=True)
    determination = models.ForeignKey(
        "rules.Determination", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="判定"
    )
    faults = models.JSONField("比对提出的问题", default=list)
    is_struck = models.BooleanField("不予计算", default=False)
    struck_reason = models.CharField("不予计算的理由", max_length=300, blank=True)
    struck_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    payment_line = models.ForeignKey(
        "payments.PaymentLine", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="发放明细"
    )

    class Meta:
        verbose_name = "区级补贴人员"
        ordering = ["grant_id", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["grant", "person"],
                name="grant_line_once",
                violation_error_message="这个人在名单里已经有一行。",
            ),
            models.CheckConstraint(
                condition=Q(months__gt=0), name="grant_line_months", violation_error_message="月数必须大于零。"
            ),
        ]


class GrantReview(models.Model):
    """初审、复审、终审: in one round three different people."""

    grant = models.ForeignKey(Grant, models.PROTECT, related_name="reviews")
    round = models.PositiveSmallIntegerField("第几次审核")
    level = models.PositiveSmallIntegerField("级别", choices=Level.choices)
    on = models.DateField("日期")
    amount_fen = models.BigIntegerField("审核金额（分）", null=True, blank=True)
    opinion = models.TextField("意见")
    third_party = models.CharField("第三方机构", max_length=100, blank=True)
    report_number = models.CharField("终审报告编号", max_length=60, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="审核人")
    recorded_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = "区级补贴审核"
        ordering = ["grant_id", "round", "level"]
        constraints = [
            models.UniqueConstraint(
                fields=["grant", "round", "level"],
                name="grant_review_once",
                violation_error_message="这一级已经审过。",
            ),
            models.UniqueConstraint(
                fields=["grant", "round", "by"],
                name="grant_review_by_different_people",
                violation_error_message="初审、复审、终审要由不同的人办。",
            ),
        ]


class GrantNotice(models.Model):
    """公示: when it began. Its last day follows from the catalogue's limit, the calendar and the days objections were open."""

    grant = models.ForeignKey(Grant, models.PROTECT, related_name="notices")
    round = models.PositiveSmallIntegerField("第几次审核")
    from_on = models.DateField("公示开始日期", help_text="当天不算在公示期内")
    amount_fen = models.BigIntegerField("公示金额（分）")
    people = models.PositiveIntegerField("公示人数")
    ended_on = models.DateField("撤下日期", null=True, blank=True)

    class Meta:
        verbose_name = "区级补贴公示"
        ordering = ["grant_id", "round"]
        constraints = [
            models.UniqueConstraint(
                fields=["grant", "round"], name="grant_notice_once", violation_error_message="这一次已经公示。"
            )
        ]


class GrantObjection(models.Model):
    """异议: while one is open the clock of the notice stands and nothing is paid."""

    notice = models.ForeignKey(GrantNotice, models.PROTECT, related_name="objections")
    raised_on = models.DateField("收到日期")
    who = models.CharField("提出人", max_length=50, blank=True, help_text="匿名的可以不填")
    through = models.CharField("方式", max_length=8, choices=Through.choices)
    text = models.TextField("异议内容")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    answered_on = models.DateField("答复日期", null=True, blank=True)
    answer = models.TextField("核查结果和答复", blank=True)
    is_upheld = models.BooleanField("异议成立", null=True, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = "公示异议"
        ordering = ["notice_id", "raised_on", "id"]

    @property
    def pause(self) -> tuple[dt.date, dt.date | None]:
        """Days in which the clock stands: from the day it came in until the day of the answer."""
        return self.raised_on, self.answered_on
