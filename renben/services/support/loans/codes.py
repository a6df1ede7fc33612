"""Code lists of guaranteed loans: kinds, borrowers, ways of inspecting. No database here."""

from __future__ import annotations

from django.db import models


class LoanKind(models.TextChoices):
    """Whose loan: the first two codes are those of the field `borrower_kind` of J-4.3.3. The last is lent to the firm itself."""

    INDIVIDUAL = "individual", "个体工商户"
    COMPANY = "company", "自主、合伙创办的小企业"
    INTENSIVE = "intensive", "劳动密集型小企业"


FIRMS = (LoanKind.COMPANY, LoanKind.INTENSIVE)
"""Loans that the district examines and visits every quarter (Q-1.3.3, Q-1.3.4)."""
CHECKED_MONTHLY = (LoanKind.INDIVIDUAL, LoanKind.INTENSIVE)
"""Loans inspected every month; for the labour-intensive the text names no rhythm (P-10)."""


class Borrower(models.TextChoices):
    """借款人身份, as the rule takes it; `other` is none of those whom the policy names."""

    UNEMPLOYED = "beijing_unemployed", "本市失业人员"
    GRADUATE = "college_graduate", "高校毕业生"
    VETERAN = "demobilised_soldier", "复员转业军人"
    TRANSFER = "rural_transfer_labourer", "转移就业的农村劳动力"
    OTHER = "other", "其他人员"


class CheckOccasion(models.TextChoices):
    """贷后检查的由头."""

    FIRST = "first", "放款后首次检查"
    MONTHLY = "monthly", "每月检查"
    ON_SITE = "on_site", "每季实地考察"
    SUDDEN = "sudden", "突发情况检查"
    COMMUNITY = "community", "社区（村）走访"


class CheckWay(models.TextChoices):
    """检查方式: codes are those of the column `way` of J-5.4.5."""

    PHONE = "phone", "电话询问"
    MEETING = "meeting", "约见借款人"
    ON_SITE = "on_site", "现场核检"
    NEIGHBOURS = "neighbours", "走访社区（村）、派出所等核实"


SEEN = {
    "funds": "①资金使用",
    "business": "②生产经营",
    "health": "③健康、伤害和劳动能力",
    "conduct": "④犯罪、违法违纪和受处罚",
    "guarantor": "⑤保证人资格和能力",
    "pledge": "⑥抵（质）押物保管和价值",
    "change": "⑦住所、经营地、电话、婚姻、财产变更",
}
"""The seven things every inspection records (J-5.4.5 贷后管理)."""


class HireProof(models.TextChoices):
    """新招人员持哪种证件: codes are those of the field `hired_proofs` of Q-1.3.4."""

    CERTIFICATE = "certificate", "就业失业登记证"
    GRADUATE = "graduate", "有效毕业证书"
    VETERAN = "veteran", "复员（转业）军人自谋职业证明"
    TRANSFER = "transfer", "北京市农村劳动力转移就业证"


DOMAIN = {LoanKind.INDIVIDUAL: "loan.individual", LoanKind.COMPANY: "loan.own_company"}
"""The labour-intensive firm is recognised by the rule of the day (`firm_rules.domain_of`)."""
BASIS = {
    LoanKind.INDIVIDUAL: "京劳社服发〔2006〕54号",
    LoanKind.COMPANY: "京财经一〔2009〕1011号",
    LoanKind.INTENSIVE: "京财金融〔2009〕735号",
}
RULES_OF_RECOVERY = "京财经一〔2009〕1011号"
