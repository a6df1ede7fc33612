"""求职登记 (J-5.2.1, C-8.1.1): who looks for work, and for which."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from renben.services.placement.codes import Access, Difficulty, SeekerClass, SeekerSource, Visibility, WorkKind


class SeekerQuerySet(models.QuerySet):
    def active(self) -> SeekerQuerySet:
        """Registered and still looking; whoever was placed, withdrew or let it lapse is left out."""
        return self.filter(state=Seeker.State.ACTIVE)

    def of(self, person) -> Seeker | None:
        """The registration a person has now, or the latest one."""
        return self.filter(person=person).order_by("-registered_on", "-id").first()


class Seeker(models.Model):
    """One registration spell of a person who looks for work. What the person's file knows (age, education, telephone) is not
    repeated here. A person has at most one active registration; a renewed one keeps its number."""

    class State(models.TextChoices):
        ACTIVE = "active", "求职中"
        PLACED = "placed", "已就业"
        LAPSED = "lapsed", "过期未续"
        WITHDRAWN = "withdrawn", "不再求职"

    person = models.ForeignKey("kernel.Person", models.PROTECT, related_name="seekers", verbose_name="本人")
    organization = models.ForeignKey(
        "kernel.Organization", models.PROTECT, related_name="seekers", verbose_name="登记机构"
    )
    number = models.CharField("求职登记号", max_length=40, unique=True)
    case = models.ForeignKey("procedures.Case", models.PROTECT, null=True, blank=True, related_name="seekers")
    batch = models.ForeignKey(
        "kernel.ImportBatch", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="导入批次"
    )
    seeker_class = models.CharField(
        "求职人员类别", max_length=12, choices=SeekerClass.choices, default=SeekerClass.GENERAL
    )
    difficulties = ArrayField(
        models.CharField(max_length=16, choices=Difficulty.choices), default=list, blank=True, verbose_name="困难原因"
    )
    difficulty_note = models.CharField("困难情况说明", max_length=300, blank=True)
    skills = ArrayField(models.CharField(max_length=32), default=list, blank=True, verbose_name="技能")
    certificates = ArrayField(models.CharField(max_length=64), default=list, blank=True, verbose_name="证书")
    experience_years = models.PositiveSmallIntegerField("工作年限", default=0)
    history = models.TextField("工作经历", blank=True)
    about = models.TextField("自我介绍", blank=True)
    accepts_nights = models.BooleanField("能上夜班", default=False)
    needs_housing = models.BooleanField("要住宿", default=False)
    needs = ArrayField(
        models.CharField(max_length=16, choices=Access.choices), default=list, blank=True, verbose_name="无障碍等需要"
    )
    hours_week_max = models.PositiveSmallIntegerField("每周最多工作小时", null=True, blank=True)
    visibility = models.CharField("谁能看到", max_length=8, choices=Visibility.choices, default=Visibility.STAFF)
    source = models.CharField("来源", max_length=8, choices=SeekerSource.choices, default=SeekerSource.COUNTER)
    checked_on = models.DateField("网上登记核对日期", null=True, blank=True)
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.ACTIVE)
    registered_on = models.DateField("登记日期")
    valid_until = models.DateField("有效期至")
    renewed_on = models.DateField("最近续期日期", null=True, blank=True)
    ended_on = models.DateField("结束日期", null=True, blank=True)
    ended_why = models.CharField("结束原因", max_length=200, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    recorded_at = models.DateTimeField("登记时间")
    version = models.PositiveIntegerField("版本", default=1)

    objects = SeekerQuerySet.as_manager()

    class Meta:
        verbose_name = "求职登记"
        indexes = [
            models.Index(fields=["organization", "state", "valid_until"], name="seeker_org_state"),
            models.Index(fields=["state", "valid_until"], name="seeker_state_valid"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(state="active"),
                name="seeker_one_active",
                violation_error_message="本人已有有效的求职登记，请在原登记上修改或续期。",
            )
        ]

    def __str__(self) -> str:
        return self.number


class SeekerWish(models.Model):
    """One preference (求职意向); the first counts most. Regions empty: anywhere in the district."""

    seeker = models.ForeignKey(Seeker, models.CASCADE, related_name="wishes")
    rank = models.PositiveSmallIntegerField("次序", default=1)
    title = models.CharField("想干的工作", max_length=64)
    occupation = models.CharField("职业代码", max_length=12, blank=True, db_index=True)
    confidence = models.PositiveSmallIntegerField("代码把握（％）", null=True, blank=True)
    occupation_chosen = models.BooleanField("代码由人选定", default=False)
    work_kind = models.CharField("用工形式", max_length=12, choices=WorkKind.choices, blank=True)
    wage_min_fen = models.PositiveIntegerField("最低月工资（分）", default=0)
    regions = ArrayField(models.CharField(max_length=12), default=list, blank=True, verbose_name="希望的工作地点")

    class Meta:
        verbose_name = "求职意向"
        ordering = ["seeker_id", "rank"]
        constraints = [
            models.UniqueConstraint(fields=["seeker", "rank"], name="wish_rank_once"),
        ]
