"""Who was in touch with a firm by telephone or otherwise, and after how many days without it an office is reminded (J-4.1.2)."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class EmployerCall(models.Model):
    """联系 with a firm that is no visit by appointment: a call, a word at the counter, a questionnaire of a station."""

    class Way(models.TextChoices):
        PHONE = "phone", "电话"
        COUNTER = "counter", "来窗口"
        ONLINE = "online", "网上"
        VISIT = "visit", "走访"
        QUESTIONNAIRE = "questionnaire", "问卷"

    employer = models.ForeignKey("kernel.Employer", models.PROTECT, related_name="calls", verbose_name="用人单位")
    organization = models.ForeignKey("kernel.Organization", models.PROTECT, related_name="+", verbose_name="联系机构")
    case = models.ForeignKey("procedures.Case", models.PROTECT, null=True, blank=True, related_name="employer_calls")
    on = models.DateField("联系日期")
    way = models.CharField("方式", max_length=16, choices=Way.choices)
    who = models.CharField("单位的人", max_length=50, blank=True)
    words = models.CharField("说了什么", max_length=500, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    recorded_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = "单位联系"
        indexes = [models.Index(fields=["employer", "on"], name="employer_call_on")]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "employer", "on"],
                name="employer_call_of_case_once",
                violation_error_message="这次联系已经记过。",
            )
        ]


class ContactDays(models.Model):
    """多少天没有联系就提醒 of an office and those below it, where it differs from the agency's setting."""

    organization = models.OneToOneField("kernel.Organization", models.PROTECT, related_name="+", verbose_name="机构")
    days = models.PositiveSmallIntegerField("天数")
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    set_at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "联系提醒天数"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(days__gte=1), name="contact_days_some", violation_error_message="至少是1天。"
            )
        ]
