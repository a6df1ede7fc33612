"""公益性岗位 (Q-1.3.5): posts, the people on them, the unit's monthly sheet, what each month brings, and the lists that pay it."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Q

from renben.services.support.posts.codes import Heading, LeaveEvent

RECORDER = {"on_delete": models.PROTECT, "null": True, "related_name": "+"}


class PublicPost(models.Model):
    """One kind of post at one 社区公益性就业组织: how many places were approved, from which quarter."""

    employer = models.ForeignKey(
        "kernel.Employer", models.PROTECT, related_name="public_posts", verbose_name="公益性就业组织"
    )
    organization = models.ForeignKey(
        "kernel.Organization", models.PROTECT, related_name="public_posts", verbose_name="所在地机构"
    )
    name = models.CharField("岗位名称（协管员类别）", max_length=60)
    headcount = models.PositiveIntegerField("核定人数")
    approved_from = models.DateField("批准的季度", help_text="季度首日")
    approval = models.CharField("批准依据", max_length=100, blank=True)
    closed_on = models.DateField("撤销日期", null=True, blank=True)
    recorded_at = models.DateTimeField("登记时间")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, **RECORDER)

    class Meta:
        verbose_name = "公益性岗位"
        ordering = ["employer_id", "name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["employer", "name"],
                condition=Q(closed_on=None),
                name="public_post_once",
                violation_error_message="这个组织已经登记过同名的岗位，请改它的人数。",
            ),
            models.CheckConstraint(
                condition=Q(headcount__gt=0),
                name="public_post_headcount",
                violation_error_message="核定人数至少1人。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.employer.name} {self.name}"


class PostPlacement(models.Model):
    """One person on one post, from the first to the last day (both on it). `first_month`: from here on the platform pays."""

    post = models.ForeignKey(PublicPost, models.PROTECT, related_name="placements", verbose_name="岗位")
    person = models.ForeignKey("kernel.Person", models.PROTECT, related_name="public_posts", verbose_name="本人")
    agreement_number = models.CharField("劳动合同编号", max_length=60, blank=True)
    started_on = models.DateField("上岗日期")
    ends_on = models.DateField("合同到期日")
    retire_on = models.DateField("达到法定退休年龄日期", null=True, blank=True)
    base_fen = models.BigIntegerField("基本工资（分）")
    child_birth_on = models.DateField("独生子女出生日期", null=True, blank=True)
    first_month = models.DateField("从哪个月起由平台拨付", help_text="当月1日")
    left_on = models.DateField("在岗最后一天", null=True, blank=True)
    leave_event = models.CharField("离岗情形", max_length=16, choices=LeaveEvent.choices, blank=True)
    leave_note = models.CharField("离岗说明", max_length=300, blank=True)
    reckoned_to = models.DateField("已算到哪个月", null=True, blank=True, help_text="当月1日")
    recorded_at = models.DateTimeField("登记时间")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, **RECORDER)
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "公益性岗位在岗人员"
        ordering = ["-started_on", "-id"]
        indexes = [models.Index(fields=["post", "left_on"], name="placement_post_left")]
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(left_on=None),
                name="placement_one_running",
                violation_error_message="这个人已经在一个公益性岗位上，请先登记离岗。",
            )
        ]

    @property
    def last_on(self) -> dt.date:
        """The last day on the post as far as it is known: left, agreement over, or the retirement age reached."""
        return min(day for day in (self.left_on, self.ends_on, self.retire_on) if day is not None)


class PostWage(models.Model):
    """The unit's sheet of a month: base and floating wage of one person."""

    placement = models.ForeignKey(PostPlacement, models.PROTECT, related_name="wages")
    month = models.DateField("月份", help_text="当月1日")
    base_fen = models.BigIntegerField("基本工资（分）")
    floating_fen = models.BigIntegerField("浮动工资（分）", default=0)
    recorded_at = models.DateTimeField("登记时间")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, **RECORDER)

    class Meta:
        verbose_name = "公益性岗位工资表"
        ordering = ["placement_id", "month"]
        constraints = [
            models.UniqueConstraint(
                fields=["placement", "month"], name="post_wage_once", violation_error_message="这个月的工资已经登记。"
            ),
            models.CheckConstraint(
                condition=Q(base_fen__gte=0) & Q(floating_fen__gte=0),
                name="post_wage_positive",
                violation_error_message="工资不能小于零。",
            ),
        ]


class PostAmount(models.Model):
    """What one month brings under one heading. `fen` is what goes out; the person's own shares stand in the determination.

    Waiting amounts say why: no standard on file, no sheet, probation, or something that speaks against paying. What changes once
    a list is signed is a further `part` of the month: `difference` is paid besides, `recovery` comes back.
    """

    class Kind(models.TextChoices):
        MONTH = "month", "当月"
        DIFFERENCE = "difference", "补发差额"
        RECOVERY = "recovery", "多拨差额"

    class State(models.TextChoices):
        WAITING = "waiting", "暂缓"
        DUE = "due", "待拨付"
        LISTED = "listed", "已列入审批表"
        PAID = "paid", "已拨付"
        RECOVER = "recover", "应追回"
        RECOVERED = "recovered", "已追回"

    placement = models.ForeignKey(PostPlacement, models.PROTECT, related_name="amounts")
    person = models.ForeignKey("kernel.Person", models.PROTECT, related_name="public_post_amounts")
    month = models.DateField("所属月份", help_text="当月1日")
    heading = models.CharField("项目", max_length=16, choices=Heading.choices)
    kind = models.CharField("种类", max_length=12, choices=Kind.choices, default=Kind.MONTH)
    part = models.PositiveSmallIntegerField("第几次差额", default=0, help_text="当月第一次列的为0")
    fen = models.BigIntegerField("金额（分）", null=True, blank=True)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.DUE)
    reason = models.CharField("说明", max_length=300, blank=True)
    determination = models.ForeignKey("rules.Determination", models.PROTECT, null=True, blank=True, related_name="+")
    payment_line = models.ForeignKey("payments.PaymentLine", models.PROTECT, null=True, blank=True, related_name="+")
    recovered_on = models.DateField("追回日期", null=True, blank=True)
    recovered_note = models.CharField("追回凭据", max_length=200, blank=True)

    class Meta:
        verbose_name = "公益性岗位月待遇"
        ordering = ["placement_id", "month", "heading"]
        indexes = [models.Index(fields=["state", "month"], name="postamount_state_month")]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "month", "heading", "part"],
                condition=~Q(state="recovered"),
                name="post_amount_once",
                violation_error_message="这个人这个月的这一项已经计发。",
            ),
            models.UniqueConstraint(
                fields=["person", "month", "heading"],
                condition=Q(kind="month") & ~Q(state="recovered"),
                name="post_amount_one_of_month",
                violation_error_message="这个人这个月的这一项已经计发。",
            ),
        ]


class PlacementChange(models.Model):
    """What was put right later about somebody's time on a post, with the reason: a leave taken back, a wage corrected from a month
    on. `before` and `after` hold what stood there and what stands there now."""

    class Kind(models.TextChoices):
        LEAVE_TAKEN_BACK = "leave_back", "撤销离岗"
        WAGE = "wage", "更正工资"

    placement = models.ForeignKey(PostPlacement, models.PROTECT, related_name="changes")
    kind = models.CharField("更正", max_length=12, choices=Kind.choices)
    from_month = models.DateField("从哪个月起", null=True, blank=True, help_text="当月1日")
    number = models.CharField("补充协议编号", max_length=60, blank=True)
    before = models.JSONField("原来", default=dict)
    after = models.JSONField("更正后", default=dict)
    reason = models.CharField("原因", max_length=300)
    recorded_at = models.DateTimeField("登记时间")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, **RECORDER)

    class Meta:
        verbose_name = "公益性岗位在岗情况更正"
        ordering = ["-recorded_at", "-id"]


class PostPayroll(models.Model):
    """《审批表》 of a month: the lists of all headings together, made by one, approved and signed, paid to the units."""

    class State(models.TextChoices):
        DRAFT = "draft", "待确认"
        CONFIRMED = "confirmed", "已签批"
        PAID = "paid", "已拨付"

    organization = models.ForeignKey(
        "kernel.Organization", models.PROTECT, related_name="post_payrolls", verbose_name="填制机构"
    )
    month = models.DateField("月份", help_text="当月1日")
    sequence = models.PositiveSmallIntegerField("当月第几张", default=1)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.DRAFT)
    batches = models.ManyToManyField("payments.PaymentBatch", related_name="post_payrolls", verbose_name="发放批次")
    approved_on = models.DateField("区级审批通过日期", null=True, blank=True)
    signed_on = models.DateField("主管领导签字日期", null=True, blank=True)
    paid_on = models.DateField("拨付日期", null=True, blank=True)
    made_at = models.DateTimeField("生成时间")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, **RECORDER)

    class Meta:
        verbose_name = "公益性专项补贴审批表"
        ordering = ["-month", "-sequence"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "month", "sequence"],
                name="post_payroll_once",
                violation_error_message="这个月的审批表已经生成。",
            )
        ]
