"""招聘登记 (J-5.3.1, C-7.3.1, Q-2.2.2): a post an employer wants to fill, checked before anybody sees it."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from renben.services.placement.codes import Access, Shift, VacancySource, WagePeriod, WorkKind


class VacancyQuerySet(models.QuerySet):
    def public(self) -> VacancyQuerySet:
        """What seekers may see: published and not yet filled. Dead lines are closed by the nightly run; readers add their day."""
        return self.filter(state=Vacancy.State.PUBLISHED)

    def open_on(self, day) -> VacancyQuerySet:
        """Published, with posts left, and not past its last day."""
        return self.public().filter(valid_until__gte=day, filled__lt=F("headcount"))


class Vacancy(models.Model):
    """招聘岗位. Wages in fen; `month_low_fen`, `month_high_fen` are what comparing uses, whatever period the employer wrote.

    `faults` keeps the answer of the check in force (domain ad.check): ground, words found, article, suggested wording.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "草稿"
        SUBMITTED = "submitted", "待审核"
        RETURNED = "returned", "退回修改"
        PUBLISHED = "published", "招聘中"
        PAUSED = "paused", "暂停"
        FILLED = "filled", "已招满"
        EXPIRED = "expired", "已过期"
        WITHDRAWN = "withdrawn", "已撤下"

    LIVE = ("submitted", "returned", "published", "paused")

    employer = models.ForeignKey("kernel.Employer", models.PROTECT, related_name="vacancies", verbose_name="用人单位")
    organization = models.ForeignKey(
        "kernel.Organization", models.PROTECT, related_name="vacancies", verbose_name="受理机构"
    )
    number = models.CharField("招聘登记号", max_length=40, unique=True)
    case = models.ForeignKey("procedures.Case", models.PROTECT, null=True, blank=True, related_name="vacancies")
    source = models.CharField("来源", max_length=12, choices=VacancySource.choices, default=VacancySource.COUNTER)
    title = models.CharField("岗位名称", max_length=64)
    occupation = models.CharField("职业代码", max_length=12, blank=True, db_index=True)
    confidence = models.PositiveSmallIntegerField("代码把握（％）", null=True, blank=True)
    occupation_chosen = models.BooleanField("代码由人选定", default=False)
    duties = models.TextField("工作内容")
    requirements = models.TextField("要求", blank=True)
    headcount = models.PositiveIntegerField("招聘人数", default=1)
    filled = models.PositiveIntegerField("已招到人数", default=0)
    work_kind = models.CharField("用工形式", max_length=12, choices=WorkKind.choices, default=WorkKind.FULL)
    wage_period = models.CharField("计薪方式", max_length=8, choices=WagePeriod.choices, default=WagePeriod.MONTH)
    wage_low_fen = models.PositiveIntegerField("工资下限（分）", default=0)
    wage_high_fen = models.PositiveIntegerField("工资上限（分）", default=0)
    month_low_fen = models.PositiveIntegerField("折月工资下限（分）", default=0)
    month_high_fen = models.PositiveIntegerField("折月工资上限（分）", default=0)
    benefits = models.CharField("福利", max_length=300, blank=True)
    insurances = ArrayField(models.CharField(max_length=16), default=list, blank=True, verbose_name="缴纳的社会保险")
    region = models.ForeignKey("kernel.Region", models.PROTECT, related_name="+", verbose_name="工作地点所在地")
    place = models.CharField("工作地点", max_length=128, blank=True)
    shift = models.CharField("班次", max_length=10, choices=Shift.choices, default=Shift.DAY)
    hours_week = models.PositiveSmallIntegerField("每周工作小时", null=True, blank=True)
    education = models.CharField("最低学历", max_length=2, blank=True, help_text="GB/T 4658，空为不限")
    experience_years = models.PositiveSmallIntegerField("最少工作年限", default=0)
    skills = ArrayField(models.CharField(max_length=32), default=list, blank=True, verbose_name="技能")
    certificates = ArrayField(models.CharField(max_length=64), default=list, blank=True, verbose_name="证书")
    offers_housing = models.BooleanField("提供住宿", default=False)
    offers_meals = models.BooleanField("提供工作餐", default=False)
    access = ArrayField(
        models.CharField(max_length=16, choices=Access.choices), default=list, blank=True, verbose_name="能满足的需要"
    )
    contact_name = models.CharField("联系人", max_length=50, blank=True)
    contact_phone_enc = models.TextField("联系电话（密文）", blank=True)
    contact_phone_key = models.CharField("联系电话比对值", max_length=24, blank=True, db_index=True)
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.SUBMITTED)
    registered_on = models.DateField("登记日期")
    valid_until = models.DateField("有效期至")
    published_at = models.DateTimeField("发布时间", null=True, blank=True)
    ended_on = models.DateField("结束日期", null=True, blank=True)
    faults = models.JSONField("审核发现", default=list, blank=True)
    text_hash = models.CharField("内容指纹", max_length=64, blank=True, db_index=True)
    duplicate_of = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+")
    price = models.SmallIntegerField("拥挤扣分", default=0, help_text="夜间计算，看的人太多的岗位扣几分")
    is_demo = models.BooleanField("演示数据", default=False)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    recorded_at = models.DateTimeField("登记时间")
    updated_at = models.DateTimeField("更新时间", auto_now=True)
    version = models.PositiveIntegerField("版本", default=1)

    objects = VacancyQuerySet.as_manager()

    class Meta:
        verbose_name = "招聘岗位"
        indexes = [
            models.Index(fields=["organization", "state", "valid_until"], name="vacancy_org_state"),
            models.Index(fields=["employer", "state"], name="vacancy_employer_state"),
            models.Index(fields=["state", "valid_until"], name="vacancy_state_valid"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(wage_low_fen__lte=F("wage_high_fen")),
                name="vacancy_wage_order",
                violation_error_message="工资下限不能高于上限。",
            ),
            models.CheckConstraint(
                condition=Q(headcount__gte=1),
                name="vacancy_headcount",
                violation_error_message="招聘人数至少是1人。",
            ),
            models.CheckConstraint(
                condition=Q(filled__lte=F("headcount")),
                name="vacancy_not_overfilled",
                violation_error_message="这个岗位已经招满，不能再录用。",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def places_left(self) -> int:
        return max(self.headcount - self.filled, 0)


class VacancyEvent(models.Model):
    """What happened to a vacancy, with the words told to the employer."""

    vacancy = models.ForeignKey(Vacancy, models.CASCADE, related_name="events")
    what = models.CharField("事项", max_length=16)
    reason = models.TextField("说明", blank=True)
    detail = models.JSONField("内容", default=dict, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "岗位经过"
        ordering = ["vacancy_id", "id"]


class VacancyReport(models.Model):
    """举报虚假招聘, from anybody on the public page; the office answers what it found."""

    class State(models.TextChoices):
        OPEN = "open", "待核实"
        TRUE = "true", "属实，已撤下"
        UNFOUNDED = "unfounded", "不属实"

    vacancy = models.ForeignKey(Vacancy, models.PROTECT, related_name="reports")
    organization = models.ForeignKey("kernel.Organization", models.PROTECT, related_name="+")
    reason = models.CharField("举报事项", max_length=16)
    text = models.TextField("情况", max_length=1000)
    phone_enc = models.TextField("联系电话（密文）", blank=True)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.OPEN)
    answer = models.CharField("核实结果", max_length=300, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField("核实时间", null=True, blank=True)
    reported_at = models.DateTimeField("举报时间")

    class Meta:
        verbose_name = "招聘举报"
        indexes = [models.Index(fields=["organization", "state"], name="report_org_state")]
