from __future__ import annotations

from django.db import models


class AuditHead(models.Model):
    """Last link of each chain; the row lock on it gives the sequence."""

    shard = models.PositiveSmallIntegerField(primary_key=True)
    seq = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="0" * 64)

    class Meta:
        verbose_name = "审计链头"


class AuditEvent(models.Model):
    """One entry of the append-only audit trail. `seq`, `prev` and `hash` are set by a trigger under the head's lock.

    `form` says how the hash is made of prev, shard, seq, at, actor, office, action, subject and detail: see kernel.protection.
    """

    shard = models.PositiveSmallIntegerField()
    seq = models.BigIntegerField(null=True)
    at = models.DateTimeField("时间")
    actor_id = models.BigIntegerField("用户", null=True)
    actor_name = models.CharField("操作人", max_length=64, blank=True)
    organization_id = models.BigIntegerField("机构", null=True)
    action = models.CharField("动作", max_length=64)
    subject = models.CharField("对象", max_length=64)
    detail = models.TextField("内容", default="{}")
    form = models.PositiveSmallIntegerField("散列格式", default=1, db_default=1)
    prev = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = "审计记录"
        constraints = [models.UniqueConstraint(fields=["shard", "seq"], name="audit_seq_once")]
        indexes = [
            models.Index(fields=["subject", "-at"], name="audit_subject"),
            models.Index(fields=["-at"], name="audit_at"),
        ]
