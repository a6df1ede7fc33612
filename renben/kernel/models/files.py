from __future__ import annotations

from django.conf import settings
from django.db import models


class StoredFile(models.Model):
    """A file someone handed in. Bytes are content-addressed (SM3 of the plain bytes) and encrypted on disk."""

    sm3 = models.CharField("内容摘要", max_length=64)
    name = models.CharField("文件名", max_length=200)
    mime = models.CharField("类型", max_length=100)
    size = models.PositiveIntegerField("字节数")
    organization = models.ForeignKey("kernel.Organization", models.PROTECT, related_name="+")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField("上传时间")

    class Meta:
        verbose_name = "文件"
        indexes = [models.Index(fields=["sm3"], name="storedfile_sm3")]
