"""社会保险补贴 of people in self-employment or flexible work (J-4.3.2, Q-1.3.1, Q-1.3.2)."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from renben.services.support.codes import Disability, Kind, StopEvent


class InsuranceSubsidyQuerySet(models.QuerySet):
    def running(self) -> InsuranceSubsidyQuerySet:
        """Asked for, under review or being drawn."""
        return self.filter(state__in=InsuranceSubsidy.RUNNING)

    def of_journey(self, journey_id) -> InsuranceSubsidy | None:
        """The subsidy of a journey, whichever of its cases asks."""
        return self.filter(journey_id=journey_id).select_related("person", "organization").order_by("-id").first()


class InsuranceSubsidy(models.Model):
    """One application from the street's counter to the last month. Months and money come from the determination, never typed.

    `months_granted` is what this grant may bring at most: the ceiling less what was drawn before. `retire_on` is the day
    statutory retirement age is reached; the last month is the one it lies in.
    """

    class State(models.TextChoices):
        APPLIED = "applied", "已受理，待核实"
        VERIFIED = "verified", "已核实，待报区"
        SUBMITTED = "submitted", "已报区，待审核"
        REVIEWED = "reviewed", "区已审核，待报市"
        REPORTED = "reported", "已报市，待批复"
        APPROVED = "approved", "已批复，待签协议"
        DRAWING = "drawing", "享受中"
        STOPPED = "stopped", "已停发"
        COMPLETED = "completed", "已领满"
        REFUSED = "refused", "未批准"

    RUNNING = ("applied", "verified", "submitted", "reviewed", "reported", "approved", "drawing")
    OPEN_TO_CHANGE = ("applied", "verified", "submitted")

    person = models.ForeignKey("kernel.Person", models.PROTECT, related_name="insurance_subsidies", verbose_name="本人")
    organization = models.ForeignKey(
        "kernel.Organization", models.PROTECT, related_name="insurance_subsidies", verbose_name="受理社保所"
    )
    kind = models.CharField("补贴类别", max_length=16, choices=Kind.choices)
    journey_id = models.UUIDField("事项", null=True, blank=True, db_index=True)
    case = models.ForeignKey(
        "procedures.Case", models.PROTECT, null=True, blank=True, related_name="insurance_subsidies"
    )
    determination = models.ForeignKey(
        "rules.Determination", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="判定"
    )
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.APPLIED)
    applied_on = models.DateField("申请日期")
    started_on = models.DateField("开始经营或灵活就业日期")
    disability = models.CharField("残疾程度", max_length=10, choices=Disability.choices, default=Disability.NONE)
    is_registered = models.BooleanField("已办就业登记")
    is_archive_deposited = models.BooleanField("档案已存放")
    insurances = ArrayField(models.CharField(max_length=16), default=list, verbose_name="险种")
    retire_on = models.DateField("达到法定退休年龄日期")
    work = models.CharField("经营项目或工作内容", max_length=200, blank=True)
    place = models.CharField("经营（工作）地点", max_length=200, blank=True)
    declared_months = models.PositiveSmallIntegerField("本人说明的以前享受月数", default=0)
    ceiling = models.PositiveSmallIntegerField("补贴年限（月）", default=0)
    months_before = models.PositiveSmallIntegerField("此前已享受月数", default=0)
    months_granted = models.PositiveSmallIntegerField("可享受月数", default=0)
    first_month = models.DateField("起始月", null=True, blank=True, help_text="当月1日")
    submitted_on = models.DateField("报区日期", null=True, blank=True)
    reviewed_on = models.DateField("区审核通过日期", null=True, blank=True)
    petition_number = models.CharField("请示文号", max_length=60, blank=True)
    approved_on = models.DateField("批复日期", null=True, blank=True)
    reply_number = models.CharField("批复文号", max_length=60, blank=True)
    agreed_on = models.DateField("代签协议日期", null=True, blank=True)
    stop_event = models.CharField("停发情形", max_length=16, choices=StopEvent.choices, blank=True)
    stopped_on = models.DateField("情形发生日期", null=True, blank=True)
    stop_month = models.DateField("停发起始月", null=True, blank=True, help_text="当月1日，自此不再发放")
    refusal = models.CharField("未批准的理由", max_length=500, blank=True)
    note = models.CharField("说明", max_length=500, blank=True)
    recorded_at = models.DateTimeField("登记时间")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    version = models.PositiveIntegerField("版本", default=1)

    objects = InsuranceSubsidyQuerySet.as_manager()

    class Meta:
        verbose_name = "社会保险补贴"
        indexes = [models.Index(fields=["organization", "state"], name="subsidy_org_state")]
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(
                    state__in=("applied", "verified", "submitted", "reviewed", "reported", "approved", "drawing")
                ),
                name="subsidy_one_running",
                violation_error_message="该人员已有正在办理或享受的社会保险补贴，不能重复申请。",
            ),
        ]

    @property
    def is_running(self) -> bool:
        return self.state in self.RUNNING


class SubsidyMonth(models.Model):
    """补贴的一个月. It moves from 待核对扣款 over the street's check of the debit to a payment list.

    A month that is drawn or about to be counts once for the person, under whichever subsidy.
    """

    class State(models.TextChoices):
        PLANNED = "planned", "待核对扣款"
        CHECKED = "checked", "已扣款，待发放"
        WITHHELD = "withheld", "未扣款，不补"
        HELD = "held", "暂缓发放"
        LISTED = "listed", "已列入名录"
        PAID = "paid", "已发放"
        RETURNED = "returned", "银行退回"
        RECOVERED = "recovered", "已追回"
        SKIPPED = "skipped", "不发放"

    COUNTED = ("checked", "held", "listed", "paid", "returned")
    GONE = ("withheld", "recovered", "skipped")

    subsidy = models.ForeignKey(InsuranceSubsidy, models.PROTECT, related_name="months")
    person = models.ForeignKey("kernel.Person", models.PROTECT, related_name="subsidy_months")
    month = models.DateField("月份", help_text="当月1日")
    amount_fen = models.BigIntegerField("金额（分）", null=True, blank=True)
    reason = models.CharField("说明", max_length=300, blank=True)
    is_debited = models.BooleanField("当月已扣款", null=True, blank=True)
    debit_fen = models.BigIntegerField("存折扣款额（分）", null=True, blank=True)
    checked_on = models.DateField("核对日期", null=True, blank=True)
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    payment_line = models.ForeignKey(
        "payments.PaymentLine", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="发放明细"
    )
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.PLANNED)

    class Meta:
        verbose_name = "补贴月份"
        ordering = ["subsidy_id", "month"]
        constraints = [
            models.UniqueConstraint(
                fields=["subsidy", "month"],
                name="subsidy_month_once",
                violation_error_message="这个月已经列入，不能重复。",
            ),
            models.UniqueConstraint(
                fields=["person", "month"],
                condition=~Q(state__in=("withheld", "recovered", "skipped")),
                name="subsidy_month_once_for_person",
                violation_error_message="这个人这个月已经享受另一项社会保险补贴。",
            ),
        ]
        indexes = [models.Index(fields=["month", "state"], name="subsidymonth_month_state")]


class SubsidyVisit(models.Model):
    """实地核实、核查和跟踪回访: who went, when, what they saw."""

    class Occasion(models.TextChoices):
        VERIFY = "verify", "街（镇）实地核实"
        CHECK = "check", "区实地核查"
        FOLLOW = "follow", "跟踪回访"

    subsidy = models.ForeignKey(InsuranceSubsidy, models.PROTECT, related_name="visits")
    occasion = models.CharField("事由", max_length=8, choices=Occasion.choices)
    on = models.DateField("日期")
    visitors = models.CharField("去的人", max_length=100, blank=True)
    work = models.CharField("经营项目或工作内容", max_length=200, blank=True)
    place = models.CharField("地点", max_length=200, blank=True)
    hours = models.CharField("工作时间", max_length=100, blank=True)
    income_fen = models.BigIntegerField("月利润或收入（分）", null=True, blank=True)
    findings = models.TextField("情况", blank=True)
    is_working = models.BooleanField("确实在经营或就业", default=True)
    case = models.ForeignKey("procedures.Case", models.PROTECT, null=True, blank=True, related_name="+")
    recorded_at = models.DateTimeField("登记时间")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "补贴核查记录"
        ordering = ["-on", "-id"]


class SubsidyOpening(models.Model):
    """平台启用前已享受的月数, with what proves it. `months` were drawn up to and including `through`."""

    person = models.ForeignKey("kernel.Person", models.PROTECT, related_name="subsidy_openings")
    kind = models.CharField("补贴类别", max_length=16, choices=Kind.choices)
    months = models.PositiveSmallIntegerField("已享受月数")
    through = models.DateField("享受到哪个月", help_text="当月1日")
    evidence = models.CharField("依据", max_length=200)
    batch = models.ForeignKey(
        "kernel.ImportBatch", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="导入批次"
    )
    recorded_at = models.DateTimeField("登记时间")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "补贴期初月数"
        ordering = ["person_id", "kind"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind"],
                name="subsidy_opening_once",
                violation_error_message="这个人这项补贴的期初月数已经登记。",
            )
        ]


class SubsidyAdjustment(models.Model):
    """补发差额 or 追回 of a month that was paid: what the rules say now less what was paid."""

    class Kind(models.TextChoices):
        DIFFERENCE = "difference", "补发差额"
        RECOVERY = "recovery", "追回"

    class State(models.TextChoices):
        OPEN = "open", "待办"
        LISTED = "listed", "已列入名录"
        DONE = "done", "已了结"
        VOID = "void", "不再需要"

    subsidy = models.ForeignKey(InsuranceSubsidy, models.PROTECT, related_name="adjustments")
    month = models.DateField("月份", help_text="当月1日")
    kind = models.CharField("种类", max_length=12, choices=Kind.choices)
    part = models.PositiveSmallIntegerField("当月第几次补发", default=0, help_text="第一次为0")
    fen = models.BigIntegerField("金额（分）")
    settled_fen = models.BigIntegerField("已追回（分）", default=0)
    reason = models.CharField("原因", max_length=300)
    state = models.CharField("状态", max_length=8, choices=State.choices, default=State.OPEN)
    payment_line = models.ForeignKey("payments.PaymentLine", models.PROTECT, null=True, blank=True, related_name="+")
    settled_on = models.DateField("了结日期", null=True, blank=True)
    settled_note = models.CharField("了结依据", max_length=200, blank=True)
    recorded_at = models.DateTimeField("登记时间")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "补贴补发和追回"
        ordering = ["subsidy_id", "month", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["subsidy", "month"],
                condition=Q(kind="recovery", state="open"),
                name="subsidy_recovery_one_open",
                violation_error_message="这个月已有没办完的追回。",
            ),
            models.UniqueConstraint(
                fields=["subsidy", "month", "part"],
                condition=Q(kind="difference") & ~Q(state="void"),
                name="subsidy_difference_once",
                violation_error_message="这个月的这一次补发已经登记。",
            ),
            models.CheckConstraint(
                condition=Q(fen__gt=0) & Q(settled_fen__gte=0) & Q(settled_fen__lte=F("fen")),
                name="subsidy_adjustment_positive",
                violation_error_message="金额必须大于零，已追回的不能多于应追回的。",
            ),
        ]
