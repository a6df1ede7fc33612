from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q


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


class OutsideFact(models.Model):
    """外部数据: what another body (social insurance, business register, civil affairs ...) says about a person, with the day its
    data speak of. It never changes a file by itself: money waits for a look (`verdict`) and the list of contradictions shows it.
    """

    class Kind(models.TextChoices):
        CONTRIBUTIONS = "contributions", "社会保险缴费"
        MEDICAL = "medical", "医疗保险参保"
        BUSINESS = "business", "工商登记"
        DEATHS = "deaths", "死亡"
        DISABILITY = "disability", "残疾证"
        DIBAO = "dibao", "最低生活保障"

    class Verdict(models.TextChoices):
        OPEN = "", "待核实"
        TRUE = "true", "属实"
        FALSE = "false", "不属实"

    kind = models.CharField("数据", max_length=16, choices=Kind.choices)
    person = models.ForeignKey("kernel.Person", models.PROTECT, related_name="outside_facts", verbose_name="本人")
    start_on = models.DateField("开始日期")
    end_on = models.DateField("结束日期", null=True, blank=True, help_text="不含这一天；空着表示仍然如此")
    role = models.CharField("身份、等级", max_length=32, blank=True, help_text="导入版式里的代码")
    body = models.CharField("单位、企业", max_length=100, blank=True)
    body_code = models.CharField("信用代码", max_length=18, blank=True)
    as_of = models.DateField("数据截至")
    batch = models.ForeignKey(
        "kernel.ImportBatch", models.PROTECT, related_name="outside_facts", verbose_name="导入批次"
    )
    verdict = models.CharField("核实结果", max_length=8, choices=Verdict.choices, default=Verdict.OPEN, blank=True)
    verdict_reason = models.CharField("核实说明", max_length=200, blank=True)
    verdict_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    verdict_at = models.DateTimeField("核实时间", null=True, blank=True)

    class Meta:
        verbose_name = "外部数据"
        ordering = ["-start_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "person", "start_on", "role", "body"],
                name="outside_fact_once",
                violation_error_message="这一条已经导入过。",
            ),
            models.CheckConstraint(
                condition=Q(end_on=None) | Q(end_on__gt=F("start_on")),
                name="outside_fact_ends_after_start",
                violation_error_message="结束日期必须晚于开始日期。",
            ),
        ]
        indexes = [models.Index(fields=["kind", "start_on"], name="outside_fact_kind_start")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.start_on}"
