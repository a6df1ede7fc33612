from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from renben.kernel import rows
from renben.services.registration.codes import Channel, CloseReason, PriorStatus, SeparationReason


class InformRecord(models.Model):
    """告知记录: each time a person was told what to bring and by when (失业人员告知制度, J-4.2.1 step 2)."""

    person = models.ForeignKey("kernel.Person", models.PROTECT, related_name="inform_records")
    case = models.ForeignKey(
        "procedures.Case", models.PROTECT, null=True, blank=True, related_name="inform_records", verbose_name="办件"
    )
    organization = models.ForeignKey("kernel.Organization", models.PROTECT, related_name="+", verbose_name="告知机构")
    channel = models.CharField("方式", max_length=12, choices=Channel.choices)
    told_at = models.DateTimeField("告知时间")
    told_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="告知人")
    content = models.TextField("告知内容")
    register_by = models.DateField("应于何日前登记")
    result = models.CharField("结果", max_length=200, blank=True)

    class Meta:
        verbose_name = "告知记录"
        indexes = [models.Index(fields=["person", "-told_at"], name="inform_person")]


class UnemploymentRegistrationQuerySet(models.QuerySet):
    def running_of(self, person) -> UnemploymentRegistration | None:
        """The registration of this person that is not closed, if any."""
        running = "t.person_id = %s AND t.state <> 'closed' ORDER BY t.id LIMIT 1"
        return rows.one(UnemploymentRegistration, running, str(person.pk))


class UnemploymentRegistration(models.Model):
    """失业登记. One running registration per person; `organization` is the street that looks after it now."""

    class State(models.TextChoices):
        ACTIVE = "active", "登记失业"
        SUSPENDED = "suspended", "暂停"
        CLOSED = "closed", "已注销"

    person = models.ForeignKey("kernel.Person", models.PROTECT, related_name="registrations", verbose_name="本人")
    organization = models.ForeignKey(
        "kernel.Organization", models.PROTECT, related_name="registrations", verbose_name="管理机构"
    )
    case = models.ForeignKey(
        "procedures.Case", models.PROTECT, null=True, blank=True, related_name="registrations", verbose_name="办件"
    )
    archive = models.ForeignKey(
        "registration.PersonnelArchive", models.PROTECT, null=True, blank=True, related_name="registrations"
    )
    mandate = models.ForeignKey(
        "kernel.Mandate", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="委托书"
    )
    registered_on = models.DateField("登记日期")
    prior_status = models.CharField("失业前的情况", max_length=16, choices=PriorStatus.choices)
    separation_reason = models.CharField("失业原因", max_length=48, blank=True, choices=SeparationReason.choices)
    separated_on = models.DateField("失业日期", null=True, blank=True)
    evidence = models.JSONField("查验的材料", default=list, blank=True)
    certificate = models.ForeignKey(
        "registration.RegistrationCertificate", models.PROTECT, null=True, blank=True, related_name="+"
    )
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.ACTIVE)
    closed_on = models.DateField("注销日期", null=True, blank=True)
    close_reason = models.CharField("注销原因", max_length=32, blank=True, choices=CloseReason.choices)
    close_note = models.CharField("注销说明", max_length=300, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField("登记时间")
    version = models.PositiveIntegerField("版本", default=1)

    objects = UnemploymentRegistrationQuerySet.as_manager()

    class Meta:
        verbose_name = "失业登记"
        indexes = [
            models.Index(fields=["organization", "state"], name="registration_org_state"),
            models.Index(fields=["registered_on"], name="registration_on"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=~Q(state="closed"),
                name="registration_one_running",
                violation_error_message="该人员已有有效的失业登记，不能重复登记。",
            ),
            models.CheckConstraint(
                condition=Q(closed_on=None) | Q(closed_on__gte=F("registered_on")),
                name="registration_closed_after",
                violation_error_message="注销日期不能早于登记日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.registered_on}"


class RegistrationChange(models.Model):
    """失业登记变更记录: insert-only, so that state and office of a registration on any past day can be told."""

    class Kind(models.TextChoices):
        REGISTERED = "registered", "登记"
        MOVED = "moved", "转街镇"
        SUSPENDED = "suspended", "暂停"
        RESUMED = "resumed", "恢复"
        CLOSED = "closed", "注销"
        CORRECTED = "corrected", "更正"

    registration = models.ForeignKey(UnemploymentRegistration, models.PROTECT, related_name="changes")
    kind = models.CharField("类型", max_length=12, choices=Kind.choices)
    on = models.DateField("日期")
    at = models.DateTimeField("登记时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    organization = models.ForeignKey(
        "kernel.Organization", models.PROTECT, related_name="+", verbose_name="此后管理机构"
    )
    reason = models.CharField("说明", max_length=300, blank=True)

    class Meta:
        verbose_name = "失业登记变更"
        ordering = ["id"]
        indexes = [models.Index(fields=["registration", "id"], name="regchange_registration")]


class MonthlyContact(models.Model):
    """月度联系: whether a registered person reported in a month, and the office's own call when not (J-4.2.1 step 7)."""

    registration = models.ForeignKey(UnemploymentRegistration, models.PROTECT, related_name="contacts")
    organization = models.ForeignKey("kernel.Organization", models.PROTECT, related_name="+", verbose_name="管理机构")
    month = models.DateField("月份", help_text="当月1日")
    due_on = models.DateField("应联系日期", null=True, blank=True)
    reported_on = models.DateField("本人报告日期", null=True, blank=True)
    contacted_on = models.DateField("主动联系日期", null=True, blank=True)
    channel = models.CharField("方式", max_length=12, choices=Channel.choices, blank=True)
    reached = models.BooleanField("联系上", null=True, blank=True)
    result = models.CharField("结果", max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    recorded_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = "月度联系"
        constraints = [
            models.UniqueConstraint(
                fields=["registration", "month"],
                name="contact_once_a_month",
                violation_error_message="该人员本月已有联系记录。",
            )
        ]
        indexes = [
            models.Index(
                fields=["organization", "month"],
                condition=Q(reported_on=None, contacted_on=None),
                name="contact_open",
            )
        ]


class DynamicRecord(models.Model):
    """就业动态管理记录单的一行: job search of the month, changed circumstances, wanted services, services given."""

    class Kind(models.TextChoices):
        OPENED = "opened", "建立记录单"
        JOB_SEARCH = "job_search", "当月求职状况"
        CIRCUMSTANCES = "circumstances", "个人基本情况变更"
        NEED = "need", "就业服务需求"
        SERVICE = "service", "就业服务"

    person = models.ForeignKey("kernel.Person", models.PROTECT, related_name="dynamic_records")
    registration = models.ForeignKey(
        UnemploymentRegistration, models.PROTECT, null=True, blank=True, related_name="dynamic_records"
    )
    case = models.ForeignKey(
        "procedures.Case", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="办件"
    )
    organization = models.ForeignKey("kernel.Organization", models.PROTECT, related_name="+", verbose_name="记录机构")
    on = models.DateField("发生日期")
    kind = models.CharField("内容", max_length=16, choices=Kind.choices)
    text = models.TextField("记录")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="记录人")
    recorded_at = models.DateTimeField("录入时间")

    class Meta:
        verbose_name = "就业动态管理记录"
        ordering = ["on", "id"]
        indexes = [models.Index(fields=["person", "on"], name="dynamic_person_on")]
