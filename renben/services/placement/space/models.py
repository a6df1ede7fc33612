"""What employers leave in their space beside vacancies and results: requests to the office, lists of posts they handed in."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class EmployerRequest(models.Model):
    """单位求助: a question or a wish, with a day by which the office answers. The answer stands where the firm asked."""

    class Kind(models.TextChoices):
        GUIDANCE = "guidance", "用工指导"
        RECRUIT = "recruit", "帮忙招人"
        POLICY = "policy", "申请政策、补贴"
        OTHER = "other", "其他"

    class State(models.TextChoices):
        OPEN = "open", "等答复"
        ANSWERED = "answered", "已答复"
        WITHDRAWN = "withdrawn", "单位撤回"

    employer = models.ForeignKey("kernel.Employer", models.PROTECT, related_name="requests", verbose_name="用人单位")
    organization = models.ForeignKey("kernel.Organization", models.PROTECT, related_name="+", verbose_name="答复机构")
    kind = models.CharField("事项", max_length=10, choices=Kind.choices)
    about = models.CharField("哪一项", max_length=100, blank=True)
    text = models.TextField("想问什么、要办什么", max_length=1000)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.OPEN)
    due_on = models.DateField("答复期限")
    answer = models.TextField("答复", max_length=1000, blank=True)
    answered_on = models.DateField("答复日期", null=True, blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="提出人")
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    asked_at = models.DateTimeField("提出时间")

    class Meta:
        verbose_name = "单位求助"
        indexes = [models.Index(fields=["organization", "state", "due_on"], name="employer_request_due")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="answered") | ~Q(answer=""),
                name="employer_request_answer",
                violation_error_message="已答复的要有答复内容。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}：{self.about or self.text[:20]}"


class FirmBatch(models.Model):
    """A list of posts a firm handed in as a spreadsheet: the import and whose it is."""

    batch = models.OneToOneField("kernel.ImportBatch", models.CASCADE, related_name="firm", verbose_name="导入批次")
    employer = models.ForeignKey("kernel.Employer", models.PROTECT, related_name="+", verbose_name="用人单位")

    class Meta:
        verbose_name = "单位导入的岗位表"
