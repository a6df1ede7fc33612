from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class ActivationQuerySet(models.QuerySet):
    def open(self) -> ActivationQuerySet:
        """Neither used nor revoked; whether the day has passed is asked by `activation.is_over`."""
        return self.filter(used_at=None, revoked_at=None)


class Activation(models.Model):
    """激活码: printed once for one person or one contact of an employer. Only its keyed hash is kept. At most one is open for each."""

    class Seen(models.TextChoices):
        ID_CARD = "id_card", "居民身份证原件"
        OTHER_ID = "other_id", "其他有效身份证件原件"
        LICENCE = "licence", "营业执照（副本）和本人身份证原件"
        LETTER = "letter", "单位介绍信（盖章）和本人身份证原件"

    person = models.ForeignKey(
        "kernel.Person", models.PROTECT, null=True, blank=True, related_name="activations", verbose_name="本人"
    )
    contact = models.ForeignKey(
        "kernel.EmployerContact",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="activations",
        verbose_name="单位联系人",
    )
    organization = models.ForeignKey("kernel.Organization", models.PROTECT, related_name="+", verbose_name="发码机构")
    code_index = models.CharField("激活码（散列）", max_length=64, unique=True)
    seen = models.CharField("核对的证件", max_length=10, choices=Seen.choices)
    issued_at = models.DateTimeField("发码时间")
    expires_on = models.DateField("有效期至（含当日）")
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    tries = models.PositiveSmallIntegerField("输错次数", default=0)
    revoked_at = models.DateTimeField("作废时间", null=True, blank=True)
    used_at = models.DateTimeField("使用时间", null=True, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="activations", verbose_name="账号"
    )

    objects = ActivationQuerySet.as_manager()

    class Meta:
        verbose_name = "激活码"
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=True) ^ Q(contact__isnull=True),
                name="activation_of_one",
                violation_error_message="一个激活码只能发给一个人或一位单位联系人。",
            ),
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(used_at=None, revoked_at=None),
                name="activation_person_once",
                violation_error_message="本人已有一个没用过的激活码。",
            ),
            models.UniqueConstraint(
                fields=["contact"],
                condition=Q(used_at=None, revoked_at=None),
                name="activation_contact_once",
                violation_error_message="这位联系人已有一个没用过的激活码。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.issued_at:%Y-%m-%d} {self.get_seen_display()}"
