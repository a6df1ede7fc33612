"""小额担保贷款: a loan from the street's counter to the last fen (J-4.3.3, J-5.4.5, Q-1.3.3, C-7.1.2.1, Q-1.3.4)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from renben.services.support.loans.codes import Borrower, CheckOccasion, CheckWay, LoanKind
from renben.services.support.loans.models_firms import FirmDecision, LoanHire, LoanStaffing
from renben.services.support.loans.models_opening import LoanOpening

__all__ = [
    "FirmDecision",
    "Loan",
    "LoanCheck",
    "LoanEvent",
    "LoanHire",
    "LoanInstalment",
    "LoanMoney",
    "LoanOpening",
    "LoanStaffing",
]


class LoanQuerySet(models.QuerySet):
    def running(self) -> LoanQuerySet:
        """Asked for, or lent and not settled."""
        return self.filter(state__in=Loan.RUNNING)

    def lent(self) -> LoanQuerySet:
        """The bank has paid the money out and somebody still owes it."""
        return self.filter(state__in=Loan.LENT)

    def of_journey(self, journey_id) -> Loan | None:
        """The loan of a journey, whichever of its cases asks."""
        rows = self.filter(journey_id=journey_id).select_related("person", "organization", "employer", "determination")
        return rows.order_by("-id").first()


class Loan(models.Model):
    """One loan. Whether and how much is decided by rule; what the guarantor and the bank did is on record with its day.

    Money is fen. `lent_fen` is what the bank paid out. `plan` is the number of the instalment plan in force, empty without one.
    """

    class State(models.TextChoices):
        APPLIED = "applied", "已受理，待核实"
        REVIEWED = "reviewed", "已核实，待推荐"
        RECOMMENDED = "recommended", "已推荐，待担保"
        GUARANTEED = "guaranteed", "已担保，待放款"
        DISBURSED = "disbursed", "已放款，待首次检查"
        REPAYING = "repaying", "还款中"
        DEFAULTED = "defaulted", "逾期"
        PAID_OUT = "paid_out", "已代偿，待追偿"
        RECOVERING = "recovering", "追偿中"
        REPAID = "repaid", "已还清"
        RECOVERED = "recovered", "追偿完毕"
        REFUSED = "refused", "未批准"
        WITHDRAWN = "withdrawn", "本人撤回"

    BEFORE_MONEY = ("applied", "reviewed", "recommended", "guaranteed")
    LENT = ("disbursed", "repaying", "defaulted", "paid_out", "recovering")
    RUNNING = (*BEFORE_MONEY, *LENT)
    ON_FILE = (*LENT, "repaid", "recovered")

    person = models.ForeignKey(
        "kernel.Person", models.PROTECT, null=True, blank=True, related_name="loans", verbose_name="借款人"
    )
    employer = models.ForeignKey(
        "kernel.Employer", models.PROTECT, null=True, blank=True, related_name="loans", verbose_name="借款企业"
    )
    organization = models.ForeignKey(
        "kernel.Organization", models.PROTECT, related_name="loans", verbose_name="受理社保所"
    )
    kind = models.CharField("贷款类别", max_length=12, choices=LoanKind.choices)
    journey_id = models.UUIDField("事项", null=True, blank=True, db_index=True)
    case = models.ForeignKey("procedures.Case", models.PROTECT, null=True, blank=True, related_name="loans")
    determination = models.ForeignKey(
        "rules.Determination", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="判定"
    )
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.APPLIED)
    applied_on = models.DateField("申请日期")
    round = models.PositiveSmallIntegerField("第几次贷款", default=1)
    borrower = models.CharField("借款人身份", max_length=24, choices=Borrower.choices, blank=True)
    business_name = models.CharField("字号或企业名称", max_length=100, blank=True)
    industry = models.CharField("经营项目", max_length=100, blank=True)
    place = models.CharField("经营场所", max_length=200, blank=True)
    use = models.CharField("资金用途", max_length=300, blank=True)
    amount_fen = models.BigIntegerField("申请金额（分）")
    own_fen = models.BigIntegerField("自有资金（分）", null=True, blank=True)
    pledge = models.CharField("反担保的资产", max_length=200, blank=True)
    pledge_fen = models.BigIntegerField("反担保价值（分）", null=True, blank=True)
    is_top = models.BooleanField("申请最高额产品", default=False)
    has_hired = models.BooleanField("已招用本市失业人员", default=False)
    contract_months = models.PositiveSmallIntegerField("招用人员劳动合同月数", default=0)
    recommended_fen = models.BigIntegerField("推荐金额（分）", null=True, blank=True)
    guarantor = models.CharField("担保机构", max_length=100, blank=True)
    bank = models.CharField("经办银行", max_length=100, blank=True)
    lent_fen = models.BigIntegerField("放款金额（分）", null=True, blank=True)
    issued_on = models.DateField("贷款发放日期", null=True, blank=True)
    arrived_on = models.DateField("资金到位日期", null=True, blank=True)
    due_on = models.DateField("到期日", null=True, blank=True)
    file_number = models.CharField("贷款档案号", max_length=40, blank=True)
    file_pieces = models.PositiveSmallIntegerField("入档材料（件）", null=True, blank=True)
    file_place = models.CharField("存放位置", max_length=100, blank=True)
    filed_on = models.DateField("建档日期", null=True, blank=True)
    settled_on = models.DateField("了结日期", null=True, blank=True)
    plan = models.PositiveSmallIntegerField("执行中的还款计划", null=True, blank=True)
    refusal = models.CharField("未批准的理由", max_length=500, blank=True)
    recorded_at = models.DateTimeField("登记时间")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    version = models.PositiveIntegerField("版本", default=1)

    objects = LoanQuerySet.as_manager()

    class Meta:
        verbose_name = "小额担保贷款"
        indexes = [models.Index(fields=["organization", "state"], name="loan_org_state")]
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=~Q(state__in=("repaid", "recovered", "refused", "withdrawn")),
                name="loan_one_running",
                violation_error_message="这个人已有正在办理或没有还清的小额担保贷款。",
            ),
            models.UniqueConstraint(
                fields=["employer"],
                condition=Q(kind="intensive") & ~Q(state__in=("repaid", "recovered", "refused", "withdrawn")),
                name="loan_firm_one_running",
                violation_error_message="这家企业已有正在办理或没有还清的小额担保贷款。",
            ),
            models.CheckConstraint(
                condition=Q(person__isnull=False) | Q(kind="intensive", employer__isnull=False),
                name="loan_has_borrower",
                violation_error_message="贷款要有借款人；劳动密集型小企业的贷款由企业借款。",
            ),
            models.CheckConstraint(
                condition=Q(amount_fen__gt=0) & (Q(lent_fen=None) | Q(lent_fen__gt=0)),
                name="loan_amount_positive",
                violation_error_message="贷款金额必须大于零。",
            ),
        ]

    @property
    def owner(self):
        """Who borrows: the person, or the firm itself (Q-1.3.4)."""
        return self.person if self.person_id else self.employer

    @property
    def borrower_name(self) -> str:
        return self.owner.name

    @property
    def decided(self):
        """The decision in force, of a person or of a firm; None before one. Both have parts, parameter_versions and missing."""
        return self.determination if self.person_id else self.decisions.order_by("-id").first()

    @property
    def is_lent(self) -> bool:
        return self.state in self.LENT


class LoanEvent(models.Model):
    """经过: what happened to a loan, on which day; insert-only."""

    class Kind(models.TextChoices):
        APPLIED = "applied", "受理申请"
        RECOGNISED = "recognised", "认定劳动密集型小企业"
        FINANCE = "finance", "区财政复审"
        VERIFIED = "verified", "实地核实"
        COMMUNITY = "community", "社区（村）协查"
        SENT_UP = "sent_up", "报送上级"
        REVIEWED = "reviewed", "审查通过"
        RECOMMENDED = "recommended", "推荐给担保机构"
        GUARANTEED = "guaranteed", "担保机构同意"
        LENT = "lent", "银行放款"
        FILED = "filed", "建立档案"
        CHANGED = "changed", "重大变化"
        PROBLEM = "problem", "发现问题"
        REPAID = "repaid", "还清"
        DEFAULTED = "defaulted", "逾期"
        PAID_OUT = "paid_out", "担保机构代偿"
        PLANNED = "planned", "订立还款计划"
        RECOVERED = "recovered", "追偿完毕"
        INTEREST = "interest", "贴息"
        REFUSED = "refused", "未批准"
        WITHDRAWN = "withdrawn", "撤回"

    loan = models.ForeignKey(Loan, models.PROTECT, related_name="events")
    kind = models.CharField("经过", max_length=12, choices=Kind.choices)
    on = models.DateField("日期")
    text = models.TextField("说明", blank=True)
    fen = models.BigIntegerField("金额（分）", null=True, blank=True)
    case = models.ForeignKey("procedures.Case", models.PROTECT, null=True, blank=True, related_name="+")
    recorded_at = models.DateTimeField("登记时间")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "贷款经过"
        ordering = ["on", "id"]


class LoanCheck(models.Model):
    """贷后检查: what was seen, item by item (`seen`: code of `codes.SEEN` → words), and what was reported of it."""

    loan = models.ForeignKey(Loan, models.PROTECT, related_name="checks")
    occasion = models.CharField("由头", max_length=10, choices=CheckOccasion.choices)
    on = models.DateField("检查日期")
    way = models.CharField("方式", max_length=12, choices=CheckWay.choices)
    inspector = models.CharField("检查人", max_length=100, blank=True)
    seen = models.JSONField("逐项情况", default=dict, blank=True)
    note = models.TextField("情况", blank=True)
    has_changed = models.BooleanField("有重大变化", default=False)
    problem = models.TextField("问题和处理建议", blank=True)
    found_on = models.DateField("发现日期", null=True, blank=True)
    reported_on = models.DateField("书面报告日期", null=True, blank=True)
    case = models.ForeignKey("procedures.Case", models.PROTECT, null=True, blank=True, related_name="+")
    recorded_at = models.DateTimeField("登记时间")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "贷后检查"
        ordering = ["-on", "-id"]
        indexes = [models.Index(fields=["loan", "-on"], name="loancheck_loan_on")]

    @property
    def is_on_site(self) -> bool:
        """Somebody stood in the borrower's place of business."""
        return self.way == CheckWay.ON_SITE


class LoanMoney(models.Model):
    """收支: what the borrower paid back, what the guarantor paid for them, what was recovered since. Insert-only."""

    class Kind(models.TextChoices):
        REPAID = "repaid", "借款人还款"
        PAID_OUT = "paid_out", "担保机构代偿"
        RECOVERED = "recovered", "追回"

    loan = models.ForeignKey(Loan, models.PROTECT, related_name="moneys")
    kind = models.CharField("种类", max_length=10, choices=Kind.choices)
    on = models.DateField("日期")
    fen = models.BigIntegerField("金额（分）")
    note = models.CharField("凭据", max_length=200, blank=True)
    plan = models.PositiveSmallIntegerField("抵哪一份计划", null=True, blank=True)
    recorded_at = models.DateTimeField("登记时间")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "贷款收支"
        ordering = ["on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(fen__gt=0), name="loanmoney_positive", violation_error_message="金额必须大于零。"
            )
        ]


class LoanInstalment(models.Model):
    """还款计划的一期. Plans are numbered; an earlier one stays on record."""

    loan = models.ForeignKey(Loan, models.PROTECT, related_name="instalments")
    plan = models.PositiveSmallIntegerField("第几份计划")
    number = models.PositiveSmallIntegerField("第几期")
    due_on = models.DateField("应还日期")
    fen = models.BigIntegerField("应还金额（分）")

    class Meta:
        verbose_name = "还款计划"
        ordering = ["loan_id", "plan", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["loan", "plan", "number"],
                name="loan_instalment_once",
                violation_error_message="这一期已经列入计划。",
            ),
            models.CheckConstraint(
                condition=Q(fen__gt=0), name="loan_instalment_positive", violation_error_message="每期金额必须大于零。"
            ),
        ]
