from __future__ import annotations

from django.conf import settings
from django.db import models


class Employer(models.Model):
    """用人单位, keyed by 统一社会信用代码 (GB 32100)."""

    uscc = models.CharField("统一社会信用代码", max_length=18, unique=True)
    name = models.CharField("单位名称", max_length=100)
    organization = models.ForeignKey("kernel.Organization", models.PROTECT, related_name="employers")
    industry = models.CharField("行业", max_length=8, blank=True)
    kind = models.CharField("单位类型", max_length=32, blank=True)
    address = models.CharField("地址", max_length=128, blank=True)
    phone = models.CharField("电话", max_length=32, blank=True)
    is_demo = models.BooleanField("演示数据", default=False)
    created_at = models.DateTimeField("建档时间", auto_now_add=True)

    class Meta:
        verbose_name = "用人单位"
        indexes = [models.Index(fields=["name"], name="employer_name_like", opclasses=["varchar_pattern_ops"])]

    def __str__(self) -> str:
        return self.name


class EmployerContact(models.Model):
    employer = models.ForeignKey(Employer, models.PROTECT, related_name="contacts")
    name = models.CharField("联系人", max_length=50)
    phone_enc = models.TextField("电话（密文）", blank=True)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="employer_contact"
    )

    class Meta:
        verbose_name = "单位联系人"
