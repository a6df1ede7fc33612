from __future__ import annotations

from django.db import models


class ImportRow(models.Model):
    """导入行: one row of an imported file, what is wrong with it and what it made, so that the batch can be undone.

    The cells are personal data: `values_enc` is encrypted and emptied as soon as the row is in. `title` is masked.
    Scope follows `batch.organization`.
    """

    class State(models.TextChoices):
        GOOD = "good", "可导入"
        BAD = "bad", "有问题"
        UNCHANGED = "unchanged", "已有"
        IN = "in", "已导入"
        UNDONE = "undone", "已撤销"
        KEPT = "kept", "不能撤销"

    batch = models.ForeignKey("kernel.ImportBatch", models.PROTECT, related_name="rows")
    sheet = models.CharField("工作表", max_length=64, blank=True)
    number = models.PositiveIntegerField("行号", help_text="在原文件中的行号，从1数起")
    state = models.CharField("状态", max_length=12, choices=State.choices)
    title = models.CharField("摘要（掩码）", max_length=100, blank=True)
    values_enc = models.TextField("单元格（密文）", blank=True)
    problems = models.JSONField("问题", default=list, help_text="[{field, column, text, level}]，level 为 bad 或 warn")
    person = models.ForeignKey("kernel.Person", models.SET_NULL, null=True, blank=True, related_name="import_rows")
    employer = models.ForeignKey("kernel.Employer", models.SET_NULL, null=True, blank=True, related_name="import_rows")
    has_created = models.BooleanField("由本行新建", default=False)

    class Meta:
        verbose_name = "导入行"
        ordering = ["batch_id", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "sheet", "number"],
                name="import_row_once",
                violation_error_message="同一批次里这一行已经读过。",
            )
        ]
        indexes = [models.Index(fields=["batch", "state", "id"], name="import_row_state")]

    def __str__(self) -> str:
        return f"{self.sheet} 第{self.number}行"
