"""空岗信息报告协议 (Q-1.1.2, J-4.1.2, C-7.3.1): what a firm promised to report, and what it said when it had nothing to report."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class AgreementQuerySet(models.QuerySet):
    def of_state(self, state: str, day: dt.date) -> AgreementQuerySet:
        """Agreements that stand so on a day. `state` is one of `VacancyAgreement.STATES`."""
        if state == "ended":
            return self.exclude(ended_on=None)
        going = self.filter(ended_on=None)
        if state == "coming":
            return going.filter(starts_on__gt=day)
        if state == "expired":
            return going.filter(until__lt=day)
        return going.filter(starts_on__lte=day, until__gte=day)


class VacancyAgreement(models.Model):
    """One paper signed by an office and a firm. It holds from `starts_on` to `until`, both included, unless ended before."""

    class Rhythm(models.TextChoices):
        MONTH = "month", "每月"
        QUARTER = "quarter", "每季度"

    STATES = {"running": "有效", "coming": "未生效", "expired": "已到期", "ended": "已解除"}

    number = models.CharField("协议编号", max_length=40, unique=True)
    employer = models.ForeignKey(
        "kernel.Employer", models.PROTECT, related_name="vacancy_agreements", verbose_name="用人单位"
    )
    organization = models.ForeignKey("kernel.Organization", models.PROTECT, related_name="+", verbose_name="签订机构")
    signed_on = models.DateField("签订日期")
    starts_on = models.DateField("起始日期")
    until = models.DateField("截止日期")
    rhythm = models.CharField("报告周期", max_length=8, choices=Rhythm.choices, default=Rhythm.QUARTER)
    contact_name = models.CharField("报告联系人", max_length=50)
    contact_phone_enc = models.TextField("联系电话（密文）", blank=True)
    replaces = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="renewal")
    ended_on = models.DateField("解除日期", null=True, blank=True)
    ended_why = models.CharField("解除原因", max_length=200, blank=True)
    is_demo = models.BooleanField("演示数据", default=False)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    recorded_at = models.DateTimeField("登记时间")

    objects = AgreementQuerySet.as_manager()

    class Meta:
        verbose_name = "空岗信息报告协议"
        indexes = [models.Index(fields=["organization", "until"], name="agreement_org_until")]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__gte=F("starts_on")),
                name="agreement_term",
                violation_error_message="截止日期不能早于起始日期。",
            )
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def last_day(self) -> dt.date:
        """The last day it holds or held."""
        return min(self.until, self.ended_on) if self.ended_on else self.until

    def state_on(self, day: dt.date) -> str:
        """A key of `STATES`."""
        if self.ended_on:
            return "ended"
        if day < self.starts_on:
            return "coming"
        return "expired" if day > self.until else "running"


class Statement(models.Model):
    """What a firm said of one period apart from the vacancies it registered: there were none, or they came late."""

    class Kind(models.TextChoices):
        NONE = "none", "没有空岗"
        LATE = "late", "过后补报"

    class Way(models.TextChoices):
        PHONE = "phone", "电话"
        VISIT = "visit", "走访"
        COUNTER = "counter", "来窗口"
        ONLINE = "online", "网上"

    agreement = models.ForeignKey(VacancyAgreement, models.PROTECT, related_name="statements")
    period = models.DateField("报告期首日")
    kind = models.CharField("内容", max_length=8, choices=Kind.choices)
    said_on = models.DateField("报告日期")
    said_by = models.CharField("单位报告人", max_length=50)
    way = models.CharField("方式", max_length=8, choices=Way.choices)
    note = models.CharField("说明", max_length=300, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    recorded_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = "空岗报告"
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "period"],
                name="statement_once",
                violation_error_message="这一期已经登记过报告。",
            )
        ]
