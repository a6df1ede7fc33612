from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class RegistrationCertificate(models.Model):
    """《就业失业登记证》. The number stays with the person for life: a reissue prints the same number again."""

    class State(models.TextChoices):
        VALID = "valid", "有效"
        REVOKED = "revoked", "已注销"
        REISSUED = "reissued", "有效（补发）"

    number = models.CharField("证书编号", max_length=16, unique=True)
    person = models.ForeignKey("kernel.Person", models.PROTECT, related_name="certificates", verbose_name="持证人")
    registration = models.ForeignKey(
        "registration.UnemploymentRegistration",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="certificates_first_issued",
        verbose_name="首次发证的登记",
    )
    organization = models.ForeignKey(
        "kernel.Organization", models.PROTECT, related_name="certificates", verbose_name="发证机构"
    )
    issued_on = models.DateField("发证日期")
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    document = models.ForeignKey(
        "documents.IssuedDocument", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="打印文书"
    )
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.VALID)
    revoked_on = models.DateField("注销日期", null=True, blank=True)
    revoke_reason = models.CharField("注销原因", max_length=200, blank=True)
    reissued_on = models.DateField("最近补发日期", null=True, blank=True)
    reissue_count = models.PositiveSmallIntegerField("补发次数", default=0)
    verified_years = models.JSONField("已核验年度", default=list, blank=True)

    class Meta:
        verbose_name = "就业失业登记证"
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=~Q(state="revoked"),
                name="certificate_one_valid",
                violation_error_message="该人员已有有效的《就业失业登记证》，如遗失请办理补发。",
            )
        ]

    def __str__(self) -> str:
        return self.number


class CertificateStock(models.Model):
    """空白证存量 of one office."""

    organization = models.OneToOneField(
        "kernel.Organization", models.PROTECT, related_name="certificate_stock", verbose_name="机构"
    )
    on_hand = models.PositiveIntegerField("存量（本）", default=0)

    class Meta:
        verbose_name = "空白证存量"


class StockMovement(models.Model):
    """空白证出入库: `delta` books in (+) or out (−); the sum of all rows is the stock."""

    class Kind(models.TextChoices):
        RECEIVED = "received", "领入"
        HANDED_OUT = "handed_out", "拨付街镇"
        ISSUED = "issued", "发证"
        SPOILED = "spoiled", "作废"
        COUNTED = "counted", "盘点调整"

    organization = models.ForeignKey("kernel.Organization", models.PROTECT, related_name="+", verbose_name="机构")
    delta = models.IntegerField("变动（本）")
    kind = models.CharField("类型", max_length=12, choices=Kind.choices)
    certificate = models.ForeignKey(
        RegistrationCertificate, models.PROTECT, null=True, blank=True, related_name="stock_movements"
    )
    on = models.DateField("日期")
    at = models.DateTimeField("登记时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    note = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        verbose_name = "空白证出入库"
        indexes = [models.Index(fields=["organization", "id"], name="stockmovement_org")]
