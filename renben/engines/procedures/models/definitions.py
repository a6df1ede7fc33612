from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class Origin(models.TextChoices):
    """Where a text comes from: a file of the catalogue, or a draft approved on screen."""

    FILE = "file", "目录文件"
    SCREEN = "screen", "屏幕上修改"


class DefinitionQuerySet(models.QuerySet):
    def update(self, **_kwargs) -> int:
        raise TypeError("a definition is frozen: change the catalogue file and sync, a new version is written")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise TypeError("a definition is frozen: cases that ran under it still need it")


class Definition(models.Model):
    """One frozen version of a 工作项. A running case keeps the version it began with; nothing here is ever edited."""

    procedure_id = models.CharField("工作项编号", max_length=24)
    version = models.PositiveIntegerField("版本")
    sha256 = models.CharField("内容摘要", max_length=64)
    title = models.CharField("名称", max_length=100)
    tier = models.CharField("层级", max_length=12)
    kind = models.CharField("类型", max_length=16)
    body = models.JSONField("内容")
    active_from = models.DateField("启用日期")
    origin = models.CharField("来源", max_length=8, choices=Origin.choices, default=Origin.FILE)

    objects = DefinitionQuerySet.as_manager()

    class Meta:
        verbose_name = "规程版本"
        constraints = [
            models.UniqueConstraint(fields=["procedure_id", "sha256"], name="definition_content_once"),
            models.UniqueConstraint(fields=["procedure_id", "version"], name="definition_version_once"),
        ]

    def __str__(self) -> str:
        return f"{self.procedure_id} {self.title} 第{self.version}版"

    def save(self, *args, **kwargs) -> None:
        if self.pk is not None and not self._state.adding:
            raise TypeError("a definition is frozen: change the catalogue file and sync, a new version is written")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs) -> tuple[int, dict[str, int]]:
        raise TypeError("a definition is frozen: cases that ran under it still need it")


class DefinitionActivation(models.Model):
    """Which version new cases use from which day on. Insert-only, so going back to an older text is one more row, not an edit.

    In force on a day is the row with the latest `active_on` up to that day, the later row of two of the same day.
    `origin` tells who put the version in force: the catalogue's files, or somebody on screen (`activated_by`).
    """

    procedure_id = models.CharField("工作项编号", max_length=24)
    definition = models.ForeignKey(Definition, models.PROTECT, related_name="activations")
    activated_at = models.DateTimeField("登记启用的时间")
    active_on = models.DateField("启用日期")
    origin = models.CharField("来源", max_length=8, choices=Origin.choices, default=Origin.FILE)
    activated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = "规程启用记录"
        indexes = [
            models.Index(fields=["procedure_id", "-id"], name="activation_latest"),
            models.Index(fields=["procedure_id", "-active_on", "-id"], name="activation_in_force"),
        ]


class DefinitionDraft(models.Model):
    """A change of a procedure on its way: written by one person, approved by another, in force from a day.

    `body` is the whole text as it would be frozen; `base` the version it was written over. One open draft per procedure.
    `revision` counts the saves, so that nobody overwrites what another window has just saved.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "起草中"
        SUBMITTED = "submitted", "待审批"
        APPROVED = "approved", "已批准，待启用"
        REJECTED = "rejected", "退回修改"
        WITHDRAWN = "withdrawn", "已作废"
        ACTIVATED = "activated", "已启用"

    OPEN = (State.DRAFT, State.SUBMITTED, State.APPROVED, State.REJECTED)
    EDITABLE = (State.DRAFT, State.REJECTED)

    procedure_id = models.CharField("工作项编号", max_length=24)
    base = models.ForeignKey(Definition, models.PROTECT, related_name="drafts", verbose_name="修改前的版本")
    body = models.JSONField("内容")
    revision = models.PositiveIntegerField("保存次数", default=0)
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.DRAFT)
    organization = models.ForeignKey("kernel.Organization", models.PROTECT, related_name="+", verbose_name="起草机构")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="起草人")
    opened_at = models.DateTimeField("起草时间")
    saved_at = models.DateTimeField("最近保存")
    reason = models.TextField("为什么改", blank=True)
    submitted_at = models.DateTimeField("送审时间", null=True, blank=True)
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="审批人"
    )
    reviewed_at = models.DateTimeField("审批时间", null=True, blank=True)
    opinion = models.TextField("审批意见", blank=True)
    active_from = models.DateField("启用日期", null=True, blank=True)
    definition = models.ForeignKey(Definition, models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField("结束时间", null=True, blank=True)

    class Meta:
        verbose_name = "规程草稿"
        indexes = [models.Index(fields=["organization", "-opened_at"], name="draft_org_opened")]
        constraints = [
            models.UniqueConstraint(
                fields=["procedure_id"],
                condition=Q(state__in=["draft", "submitted", "approved", "rejected"]),
                name="draft_open_once",
                violation_error_message="这个工作项已经有一份没有办完的草稿。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.procedure_id} 草稿（{self.get_state_display()}）"

    @property
    def is_editable(self) -> bool:
        return self.state in self.EDITABLE

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN
