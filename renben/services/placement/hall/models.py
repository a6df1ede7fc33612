"""线上洽谈厅 (issue 5.5): a fair as rooms in the net. One room for each booth; who waits in it, is called, talks, and what came of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from renben.services.placement.codes import Unfit
from renben.services.placement.interviews.models import Message


class Hall(models.Model):
    """A fair that is held in the net too, or only there, and the rule of its queues."""

    class Mode(models.TextChoices):
        BOTH = "both", "现场和线上一起办"
        ONLINE = "online", "只在线上办"

    fair = models.OneToOneField("fairs.Fair", models.PROTECT, related_name="hall", verbose_name="招聘洽谈会")
    mode = models.CharField("举办方式", max_length=8, choices=Mode.choices, default=Mode.BOTH)
    slot_minutes = models.PositiveSmallIntegerField("一个时间段几分钟")
    numbers_each = models.PositiveSmallIntegerField("一个人同时排几家")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = "线上洽谈厅"


class Room(models.Model):
    """The room of one booth. `code` is the secret of the employer's door: whoever has it receives for this employer."""

    hall = models.ForeignKey(Hall, models.PROTECT, related_name="rooms")
    booth = models.OneToOneField("fairs.FairBooth", models.PROTECT, related_name="room")
    code = models.CharField("单位入口码", max_length=32, unique=True)
    seen_at = models.DateTimeField("单位最近在线", null=True, blank=True)
    entered_at = models.DateTimeField("单位进来的时间", null=True, blank=True)

    class Meta:
        verbose_name = "洽谈室"
        ordering = ["hall_id", "booth_id"]


class Talk(models.Model):
    """One seeker at one room: waits with a number, or comes at a time booked before; is called, talks, and has a result."""

    class State(models.TextChoices):
        WAITING = "waiting", "在等"
        CALLED = "called", "正在谈"
        ENDED = "ended", "谈完了"
        MISSED = "missed", "过号"
        LEFT = "left", "不排了"

    class Result(models.TextChoices):
        INTENT = "intent", "有意向"
        INVITED = "invited", "约来面试"
        HIRED = "hired", "录用"
        UNFIT = "unfit", "不合适"

    STANDING = ("waiting", "called")

    room = models.ForeignKey(Room, models.PROTECT, related_name="talks")
    visitor = models.ForeignKey("fairs.FairVisitor", models.PROTECT, related_name="talks")
    vacancy = models.ForeignKey(
        "placement.Vacancy", models.PROTECT, null=True, blank=True, related_name="hall_talks", verbose_name="岗位"
    )
    number = models.PositiveIntegerField("号")
    slot_at = models.DateTimeField("约的时间", null=True, blank=True)
    state = models.CharField("状态", max_length=8, choices=State.choices, default=State.WAITING)
    joined_at = models.DateTimeField("取号时间")
    called_at = models.DateTimeField("叫号时间", null=True, blank=True)
    met_at = models.DateTimeField("双方见面时间", null=True, blank=True)
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)
    seeker_seen_at = models.DateTimeField("求职者最近在线", null=True, blank=True)
    employer_seen_at = models.DateTimeField("单位最近在线", null=True, blank=True)
    result = models.CharField("结果", max_length=8, choices=Result.choices, blank=True)
    unfit = models.CharField("不合适的原因", max_length=12, choices=Unfit.choices, blank=True)
    words = models.CharField("说明", max_length=200, blank=True)
    resulted_at = models.DateTimeField("写结果的时间", null=True, blank=True)
    intent = models.ForeignKey("fairs.FairIntent", models.PROTECT, null=True, blank=True, related_name="talks")
    referral = models.ForeignKey("placement.Referral", models.PROTECT, null=True, blank=True, related_name="hall_talks")

    class Meta:
        verbose_name = "线上洽谈"
        ordering = ["room_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["room", "number"], name="talk_number_once"),
            models.UniqueConstraint(
                fields=["room", "visitor"],
                condition=Q(state__in=("waiting", "called")),
                name="talk_one_standing",
                violation_error_message="已经在这家排着队了。",
            ),
            models.UniqueConstraint(fields=["room"], condition=Q(state="called"), name="talk_one_in_room"),
            models.UniqueConstraint(fields=["visitor"], condition=Q(state="called"), name="talk_one_of_visitor"),
            models.UniqueConstraint(
                fields=["room", "slot_at"],
                condition=Q(state__in=("waiting", "called", "ended")),
                name="talk_slot_once",
                violation_error_message="这个时间刚被别人约走了，请换一个。",
            ),
        ]

    @property
    def is_standing(self) -> bool:
        return self.state in self.STANDING


class TalkSignal(Message):
    """A message of a talk."""

    talk = models.ForeignKey(Talk, models.CASCADE, related_name="signals")

    class Meta:
        verbose_name = "线上洽谈消息"
        ordering = ["talk_id", "id"]
