"""Code lists of the insurance subsidies: kinds, disability, events that end one. No database here."""

from __future__ import annotations

from django.db import models


class Kind(models.TextChoices):
    """Which subsidy: Q-1.3.1 or Q-1.3.2. Codes are those of the field `subsidy_kind`."""

    SELF_EMPLOYED = "self_employed", "自谋职业（自主创业）"
    FLEXIBLE = "flexible", "灵活就业"


class Disability(models.TextChoices):
    """残疾程度, as the rules take it."""

    NONE = "none", "没有残疾"
    MILD = "mild", "轻度"
    MODERATE = "moderate", "中度"
    SEVERE = "severe", "重度"


class Insurance(models.TextChoices):
    """险种; each is a part of the amount of a month."""

    PENSION = "pension", "养老保险"
    UNEMPLOYMENT = "unemployment", "失业保险"
    MEDICAL = "medical", "医疗保险"


class StopEvent(models.TextChoices):
    """停发情形. From which month each counts is a parameter, not decided here."""

    HIRED = "hired", "被用人单位招用"
    RETIRED = "retired", "办理退休，享受基本养老保险待遇"
    CLOSED = "closed", "停业或注销营业执照"
    NOT_WORKING = "not_working", "不再从事灵活就业"
    MOVED_AWAY = "moved_away", "户籍迁出本区"
    DIED = "died", "死亡"
    GAVE_UP = "gave_up", "本人不再申请"
    FALSE_FACTS = "false_facts", "弄虚作假"


BASIS = {
    Kind.SELF_EMPLOYED: "京劳社服发〔2006〕45号",
    Kind.FLEXIBLE: "京劳社就发〔2006〕160号",
}
PROCEDURE = {Kind.SELF_EMPLOYED: "Q-1.3.1", Kind.FLEXIBLE: "Q-1.3.2"}
DOMAIN = {Kind.SELF_EMPLOYED: "subsidy.self_employed", Kind.FLEXIBLE: "subsidy.flexible"}

SUBSIDY, DIFFERENCE = "si_subsidy", "si_subsidy_difference"
HEADINGS = {
    SUBSIDY: "自谋职业、灵活就业社会保险补贴",
    DIFFERENCE: "社会保险补贴差额补发",
}
"""One heading for both kinds: nobody gets both for one month."""
