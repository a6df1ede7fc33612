"""What the service keeps of an employer beside its posts: visits (J-4.1.2, C-7.3.1) and key projects (就业三同时)."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class EmployerVisit(models.Model):
    """A visit: booked by telephone, made, followed up. A visit recorded in a case carries it."""

    class State(models.TextChoices):
        PLANNED = "planned", "已预约"
        DONE = "done", "已走访"
        MISSED = "missed", "没去成"
        CANCELLED = "cancelled", "已取消"

    employer = models.ForeignKey("kernel.Employer", models.PROTECT, related_name="visits", verbose_name="用人单位")
    organization = models.ForeignKey("kernel.Organization", models.PROTECT, related_name="+", verbose_name="走访机构")
    case = models.ForeignKey("procedures.Case", models.PROTECT, null=True, blank=True, related_name="visits")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.PLANNED)
    booked_on = models.DateField("预约日期")
    visit_on = models.DateField("走访日期")
    purpose = models.CharField("走访目的", max_length=200, blank=True)
    visitors = models.CharField("走访的人", max_length=100, blank=True)
    found = models.TextField("走访情况", blank=True)
    wants = models.CharField("单位提出的要求", max_length=500, blank=True)
    follow_up_on = models.DateField("应回复日期", null=True, blank=True)
    followed_on = models.DateField("回复日期", null=True, blank=True)
    answer = models.CharField("回复情况", max_length=500, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    recorded_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = "单位走访"
        indexes = [models.Index(fields=["organization", "state", "visit_on"], name="employer_visit_day")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(visit_on__gte=models.F("booked_on")),
                name="employer_visit_after_booking",
                violation_error_message="走访日期不能早于预约日期。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.visit_on} {self.get_state_display()}"


class KeyProject(models.Model):
    """重点项目 with 就业三同时: each stage of the project has its counterpart in employment, done on a day."""

    employer = models.ForeignKey("kernel.Employer", models.PROTECT, related_name="projects", verbose_name="用人单位")
    name = models.CharField("项目名称", max_length=100)
    feasible_on = models.DateField("可行性论证日期", null=True, blank=True)
    forecast_on = models.DateField("用工预测日期", null=True, blank=True)
    forecast = models.PositiveIntegerField("预计用工（人）", null=True, blank=True)
    registered_on = models.DateField("立项登记日期", null=True, blank=True)
    placed_on = models.DateField("招聘安置日期", null=True, blank=True)
    placed = models.PositiveIntegerField("已安置（人）", null=True, blank=True)
    operating_on = models.DateField("投产开业日期", null=True, blank=True)
    served_on = models.DateField("就业服务日期", null=True, blank=True)
    note = models.TextField("说明", blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    recorded_at = models.DateTimeField("登记时间")
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "重点项目"
        constraints = [
            models.UniqueConstraint(
                fields=["employer", "name"],
                name="key_project_once",
                violation_error_message="这家单位已有同名的项目。",
            )
        ]

    def __str__(self) -> str:
        return self.name
