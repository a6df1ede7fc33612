"""劳动密集型小企业 (Q-1.3.4): how many work there, whom it newly hired, and what the rule said of the firm."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from renben.services.support.loans.codes import HireProof


class LoanStaffing(models.Model):
    """What recognition rests on, and the review of the district's finance bureau. `round` counts the rosters handed in."""

    loan = models.OneToOneField("loans.Loan", models.PROTECT, related_name="staffing")
    staff_before = models.PositiveIntegerField("招用前在册职工")
    counted_on = models.DateField("在册职工数截至")
    round = models.PositiveSmallIntegerField("第几份花名册", default=1)
    number = models.CharField("认定证明编号", max_length=40, blank=True)
    finance_given_on = models.DateField("送区财政局日期", null=True, blank=True)
    finance_reviewed_on = models.DateField("区财政局复审日期", null=True, blank=True)
    finance_opinion = models.TextField("区财政局复审意见", blank=True)

    class Meta:
        verbose_name = "劳动密集型认定"
        constraints = [
            models.CheckConstraint(
                condition=Q(staff_before__gt=0),
                name="loan_staffing_positive",
                violation_error_message="招用前在册职工至少1人。",
            )
        ]


class LoanHire(models.Model):
    """One newly hired person of a roster. Who does not count is kept with the reason; `remark` is what to look at twice."""

    loan = models.ForeignKey("loans.Loan", models.PROTECT, related_name="hires")
    round = models.PositiveSmallIntegerField("第几份花名册")
    person = models.ForeignKey(
        "kernel.Person", models.PROTECT, null=True, blank=True, related_name="loan_hires", verbose_name="人员"
    )
    name = models.CharField("姓名", max_length=50)
    tail = models.CharField("证件号后四位", max_length=4)
    number_key = models.CharField("证件号索引", max_length=64)
    proof = models.CharField("证件", max_length=12, choices=HireProof.choices)
    hired_on = models.DateField("招用日期")
    contract_months = models.PositiveSmallIntegerField("劳动合同月数")
    is_counted = models.BooleanField("计算", default=True)
    reason = models.CharField("不算的理由", max_length=200, blank=True)
    remark = models.CharField("核对提示", max_length=200, blank=True)

    class Meta:
        verbose_name = "新招用人员"
        ordering = ["loan_id", "round", "id"]
        indexes = [
            models.Index(fields=["loan", "round"], name="loan_hire_round"),
            models.Index(fields=["number_key"], name="loan_hire_number"),
        ]


class FirmDecision(models.Model):
    """What the rules said of a firm that borrows itself: inputs, parts with articles, versions; insert-only, the last one counts."""

    loan = models.ForeignKey("loans.Loan", models.PROTECT, related_name="decisions")
    as_of = models.DateField("判定日")
    inputs = models.JSONField("条件")
    result = models.JSONField("结果")
    parts = models.JSONField("各项")
    parameter_versions = models.JSONField("参数")
    missing = models.JSONField("缺的标准", default=list, blank=True)
    ruleset_hash = models.CharField("规则版本", max_length=64)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField("判定时间")

    class Meta:
        verbose_name = "企业贷款判定"
        ordering = ["loan_id", "id"]
