from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Q

from renben.kernel.roles import Role


class Region(models.Model):
    """Administrative division (行政区划): GB/T 2260 and the 12-digit statistical code."""

    code = models.CharField("区划代码", max_length=12, primary_key=True)
    name = models.CharField("名称", max_length=64)
    level = models.CharField("级别", max_length=12)  # province, city, district, street, village
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")

    class Meta:
        verbose_name = "行政区划"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Tier(models.TextChoices):
    CITY = "city", "市"
    DISTRICT = "district", "区"
    STREET = "street", "街镇"
    COMMUNITY = "community", "社区（村）"


class Organization(models.Model):
    """Any office in the tree. `path` is the materialised path, e.g. `110113/007/203/`; a subtree is a path prefix."""

    name = models.CharField("名称", max_length=64)
    short_name = models.CharField("简称", max_length=32)
    tier = models.CharField("层级", max_length=12, choices=Tier.choices)
    region = models.ForeignKey(Region, models.PROTECT, related_name="organizations")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    path = models.CharField("路径", max_length=64, unique=True)
    phone = models.CharField("电话", max_length=32, blank=True)
    address = models.CharField("地址", max_length=128, blank=True)
    is_active = models.BooleanField("启用", default=True)

    class Meta:
        verbose_name = "机构"
        ordering = ["path"]
        indexes = [models.Index(fields=["path"], name="organization_path_like", opclasses=["varchar_pattern_ops"])]

    def __str__(self) -> str:
        return self.name

    def contains(self, other: Organization) -> bool:
        """True when `other` is this office or lies below it."""
        return other.path.startswith(self.path)


class StaffMember(models.Model):
    """工作人员. What they may do are their posts, never a kind of user."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="staff")
    name = models.CharField("姓名", max_length=64)
    phone = models.CharField("办公电话", max_length=32, blank=True)

    class Meta:
        verbose_name = "工作人员"

    def __str__(self) -> str:
        return self.name


class PostQuerySet(models.QuerySet):
    def active_on(self, day: dt.date) -> PostQuerySet:
        return self.filter(start_on__lte=day).filter(Q(end_on=None) | Q(end_on__gt=day))


class Post(models.Model):
    """岗位: role × organization × half-open validity `[start_on, end_on)`."""

    staff = models.ForeignKey(StaffMember, models.PROTECT, related_name="posts")
    role = models.CharField("角色", max_length=24, choices=Role.choices)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="posts")
    start_on = models.DateField("开始日期")
    end_on = models.DateField("结束日期", null=True, blank=True)

    objects = PostQuerySet.as_manager()

    class Meta:
        verbose_name = "岗位"
        constraints = [
            models.CheckConstraint(
                condition=Q(end_on=None) | Q(end_on__gt=models.F("start_on")),
                name="post_ends_after_start",
                violation_error_message="岗位结束日期必须晚于开始日期。",
            ),
            models.UniqueConstraint(
                fields=["staff", "role", "organization"],
                condition=Q(end_on=None),
                name="post_open_once",
                violation_error_message="该人员已在此机构担任这一岗位。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization.short_name}·{self.get_role_display()}"


class Delegation(models.Model):
    """委托代办: everything of `from_staff`'s posts is also `to_staff`'s during `[start_on, end_on)`."""

    from_staff = models.ForeignKey(StaffMember, models.PROTECT, related_name="delegations_given")
    to_staff = models.ForeignKey(StaffMember, models.PROTECT, related_name="delegations_held")
    start_on = models.DateField("开始日期")
    end_on = models.DateField("结束日期")
    reason = models.CharField("原因", max_length=200)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField("登记时间")
    revoked_at = models.DateTimeField("撤回时间", null=True, blank=True)

    class Meta:
        verbose_name = "委托代办"
        constraints = [
            models.CheckConstraint(
                condition=Q(end_on__gt=models.F("start_on")),
                name="delegation_ends_after_start",
                violation_error_message="委托结束日期必须晚于开始日期。",
            ),
            models.CheckConstraint(
                condition=~Q(from_staff=models.F("to_staff")),
                name="delegation_to_another",
                violation_error_message="不能委托给自己。",
            ),
        ]
