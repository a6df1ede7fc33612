from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class WorkDay(models.Model):
    """工作日历: one row per calendar day; provisional until the State Council publishes the year (D-02)."""

    date = models.DateField("日期", primary_key=True)
    is_work = models.BooleanField("工作日")
    name = models.CharField("说明", max_length=32, blank=True)
    source = models.CharField("来源", max_length=64)
    is_provisional = models.BooleanField("待国务院公布", default=False)

    class Meta:
        verbose_name = "工作日历"


class Setting(models.Model):
    """A value the agency may change without a programmer; the code's default and its meaning stand in kernel.settings."""

    key = models.CharField(max_length=64, primary_key=True)
    value = models.JSONField()
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "设置"


class NumberSequence(models.Model):
    """Counters behind kernel.numbering."""

    key = models.CharField(max_length=80, primary_key=True)
    value = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = "编号序列"


class RequestKey(models.Model):
    """Idempotency: the first answer to a write, given again to whoever repeats it with the same key."""

    principal = models.CharField(max_length=64)
    key = models.CharField(max_length=64)
    path = models.CharField(max_length=200)
    status = models.PositiveSmallIntegerField(null=True)
    location = models.CharField(max_length=500, blank=True)
    body = models.TextField(blank=True)
    content_type = models.CharField(max_length=100, blank=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = "请求键"
        constraints = [models.UniqueConstraint(fields=["principal", "key"], name="request_key_once")]


class Task(models.Model):
    """待办: same key never twice; cleared by the named event; overdue tasks stay workable."""

    key = models.CharField(max_length=120, unique=True)
    title = models.CharField("事项", max_length=120)
    reason = models.CharField("缘由", max_length=300)
    organization = models.ForeignKey("kernel.Organization", models.PROTECT, related_name="tasks")
    person = models.ForeignKey("kernel.Person", models.PROTECT, null=True, blank=True, related_name="tasks")
    url = models.CharField(max_length=200, blank=True)
    due_on = models.DateField("截止日期", null=True, blank=True)
    cleared_by = models.CharField("由何事件了结", max_length=48)
    opened_at = models.DateTimeField("产生时间")
    cleared_at = models.DateTimeField("了结时间", null=True, blank=True)
    outcome = models.CharField("结果", max_length=300, blank=True)

    class Meta:
        verbose_name = "任务"
        indexes = [
            models.Index(fields=["organization", "due_on"], condition=Q(cleared_at=None), name="task_open"),
        ]


class ImportBatch(models.Model):
    """导入批次: what a file brought in, row by row, so that it can be undone."""

    class State(models.TextChoices):
        PREVIEW = "preview", "待确认"
        RUNNING = "running", "导入中"
        DONE = "done", "已导入"
        UNDONE = "undone", "已撤销"
        FAILED = "failed", "失败"

    kind = models.CharField("类型", max_length=32)
    file = models.ForeignKey("kernel.StoredFile", models.PROTECT, null=True, related_name="+")
    file_name = models.CharField("文件名", max_length=200)
    file_sm3 = models.CharField(max_length=64)
    organization = models.ForeignKey("kernel.Organization", models.PROTECT, related_name="import_batches")
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.PREVIEW)
    total = models.PositiveIntegerField("行数", default=0)
    good = models.PositiveIntegerField("可导入", default=0)
    bad = models.PositiveIntegerField("有问题", default=0)
    unchanged = models.PositiveIntegerField("已有", default=0)
    done_rows = models.PositiveIntegerField("已处理", default=0)
    message = models.CharField("说明", max_length=300, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField("时间")
    finished_at = models.DateTimeField("完成时间", null=True, blank=True)
    undone_at = models.DateTimeField("撤销时间", null=True, blank=True)

    class Meta:
        verbose_name = "导入批次"
