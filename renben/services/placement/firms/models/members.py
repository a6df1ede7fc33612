"""用人单位会员 (M3-13): who is a member from when to when, and the page by which a member shows itself."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class MembershipQuerySet(models.QuerySet):
    def in_force(self, day: dt.date) -> MembershipQuerySet:
        """Memberships that hold on a day."""
        held = self.filter(state=Membership.State.MEMBER, starts_on__lte=day, until__gte=day)
        return held.filter(Q(ended_on=None) | Q(ended_on__gt=day))


class Membership(models.Model):
    """One membership: applied for, decided by a second person, from `starts_on` to `until`, both included, unless ended before."""

    class State(models.TextChoices):
        APPLIED = "applied", "待审核"
        MEMBER = "member", "会员"
        REFUSED = "refused", "没有批准"
        ENDED = "ended", "已退会"

    number = models.CharField("会员编号", max_length=40, unique=True)
    employer = models.ForeignKey("kernel.Employer", models.PROTECT, related_name="memberships", verbose_name="用人单位")
    organization = models.ForeignKey("kernel.Organization", models.PROTECT, related_name="+", verbose_name="受理机构")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.APPLIED)
    applied_on = models.DateField("申请日期")
    applicant = models.CharField("单位经办人", max_length=50)
    wishes = models.CharField("希望得到的服务", max_length=300, blank=True)
    starts_on = models.DateField("起始日期", null=True, blank=True)
    until = models.DateField("截止日期", null=True, blank=True)
    decision = models.CharField("审核意见", max_length=300, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField("审核时间", null=True, blank=True)
    ended_on = models.DateField("退会日期", null=True, blank=True)
    ended_why = models.CharField("退会原因", max_length=200, blank=True)
    is_demo = models.BooleanField("演示数据", default=False)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    recorded_at = models.DateTimeField("登记时间")

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = "会员单位"
        constraints = [
            models.UniqueConstraint(
                fields=["employer"],
                condition=Q(state="applied"),
                name="membership_applied_once",
                violation_error_message="这家单位已有一份申请在等审核。",
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("starts_on")),
                name="membership_term",
                violation_error_message="截止日期不能早于起始日期。",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("recorded_by")),
                name="membership_second_person",
                violation_error_message="会员申请要由另一个人审核。",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def holds_on(self, day: dt.date) -> bool:
        is_member = self.state == self.State.MEMBER and self.starts_on <= day <= self.until
        return is_member and (self.ended_on is None or self.ended_on > day)


class FirmPage(models.Model):
    """A version of the page of a member. The latest approved one is public while the membership holds."""

    class State(models.TextChoices):
        DRAFT = "draft", "草稿"
        SUBMITTED = "submitted", "待审核"
        APPROVED = "approved", "已公开"
        RETURNED = "returned", "退回修改"

    OPEN = ("draft", "submitted", "returned")

    employer = models.ForeignKey("kernel.Employer", models.PROTECT, related_name="image_pages", verbose_name="用人单位")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.DRAFT)
    slogan = models.CharField("一句话介绍", max_length=60, blank=True)
    about = models.TextField("单位介绍", blank=True)
    benefits = models.TextField("待遇和福利", blank=True)
    video_url = models.URLField("视频网址", max_length=300, blank=True)
    version = models.PositiveIntegerField("修改次数", default=1)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    written_at = models.DateTimeField("修改时间")
    note = models.CharField("审核意见", max_length=300, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField("审核时间", null=True, blank=True)

    class Meta:
        verbose_name = "单位形象页"
        constraints = [
            models.UniqueConstraint(
                fields=["employer"],
                condition=Q(state__in=["draft", "submitted", "returned"]),
                name="firm_page_open_once",
                violation_error_message="这家单位已有一份在改的形象页。",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("written_by")),
                name="firm_page_second_person",
                violation_error_message="形象页要由另一个人审核。",
            ),
        ]


class FirmPicture(models.Model):
    """A picture of one version of a page."""

    page = models.ForeignKey(FirmPage, models.CASCADE, related_name="pictures")
    file = models.ForeignKey("kernel.StoredFile", models.PROTECT, related_name="+")
    caption = models.CharField("图片说明", max_length=60)

    class Meta:
        verbose_name = "形象页图片"
        ordering = ["page_id", "id"]
