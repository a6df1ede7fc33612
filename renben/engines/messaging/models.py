from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class Message(models.Model):
    """消息: words for one person or one firm, kept until somebody is known to have had them.

    The words are those of the day it was sent: a template that is changed later changes no message.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "待告知"
        READ = "read", "本人已看"
        TOLD = "told", "已告知"
        VOID = "void", "不用再告知"

    class How(models.TextChoices):
        PHONE = "phone", "电话"
        IN_PERSON = "in_person", "当面"
        VISIT = "visit", "上门"
        LETTER = "letter", "书面"

    key = models.CharField("唯一键", max_length=120, unique=True)
    template = models.CharField("模板", max_length=40)
    person = models.ForeignKey(
        "kernel.Person", models.PROTECT, null=True, blank=True, related_name="messages", verbose_name="本人"
    )
    employer = models.ForeignKey(
        "kernel.Employer", models.PROTECT, null=True, blank=True, related_name="messages", verbose_name="用人单位"
    )
    organization = models.ForeignKey(
        "kernel.Organization", models.PROTECT, related_name="messages", verbose_name="负责告知的机构"
    )
    title = models.CharField("标题", max_length=100)
    text = models.TextField("内容")
    link = models.CharField("去哪里办", max_length=200, blank=True)
    sent_at = models.DateTimeField("发出时间")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.WAITING)
    read_at = models.DateTimeField("本人看的时间", null=True, blank=True)
    told_on = models.DateField("告知日期", null=True, blank=True)
    told_how = models.CharField("怎样告知的", max_length=12, choices=How.choices, blank=True)
    told_note = models.CharField("告知情况", max_length=300, blank=True)
    told_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = "消息"
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=True) ^ Q(employer__isnull=True),
                name="message_to_one",
                violation_error_message="一条消息只能发给一个人或一家单位。",
            )
        ]
        indexes = [
            models.Index(fields=["person", "-sent_at", "-id"], name="message_person"),
            models.Index(fields=["employer", "-sent_at", "-id"], name="message_employer"),
            models.Index(
                fields=["organization", "sent_at", "id"], name="message_waiting", condition=Q(state="waiting")
            ),
        ]

    def __str__(self) -> str:
        return self.title
