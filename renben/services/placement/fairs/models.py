"""招聘洽谈会 (Q-2.2.4, J-5.3.3): the fair, its booths, who came, what was agreed."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q


class Fair(models.Model):
    """One fair. What is counted (visitors, intents, people hired) is counted from its rows, never typed."""

    class Kind(models.TextChoices):
        REGULAR = "regular", "例行招聘洽谈服务"
        SPECIAL = "special", "专场招聘洽谈服务"

    class State(models.TextChoices):
        PLANNED = "planned", "筹备中"
        ANNOUNCED = "announced", "已发会讯"
        HELD = "held", "已结束，收回执"
        CLOSED = "closed", "已总结"
        CANCELLED = "cancelled", "已取消"

    COMING = ("planned", "announced")
    PAST = ("held", "closed")

    number = models.CharField("洽谈会编号", max_length=40, unique=True)
    organization = models.ForeignKey(
        "kernel.Organization", models.PROTECT, related_name="fairs", verbose_name="主办机构"
    )
    kind = models.CharField("洽谈形式", max_length=8, choices=Kind.choices, default=Kind.REGULAR)
    title = models.CharField("名称", max_length=80)
    on = models.DateField("召开日期")
    starts_at = models.TimeField("开始时间")
    ends_at = models.TimeField("结束时间")
    place = models.CharField("地点", max_length=128)
    booths = models.PositiveSmallIntegerField("展位数")
    booths_each = models.PositiveSmallIntegerField("一家最多几个展位")
    booking_until = models.DateField("订展位截止日期")
    notes = models.TextField("说明", blank=True)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.PLANNED)
    announced_on = models.DateField("会讯发布日期", null=True, blank=True)
    announced_where = models.CharField("发布途径", max_length=200, blank=True)
    screen_loaded_on = models.DateField("导入电子屏日期", null=True, blank=True)
    guided_at = models.TimeField("专场指导开始时间", null=True, blank=True)
    guided_what = models.TextField("专场指导内容", blank=True)
    steward = models.CharField("现场专人", max_length=50, blank=True)
    consulted = models.PositiveIntegerField("现场咨询人次", default=0)
    course = models.TextField("秩序和现场情况", blank=True)
    ended_on = models.DateField("结束日期", null=True, blank=True)
    receipts_due = models.DateField("回执截止日期", null=True, blank=True)
    cancelled_why = models.CharField("取消原因", max_length=200, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField("登记时间")
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "招聘洽谈会"
        indexes = [models.Index(fields=["organization", "state", "on"], name="fair_org_state")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="fair_ends_after_start",
                violation_error_message="结束时间必须晚于开始时间。",
            ),
            models.CheckConstraint(
                condition=Q(booking_until__lte=F("on")),
                name="fair_booking_before",
                violation_error_message="订展位的截止日期不能晚于召开日期。",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_coming(self) -> bool:
        return self.state in self.COMING


class FairBooth(models.Model):
    """An employer at a fair: its places, its vacancies, whether it came, and the 《用人单位反馈回执单》."""

    class State(models.TextChoices):
        BOOKED = "booked", "已订"
        ATTENDED = "attended", "到会"
        NO_SHOW = "no_show", "没到"
        CANCELLED = "cancelled", "退订"

    TAKEN = ("booked", "attended", "no_show")

    fair = models.ForeignKey(Fair, models.PROTECT, related_name="stands")
    employer = models.ForeignKey("kernel.Employer", models.PROTECT, related_name="fair_booths", verbose_name="用人单位")
    case = models.ForeignKey("procedures.Case", models.PROTECT, null=True, blank=True, related_name="fair_booths")
    code = models.CharField("展位码", max_length=12, unique=True)
    places = ArrayField(models.PositiveSmallIntegerField(), verbose_name="展位号")
    agent_name = models.CharField("单位经办人", max_length=50)
    agent_phone_enc = models.TextField("经办人电话（密文）", blank=True)
    vacancies = models.ManyToManyField("placement.Vacancy", related_name="fair_booths", verbose_name="招聘岗位")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.BOOKED)
    booked_on = models.DateField("预订日期")
    cancelled_why = models.CharField("退订原因", max_length=200, blank=True)
    receipt_on = models.DateField("收到回执日期", null=True, blank=True)
    difficulty = models.TextField("招聘效果和难点", blank=True)
    tracked_way = models.CharField(
        "了解方式", max_length=8, choices=[("phone", "电话回访"), ("visit", "入企走访")], blank=True
    )
    tracked_on = models.DateField("跟踪指导日期", null=True, blank=True)
    tracking = models.TextField("跟踪指导记录", blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = "展位"
        ordering = ["fair_id", "places"]
        constraints = [
            models.UniqueConstraint(
                fields=["fair", "employer"],
                condition=~Q(state="cancelled"),
                name="booth_once",
                violation_error_message="这家单位已经订了这场会的展位。",
            )
        ]

    @property
    def places_text(self) -> str:
        return "、".join(f"{place:02d}号" for place in self.places)


class FairVisitor(models.Model):
    """A seeker who signed up or came. `person` is set when the file is known; the ticket works without it."""

    fair = models.ForeignKey(Fair, models.PROTECT, related_name="visitors")
    person = models.ForeignKey("kernel.Person", models.PROTECT, null=True, blank=True, related_name="fair_visits")
    code = models.CharField("入场码", max_length=12, unique=True)
    name = models.CharField("姓名", max_length=50)
    phone_enc = models.TextField("电话（密文）", blank=True)
    phone_index = models.CharField("电话（盲索引）", max_length=64, blank=True)
    phone_masked = models.CharField("电话（掩码）", max_length=20, blank=True)
    wanted = models.CharField("想找的工作", max_length=64, blank=True)
    signed_up_at = models.DateTimeField("报名时间", null=True, blank=True)
    checked_in_at = models.DateTimeField("到会时间", null=True, blank=True)
    was_guided = models.BooleanField("听了会前指导", default=False)

    class Meta:
        verbose_name = "到会人员"
        indexes = [models.Index(fields=["fair", "checked_in_at"], name="fair_visitor_in")]
        constraints = [
            models.UniqueConstraint(
                fields=["fair", "phone_index"],
                condition=~Q(phone_index=""),
                name="visitor_phone_once",
                violation_error_message="这个电话已经报过名。",
            ),
            models.UniqueConstraint(
                fields=["fair", "person"],
                condition=~Q(person=None),
                name="visitor_person_once",
                violation_error_message="这个人已经报过名。",
            ),
        ]


class FairIntent(models.Model):
    """求职意向 made on the spot: one visitor, one vacancy. The result comes with the receipt."""

    class State(models.TextChoices):
        OPEN = "open", "有意向"
        HIRED = "hired", "已录用"
        REJECTED = "rejected", "未录用"

    booth = models.ForeignKey(FairBooth, models.PROTECT, related_name="intents")
    visitor = models.ForeignKey(FairVisitor, models.PROTECT, related_name="intents")
    vacancy = models.ForeignKey("placement.Vacancy", models.PROTECT, related_name="fair_intents")
    referral = models.ForeignKey(
        "placement.Referral", models.PROTECT, null=True, blank=True, related_name="fair_intents"
    )
    state = models.CharField("结果", max_length=10, choices=State.choices, default=State.OPEN)
    made_at = models.DateTimeField("时间")
    result_on = models.DateField("得知结果日期", null=True, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        verbose_name = "求职意向"
        constraints = [
            models.UniqueConstraint(
                fields=["visitor", "vacancy"],
                name="intent_once",
                violation_error_message="这个岗位已经登记过意向。",
            )
        ]
