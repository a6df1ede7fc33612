from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class IssuedDocument(models.Model):
    """A printed paper that counts: what it said, who holds it, and whether it still stands.

    `data` keeps masked facts only; `data_enc` the full content for a reprint. `short_hash` is the code beside the QR.
    """

    form = models.CharField("表单", max_length=64)
    kind = models.CharField("种类", max_length=32)
    number = models.CharField("编号", max_length=40)
    holder_person = models.ForeignKey(
        "kernel.Person", models.PROTECT, null=True, blank=True, related_name="issued_documents"
    )
    organization = models.ForeignKey("kernel.Organization", models.PROTECT, related_name="issued_documents")
    case_id = models.BigIntegerField("办件", null=True, blank=True)
    data = models.JSONField("公开内容", default=dict)
    data_enc = models.TextField("全部内容（密文）", blank=True)
    data_hash = models.CharField("内容摘要", max_length=64)
    short_hash = models.CharField("查验码", max_length=16)
    issued_at = models.DateTimeField("出具时间")
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField("作废时间", null=True, blank=True)
    revoked_reason = models.CharField("作废原因", max_length=200, blank=True)
    replaces = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="replaced_by")

    class Meta:
        verbose_name = "已出具文书"
        indexes = [
            models.Index(fields=["number"], name="issued_number"),
            models.Index(fields=["case_id"], condition=~Q(case_id=None), name="issued_case"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["replaces"],
                condition=Q(revoked_at=None),
                name="issued_one_successor",
                violation_error_message="这份文书已经换发过，请刷新页面后在最新的一份上办理。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.form} {self.number}"
