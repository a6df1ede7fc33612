"""Stored determinations, insert-only, with inputs, reasons, versions and what was missing; and changes of parameters."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from .parameters import Parameter, Scale, Version


class DeterminationQuerySet(models.QuerySet):
    """Reads by business question; rows are never changed nor deleted."""

    def current(self) -> DeterminationQuerySet:
        """Determinations that no later one supersedes."""
        return self.filter(superseded_by__isnull=True)

    def of_person(self, person) -> DeterminationQuerySet:
        """All determinations about a person, newest first."""
        return self.filter(person=person).order_by("-decided_at", "-id")

    def update(self, **kwargs):
        raise ValidationError("判定一经作出不能改写，请作出新的判定。")

    def delete(self):
        raise ValidationError("判定不能删除。")


class Determination(models.Model):
    """One decision by rules about one person (D-29: one determination, stored once).

    ``kind`` names the domain or set of domains (``ui.benefit_decision``). A correction is a new row that ``supersedes`` the old one.
    """

    person = models.ForeignKey("kernel.Person", models.PROTECT, related_name="determinations", verbose_name="人员")
    case = models.ForeignKey(
        "procedures.Case", models.PROTECT, null=True, related_name="determinations", verbose_name="办件"
    )
    kind = models.CharField("判定", max_length=64)
    as_of = models.DateField("政策日期")
    inputs = models.JSONField("依据的事实")
    result = models.JSONField("结果")
    parts = models.JSONField("理由")
    parameter_versions = models.JSONField("参数版本")
    missing = models.JSONField("缺少的内容", default=list)
    ruleset_hash = models.CharField("规则版本", max_length=64)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="经办人"
    )
    decided_at = models.DateTimeField("作出时间")
    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="superseded_by", verbose_name="更正的判定"
    )

    objects = DeterminationQuerySet.as_manager()

    class Meta:
        verbose_name = "政策判定"
        verbose_name_plural = "政策判定"
        ordering = ["-decided_at", "-id"]
        indexes = [models.Index(fields=["person", "kind", "-decided_at"], name="determination_by_person")]

    def __str__(self) -> str:
        return f"{self.kind} {self.as_of.isoformat()}"

    def save(self, *args, **kwargs):
        """Insert only; a second save is refused."""
        if self.pk is not None and not self._state.adding:
            raise ValidationError("判定一经作出不能改写，请作出新的判定。")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise ValidationError("判定不能删除。")


class ParameterChange(models.Model):
    """A new value of a parameter on its way: drafted by one person, approved by another, in force from a day.

    ``value`` is a scalar, a list of codes, ``{"thresholds", "amounts"}`` for a table, or null with the ``note`` why there is no
    standard. It holds from ``valid_from`` until the next value on file. One open draft per parameter.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "起草中"
        SUBMITTED = "submitted", "待审批"
        REJECTED = "rejected", "退回修改"
        IN_FORCE = "in_force", "已批准"
        WITHDRAWN = "withdrawn", "已作废"

    OPEN = (State.DRAFT, State.SUBMITTED, State.REJECTED)
    EDITABLE = (State.DRAFT, State.REJECTED)

    parameter = models.CharField("参数", max_length=100)
    value = models.JSONField("数值", null=True)
    valid_from = models.DateField("从哪天起")
    document = models.CharField("文件", max_length=200)
    article = models.CharField("条款", max_length=100, blank=True)
    reference = models.CharField("文件出处", max_length=300, blank=True)
    note = models.CharField("说明", max_length=500, blank=True)
    reason = models.TextField("为什么改", blank=True)
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.DRAFT)
    revision = models.PositiveIntegerField("保存次数", default=0)
    organization = models.ForeignKey("kernel.Organization", models.PROTECT, related_name="+", verbose_name="起草机构")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="起草人")
    opened_at = models.DateTimeField("起草时间")
    saved_at = models.DateTimeField("最近保存")
    submitted_at = models.DateTimeField("送审时间", null=True, blank=True)
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="审批人"
    )
    reviewed_at = models.DateTimeField("审批时间", null=True, blank=True)
    opinion = models.TextField("审批意见", blank=True)
    closed_at = models.DateTimeField("结束时间", null=True, blank=True)

    class Meta:
        verbose_name = "参数修改"
        indexes = [models.Index(fields=["organization", "-opened_at"], name="parameter_change_opened")]
        constraints = [
            models.UniqueConstraint(
                fields=["parameter"],
                condition=Q(state__in=["draft", "submitted", "rejected"]),
                name="parameter_change_open_once",
                violation_error_message="这个参数已经有一份没有办完的草稿。",
            ),
            models.UniqueConstraint(
                fields=["parameter", "valid_from"],
                condition=Q(state="in_force"),
                name="parameter_change_day_once",
                violation_error_message="这个参数在这一天已经批准过一个值。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.parameter} {self.valid_from}（{self.get_state_display()}）"

    @property
    def is_editable(self) -> bool:
        return self.state in self.EDITABLE

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN

    def as_version(self, parameter: Parameter) -> Version:
        """The value as the rules read it; it ends where the next one on file begins."""
        value = self.value
        if isinstance(value, dict):
            value = Scale(tuple(value["thresholds"]), tuple(value["amounts"]))
        elif isinstance(value, list):
            value = tuple(value)
        return Version(
            name=parameter.name,
            label=parameter.label,
            unit=parameter.unit,
            valid_from=self.valid_from,
            valid_to=None,
            value=value,
            document=self.document,
            article=self.article,
            confidence="" if value is None else "official",
            note=self.note,
            reference=self.reference,
            reason=self.note if value is None else "",
        )
