from __future__ import annotations

from django.conf import settings
from django.db import models


class PaymentBatch(models.Model):
    """发放批次: one heading, one month, one office. Its control totals are fixed when it is confirmed."""

    class State(models.TextChoices):
        DRAFT = "draft", "待确认"
        CONFIRMED = "confirmed", "已确认"
        PAID = "paid", "已发放"

    heading = models.CharField("款项", max_length=24)
    month = models.DateField("所属月份", help_text="当月1日")
    organization = models.ForeignKey(
        "kernel.Organization", models.PROTECT, related_name="payment_batches", verbose_name="发放机构"
    )
    sequence = models.PositiveSmallIntegerField("当月第几批", default=1)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.DRAFT)
    total_fen = models.BigIntegerField("合计（分）", default=0)
    count = models.PositiveIntegerField("人次", default=0)
    control_hash = models.CharField("校验值", max_length=64, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField("生成时间")
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="确认人"
    )
    confirmed_at = models.DateTimeField("确认时间", null=True, blank=True)
    paid_on = models.DateField("发放日期", null=True, blank=True)

    class Meta:
        verbose_name = "发放批次"
        ordering = ["-month", "organization_id", "sequence"]
        constraints = [
            models.UniqueConstraint(
                fields=["heading", "month", "organization", "sequence"],
                name="payment_batch_once",
                violation_error_message="本月这一批名录已经生成。",
            )
        ]


class PaymentAccount(models.Model):
    """收款账户: where money goes: a person's, a firm's or an office's. The number is encrypted; its blind index finds one account
    used by several people.

    A new account does not change an old one: lines keep the account they were sent to.
    """

    person = models.ForeignKey("kernel.Person", models.PROTECT, null=True, blank=True, related_name="payment_accounts")
    employer = models.ForeignKey(
        "kernel.Employer", models.PROTECT, null=True, blank=True, related_name="payment_accounts", verbose_name="单位"
    )
    office = models.ForeignKey(
        "kernel.Organization",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="payment_accounts",
        verbose_name="机构",
    )
    holder = models.CharField("户名", max_length=100)
    bank = models.CharField("开户银行", max_length=60)
    number_enc = models.TextField("账号（密文）")
    number_index = models.CharField("账号（盲索引）", max_length=64, db_index=True)
    number_masked = models.CharField("账号（掩码）", max_length=40)
    is_current = models.BooleanField("现在使用", default=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = "收款账户"
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=models.Q(is_current=True),
                name="payment_account_one_current",
                violation_error_message="一个人只能有一个正在使用的收款账户。",
            ),
            models.UniqueConstraint(
                fields=["employer"],
                condition=models.Q(is_current=True),
                name="payment_account_one_of_employer",
                violation_error_message="一个单位只能有一个正在使用的收款账户。",
            ),
            models.UniqueConstraint(
                fields=["office"],
                condition=models.Q(is_current=True),
                name="payment_account_one_of_office",
                violation_error_message="一个机构只能有一个正在使用的收款账户。",
            ),
            models.CheckConstraint(
                condition=models.Q(person__isnull=False, employer=None, office=None)
                | models.Q(person=None, employer__isnull=False, office=None)
                | models.Q(person=None, employer=None, office__isnull=False),
                name="payment_account_one_owner",
                violation_error_message="收款账户要写明是哪个人、哪个单位或哪个机构的。",
            ),
        ]


class PaymentLine(models.Model):
    """发放明细: one person, one heading, one month; the money goes to `account`, which may be a firm's. `key` makes paying twice impossible in the whole district; a line the
    bank returned keeps its key and frees the month for a new one."""

    class State(models.TextChoices):
        DUE = "due", "待发放"
        PAID = "paid", "已到账"
        RETURNED = "returned", "被退回"

    batch = models.ForeignKey(PaymentBatch, models.PROTECT, related_name="lines")
    person = models.ForeignKey("kernel.Person", models.PROTECT, related_name="payment_lines")
    heading = models.CharField("款项", max_length=24)
    month = models.DateField("所属月份", help_text="当月1日")
    fen = models.BigIntegerField("金额（分）")
    determination_id = models.BigIntegerField("核定结果", null=True, blank=True)
    key = models.CharField("防重键", max_length=80)
    account = models.ForeignKey(
        PaymentAccount, models.PROTECT, null=True, blank=True, related_name="lines", verbose_name="收款账户"
    )
    state = models.CharField("到账情况", max_length=10, choices=State.choices, default=State.DUE)
    returned_on = models.DateField("退回日期", null=True, blank=True)
    return_reason = models.CharField("退回原因", max_length=200, blank=True)

    class Meta:
        verbose_name = "发放明细"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["key"],
                condition=~models.Q(state="returned"),
                name="payment_key_once",
                violation_error_message="这个人这个月已经在名录里，不能重复发放。",
            ),
            models.CheckConstraint(
                condition=models.Q(fen__gt=0),
                name="payment_line_positive",
                violation_error_message="发放金额必须大于零。",
            ),
        ]
        indexes = [models.Index(fields=["person", "month"], name="paymentline_person_month")]
