from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from renben.kernel import rows
from renben.services.registration.codes import BENEFIT_MONTHLY, HEADINGS, SeparationReason, StopEvent


class UnemploymentBenefitQuerySet(models.QuerySet):
    def to_enrol(self, person) -> UnemploymentBenefit | None:
        """The latest benefit determined for this person that is neither stopped nor drawn to the end."""
        latest = "t.person_id = %s AND t.state NOT IN ('stopped', 'completed') ORDER BY t.determined_on DESC, t.id DESC LIMIT 1"
        found = rows.one(UnemploymentBenefit, latest, str(person.pk))
        if found is not None:
            found.person = person
        return found


class UnemploymentBenefit(models.Model):
    """失业保险待遇: one determination by the district, enrolled and paid by the street (D-29).

    Amounts live in the determination and in each month, never typed. `months_received` counts paid months including
    `opening_months_received`, those drawn before the platform knew the person.
    """

    class State(models.TextChoices):
        DETERMINED = "determined", "已核定"
        ENROLLED = "enrolled", "已申领登记"
        PAYING = "paying", "发放中"
        STOPPED = "stopped", "已停发"
        COMPLETED = "completed", "已领满"
        BLOCKED = "blocked", "无现行标准，暂缓发放"
        INELIGIBLE = "ineligible", "不符合条件"

    RUNNING = ("determined", "enrolled", "paying", "blocked")

    person = models.ForeignKey("kernel.Person", models.PROTECT, related_name="benefits", verbose_name="本人")
    archive = models.ForeignKey(
        "registration.PersonnelArchive", models.PROTECT, null=True, blank=True, related_name="benefits"
    )
    registration = models.ForeignKey(
        "registration.UnemploymentRegistration", models.PROTECT, null=True, blank=True, related_name="benefits"
    )
    organization = models.ForeignKey(
        "kernel.Organization", models.PROTECT, related_name="benefits", verbose_name="发放机构"
    )
    case = models.ForeignKey(
        "procedures.Case", models.PROTECT, null=True, blank=True, related_name="benefits", verbose_name="核定办件"
    )
    determination = models.ForeignKey(
        "rules.Determination", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="核定结果"
    )
    heading = models.CharField("待遇种类", max_length=24, choices=list(HEADINGS.items()), default=BENEFIT_MONTHLY)
    eligible = models.BooleanField("符合条件")
    contribution_months = models.PositiveSmallIntegerField("累计缴费月数", null=True, blank=True)
    separation_reason = models.CharField("离职原因", max_length=48, blank=True, choices=SeparationReason.choices)
    months_entitled = models.PositiveSmallIntegerField("核定月数", default=0)
    opening_months_received = models.PositiveSmallIntegerField("此前已领月数", default=0)
    months_received = models.PositiveSmallIntegerField("已领月数", default=0)
    first_month = models.DateField("首领月份", null=True, blank=True, help_text="当月1日")
    lump_sum_fen = models.BigIntegerField("一次性金额（分）", null=True, blank=True)
    determined_on = models.DateField("核定日期")
    determined_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    notice = models.ForeignKey(
        "documents.IssuedDocument", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="通知单"
    )
    enrolled_on = models.DateField("申领登记日期", null=True, blank=True)
    enrolled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="申领登记人"
    )
    state = models.CharField("状态", max_length=12, choices=State.choices)
    stop_event = models.CharField("停发情形", max_length=48, blank=True, choices=StopEvent.choices)
    stopped_on = models.DateField("停发日期", null=True, blank=True)
    note = models.CharField("说明", max_length=500, blank=True)
    recorded_at = models.DateTimeField("登记时间")
    version = models.PositiveIntegerField("版本", default=1)

    objects = UnemploymentBenefitQuerySet.as_manager()

    class Meta:
        verbose_name = "失业保险待遇"
        indexes = [models.Index(fields=["organization", "state"], name="benefit_org_state")]
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(state__in=("determined", "enrolled", "paying", "blocked")),
                name="benefit_one_running",
                violation_error_message="该人员已有正在执行的失业保险待遇，不能重复核定。",
            ),
            models.CheckConstraint(
                condition=Q(months_received__gte=F("opening_months_received")),
                name="benefit_received_includes_opening",
                violation_error_message="已领月数不能少于此前已领月数。",
            ),
        ]

    @property
    def months_left(self) -> int:
        """Months of the entitlement that have not been drawn."""
        return max(0, self.months_entitled - self.months_received)


class BenefitMonth(models.Model):
    """待遇的一个月. `amount_fen` is empty while no standard is on file for that month (D-07)."""

    class State(models.TextChoices):
        PLANNED = "planned", "待列入名录"
        BLOCKED = "blocked", "无现行标准"
        LISTED = "listed", "已列入名录"
        PAID = "paid", "已发放"
        SKIPPED = "skipped", "不发放"

    benefit = models.ForeignKey(UnemploymentBenefit, models.PROTECT, related_name="months")
    month = models.DateField("月份", help_text="当月1日")
    index = models.PositiveSmallIntegerField("第几个月")
    amount_fen = models.BigIntegerField("金额（分）", null=True, blank=True)
    blocked_reason = models.CharField("暂缓原因", max_length=200, blank=True)
    payment_line = models.ForeignKey(
        "payments.PaymentLine", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="发放明细"
    )
    state = models.CharField("状态", max_length=8, choices=State.choices, default=State.PLANNED)

    class Meta:
        verbose_name = "待遇月份"
        ordering = ["benefit_id", "index"]
        constraints = [
            models.UniqueConstraint(
                fields=["benefit", "month"],
                name="benefit_month_once",
                violation_error_message="这个月已经列入，不能重复发放。",
            ),
            models.UniqueConstraint(fields=["benefit", "index"], name="benefit_index_once"),
        ]
        indexes = [models.Index(fields=["month", "state"], name="benefitmonth_month_state")]


class BenefitOpening(models.Model):
    """平台启用前已领的月数 of the present time without work, with what proves it. `benefit` is the determination that counted
    them; until then the import can be taken back."""

    person = models.OneToOneField("kernel.Person", models.PROTECT, related_name="benefit_opening")
    months = models.PositiveSmallIntegerField("已领月数")
    through = models.DateField("领到哪个月", help_text="当月1日")
    evidence = models.CharField("依据", max_length=200)
    benefit = models.OneToOneField(
        UnemploymentBenefit, models.PROTECT, null=True, blank=True, related_name="opening", verbose_name="计入的待遇"
    )
    batch = models.ForeignKey(
        "kernel.ImportBatch", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="导入批次"
    )
    recorded_at = models.DateTimeField("登记时间")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "失业保险金期初月数"
        ordering = ["person_id"]
