"""远程面试 (functions M3-16): one appointment of a referral, two doors, and the messages by which two browsers find each other."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class Side(models.TextChoices):
    """Who stands at a door."""

    SEEKER = "seeker", "求职者"
    EMPLOYER = "employer", "单位"


class Interview(models.Model):
    """The code of a door is a secret: whoever has it enters as that side, without an account."""

    class State(models.TextChoices):
        BOOKED = "booked", "已约好"
        ENDED = "ended", "已结束"
        CANCELLED = "cancelled", "已取消"

    referral = models.ForeignKey("placement.Referral", models.PROTECT, related_name="interviews", verbose_name="推荐")
    organization = models.ForeignKey("kernel.Organization", models.PROTECT, related_name="+", verbose_name="组织机构")
    starts_at = models.DateTimeField("开始时间")
    minutes = models.PositiveSmallIntegerField("时长（分钟）")
    seeker_code = models.CharField("求职者入口码", max_length=32, unique=True)
    employer_code = models.CharField("单位入口码", max_length=32, unique=True)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.BOOKED)
    seeker_seen_at = models.DateTimeField("求职者最近在线", null=True, blank=True)
    employer_seen_at = models.DateTimeField("单位最近在线", null=True, blank=True)
    met_at = models.DateTimeField("双方见面时间", null=True, blank=True)
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)
    cancelled_why = models.CharField("取消原因", max_length=200, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = "远程面试"
        indexes = [models.Index(fields=["organization", "state", "starts_at"], name="interview_org_state")]
        constraints = [
            models.UniqueConstraint(
                fields=["referral"],
                condition=Q(state="booked"),
                name="interview_one_booked",
                violation_error_message="这次推荐已经约好一场远程面试，请先取消再改约。",
            )
        ]

    def code_of(self, side: str) -> str:
        return self.seeker_code if side == Side.SEEKER else self.employer_code


class Message(models.Model):
    """A message between two browsers. Offers, answers and addresses are thrown away when the talk ends; words stay."""

    class Kind(models.TextChoices):
        OFFER = "offer"
        ANSWER = "answer"
        ICE = "ice"
        HELLO = "hello"
        TEXT = "text"

    side = models.CharField(max_length=10, choices=Side.choices)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    body = models.TextField()
    at = models.DateTimeField()

    class Meta:
        abstract = True


class Signal(Message):
    """A message of an interview."""

    interview = models.ForeignKey(Interview, models.CASCADE, related_name="signals")

    class Meta:
        verbose_name = "面试消息"
        ordering = ["interview_id", "id"]
