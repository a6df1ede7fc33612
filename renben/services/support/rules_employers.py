"""Money for employers who hire: insurance and post subsidies, refund for stable employment. Figures: catalog/policies/subsidy, si,
stable_refund. Pure: no database, no clock, no request. Importing registers the domains."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from renben.engines.rules.errors import InputError, NoStandardOnFile
from renben.engines.rules.evaluation import Part, yuan, yuan_text
from renben.engines.rules.exact import exceeds, fraction, percent_text, reaches, share
from renben.engines.rules.inputs import Input
from renben.engines.rules.parameters import Reader, to_fen
from renben.engines.rules.people import LONGEST_CAREER
from renben.engines.rules.registry import rule
from renben.engines.rules.telling import condition, verdict

from .rules_subsidies import WAGE_YEAR, by_year, year_part

CONTRACT_MONTHS = Input("contract_months", "int", "劳动合同月数", maximum=LONGEST_CAREER)
_RATES = ("pension_rate", "unemployment_rate", "medical_rate")
WHOLE_YUAN = 100
"""Fen in a yuan: the annual sums are published in whole yuan."""


def _rate(p: Reader, *names: str) -> Fraction:
    return sum((fraction(p(f"subsidy.employer_si.{name}")) for name in names), Fraction(0))


def _rates_part(p: Reader) -> Part:
    versions = tuple(p.version(f"subsidy.employer_si.{name}") for name in _RATES)
    each = "、".join(f"{version.label.removeprefix('用人单位')}{percent_text(version.value)}" for version in versions)
    return Part(
        "补贴比例", f"{each}，合计{percent_text(float(_rate(p, *_RATES)))}。", float(_rate(p, *_RATES)), versions
    )


def _tell_annual(p: Reader, given: dict[str, Any], answer: dict[str, Any]) -> list[Part]:
    wage = year_part(p, "wage.average.annual", given["wage_year"])
    if answer["no_standard"]:
        return [wage]
    base, annual = p.version("subsidy.employer_si.base_share"), p.version("subsidy.employer_si.annual")
    fen = answer["amount_fen"]
    text = (
        f"您单位每招用一人全年可得社会保险补贴{yuan_text(fen)}，因为按{given['wage_year']}年度平均工资的"
        f"{percent_text(base.value)}为基数，乘{percent_text(float(_rate(p, *_RATES)))}，四舍五入到元。"
    )
    return [wage, _rates_part(p), Part("全年补贴", text, yuan(fen), (base, annual))]


@rule(
    "subsidy.employer_si_annual",
    label="用人单位社会保险补贴（全年）",
    basis="京劳社就发〔2007〕47号；D-07",
    inputs=(WAGE_YEAR,),
    explain=_tell_annual,
)
def employer_si_annual(p: Reader, wage_year: np.ndarray) -> dict[str, np.ndarray]:
    """``amount_fen``: annual average wage × base share × sum of the rates, half up to a whole yuan. NoStandardOnFile outside
    the years in which the sum was fixed for the year; a wage that is not on file flags ``no_standard``."""
    fixed_for_the_year = p("subsidy.employer_si.annual")
    fen, unknown = by_year(p, "wage.average.annual", wage_year)
    of = fraction(p("subsidy.employer_si.base_share")) * _rate(p, *_RATES) / WHOLE_YUAN
    return {"amount_fen": share(fen, of) * WHOLE_YUAN, "no_standard": unknown | (not fixed_for_the_year)}


def _tell_si_monthly(p: Reader, given: dict[str, Any], answer: dict[str, Any]) -> list[Part]:
    kind = p.version("subsidy.employer_si.other_base")
    by_floor = not given["hardship"] and kind.value == "minimum_base"
    actual, fen = yuan_text(given["actual_base_fen"]), answer["amount_fen"]
    if by_floor:
        floors = [p.version(f"si.base.lower_{name}") for name in ("pension_unemployment", "medical")]
        told = "，".join(f"{version.label}{version.value}元" for version in floors)
        text = f"招用的不是就业困难人员，按缴费基数下限补贴：{told}；实际缴费基数{actual}，低于下限的按实际。"
        why = "养老、失业保险和医疗保险各按自己的下限乘补贴比例，相加得出"
        parts = [Part("缴费基数", text, None if answer["no_standard"] else [v.value for v in floors], (kind, *floors))]
    else:
        base = p.version("subsidy.employer_si.base_share")
        wage = year_part(p, "wage.average.annual", given["wage_year"])
        if answer["no_standard"]:
            return [wage]
        most = int(share(np.asarray(to_fen(wage.value)), fraction(base.value) / 12))
        counted = yuan_text(min(most, given["actual_base_fen"]))
        text = (
            f"实际缴费基数{actual}，最高按平均工资除以12的{percent_text(base.value)}即{yuan_text(most)}，"
            f"取较低的{counted}。"
        )
        why = f"缴费基数{counted}乘补贴比例{percent_text(float(_rate(p, *_RATES)))}"
        parts = [wage, Part("缴费基数", text, yuan(given["actual_base_fen"]), (base, kind))]
    closing = f"您单位招用这个人每月可得社会保险补贴{yuan_text(fen)}，因为{why}。"
    return [*parts, _rates_part(p), Part("每月补贴", closing, yuan(fen), (kind,))]


@rule(
    "subsidy.employer_si_monthly",
    label="用人单位社会保险补贴（每月）",
    basis="京人社就发〔2012〕308号；京劳社就发〔2007〕47号；D-07",
    inputs=(WAGE_YEAR, Input("actual_base", "yuan", "实际缴费基数"), Input("hardship", "bool", "招用就业困难人员")),
    explain=_tell_si_monthly,
)
def employer_si_monthly(
    p: Reader, wage_year: np.ndarray, actual_base_fen: np.ndarray, hardship: np.ndarray
) -> dict[str, np.ndarray]:
    """``amount_fen`` a month: the lower of the actual base and the share of the average month (an annual wage ÷ 12, not rounded)
    × the sum of the rates. Where the rule says so, others than hardship persons count on the floor of the contribution base."""
    rate, of = _rate(p, *_RATES), fraction(p("subsidy.employer_si.base_share"))
    annual, unknown = by_year(p, "wage.average.annual", wage_year)
    most = share(annual, of / 12 * rate)
    amount = np.minimum(share(actual_base_fen, rate), most)
    if p("subsidy.employer_si.other_base") == "minimum_base" and not hardship.all():
        floored, no_floor = _on_the_floor(p, actual_base_fen)
        amount, unknown = np.where(hardship, amount, floored), np.where(hardship, unknown, no_floor)
    return {"amount_fen": amount, "no_standard": unknown}


def _on_the_floor(p: Reader, actual_fen: np.ndarray) -> tuple[np.ndarray, bool]:
    """The subsidy on the floor of the base: pension and unemployment on one floor, medical on the other; True when none on file."""
    try:
        common, medical = p.fen("si.base.lower_pension_unemployment"), p.fen("si.base.lower_medical")
    except NoStandardOnFile:
        return np.zeros(actual_fen.shape, dtype=np.int64), True
    common_rate, medical_rate = _rate(p, "pension_rate", "unemployment_rate"), _rate(p, "medical_rate")
    return share(np.minimum(actual_fen, common), common_rate) + share(
        np.minimum(actual_fen, medical), medical_rate
    ), False


def _tell_post(p: Reader, given: dict[str, Any], answer: dict[str, Any]) -> list[Part]:
    least = p.version("subsidy.employer_post.min_contract_months")
    contract = f"劳动合同{given['contract_months']}个月，须满{least.value}个月"
    parts = [condition("合同期", contract, not answer["failed:contract"], least)]
    if "total_fen" in answer:
        sum_of = p.version("subsidy.employer_post.total")
        granted = f"您单位可得岗位补贴共{yuan_text(answer['total_fen'])}"
        return [*parts, verdict("结论", parts, granted, "您单位不能得岗位补贴", yuan(answer["total_fen"]), sum_of)]
    times, wage = p.version("subsidy.employer_post.wage_multiple"), p.version("wage.minimum.monthly")
    pay = f"月工资{yuan_text(given['wage_fen'])}，须不低于最低工资{wage.value}元的{times.value}倍"
    parts.append(condition("工资", pay, not answer["failed:wage"], times, wage))
    yearly = p.version("subsidy.employer_post.per_year")
    granted = f"您单位每年可得岗位补贴{yuan_text(answer['per_year_fen'])}"
    return [*parts, verdict("结论", parts, granted, "您单位不能得岗位补贴", yuan(answer["per_year_fen"]), yearly)]


def _has_total(p: Reader) -> bool:
    try:
        p("subsidy.employer_post.total")
    except NoStandardOnFile:
        return False
    return True


@rule(
    "subsidy.employer_post",
    label="用人单位岗位补贴",
    basis="京劳社就发〔2006〕89号；京人社就发〔2012〕308号",
    inputs=(CONTRACT_MONTHS, Input("wage", "yuan", "月工资", None)),
    explain=_tell_post,
)
def employer_post(p: Reader, contract_months: np.ndarray, wage_fen: np.ndarray | None) -> dict[str, np.ndarray]:
    """While a total is fixed: ``total_fen`` by the length of the contract. From then on ``per_year_fen``, which needs ``wage``
    (InputError without it). Always ``eligible`` and ``failed:contract``, later also ``failed:wage``."""
    contract = contract_months >= p("subsidy.employer_post.min_contract_months")
    if _has_total(p):
        total = np.where(contract, p.fen("subsidy.employer_post.total"), 0)
        return {"eligible": contract, "failed:contract": ~contract, "total_fen": total}
    if wage_fen is None:
        raise InputError("missing_key", "wage", "缺少输入项月工资（wage）：岗位补贴要看工资是否达到最低工资的倍数。")
    paid = reaches(wage_fen, p.fen("wage.minimum.monthly"), fraction(p("subsidy.employer_post.wage_multiple")))
    eligible = contract & paid
    per_year = np.where(eligible, p.fen("subsidy.employer_post.per_year"), 0)
    return {"eligible": eligible, "failed:contract": ~contract, "failed:wage": ~paid, "per_year_fen": per_year}


def _tell_post_rural(p: Reader, given: dict[str, Any], answer: dict[str, Any]) -> list[Part]:
    prefix = "subsidy.employer_post_rural"
    least, yearly = p.version(f"{prefix}.min_contract_months"), p.version(f"{prefix}.per_year")
    contract = f"劳动合同{given['contract_months']}个月，须满{least.value}个月"
    parts = [condition("合同期", contract, answer["eligible"], least)]
    granted = f"您单位每年可得岗位补贴{yuan_text(answer['per_year_fen'])}，其中预拨{yuan_text(answer['advance_fen'])}"
    versions = (yearly, p.version(f"{prefix}.advance"))
    return [*parts, verdict("结论", parts, granted, "您单位不能得岗位补贴", yuan(answer["per_year_fen"]), *versions)]


@rule(
    "subsidy.employer_post_rural",
    label="用人单位岗位补贴（招用农村就业困难人员）",
    basis="京劳社就发〔2009〕15号",
    inputs=(CONTRACT_MONTHS,),
    explain=_tell_post_rural,
)
def employer_post_rural(p: Reader, contract_months: np.ndarray) -> dict[str, np.ndarray]:
    """``per_year_fen`` and the ``advance_fen`` of it, 0 below the least contract; ``eligible``, ``failed:contract``."""
    prefix = "subsidy.employer_post_rural."
    contract = contract_months >= p(f"{prefix}min_contract_months")
    sums = {f"{key}_fen": np.where(contract, p.fen(f"{prefix}{key}"), 0) for key in ("per_year", "advance")}
    return {"eligible": contract, "failed:contract": ~contract, **sums}


SIZES = {"large": "大型企业", "sme": "中小微企业"}


def _tell_refund(p: Reader, given: dict[str, Any], answer: dict[str, Any]) -> list[Part]:
    small = p.version("stable_refund.small_firm_staff")
    is_small = given["staff"] <= small.value
    most = p.version(f"stable_refund.{'small_firm_layoff_max' if is_small else 'layoff_rate_max'}")
    months, ratio = (
        p.version("stable_refund.min_contribution_months"),
        p.version(f"stable_refund.{given['size']}_ratio"),
    )
    size = f"（不超过{small.value}人的小企业）" if is_small else ""
    layoffs = f"职工{given['staff']}人{size}，裁员{given['layoffs']}人，裁员率须不超过{percent_text(most.value)}"
    paid = f"已缴费{given['contribution_months']}个月，须满{months.value}个月"
    parts = [
        condition("裁员率", layoffs, not answer["failed:layoffs"], most, small),
        condition("缴费月数", paid, not answer["failed:contribution"], months),
    ]
    granted = (
        f"您单位可返还{yuan_text(answer['refund_fen'])}，即上年实缴失业保险费{yuan_text(given['contribution_last_year_fen'])}的"
        f"{percent_text(ratio.value)}（{SIZES[given['size']]}）"
    )
    return [*parts, verdict("结论", parts, granted, "您单位不能返还", yuan(answer["refund_fen"]), ratio)]


@rule(
    "stable_refund",
    label="稳岗返还",
    basis="当年稳岗返还政策；D-07",
    inputs=(
        Input("size", "code", "企业规模", codes=frozenset(SIZES)),
        Input("staff", "int", "参保职工人数", minimum=1),
        Input("layoffs", "int", "裁员人数"),
        Input("contribution_last_year", "yuan", "上年实缴失业保险费"),
        Input("contribution_months", "int", "失业保险缴费月数", maximum=LONGEST_CAREER),
    ),
    explain=_tell_refund,
)
def stable_refund(
    p: Reader,
    size: np.ndarray,
    staff: np.ndarray,
    layoffs: np.ndarray,
    contribution_last_year_fen: np.ndarray,
    contribution_months: np.ndarray,
) -> dict[str, np.ndarray]:
    """``refund_fen`` (half up to the fen, 0 when not eligible), ``eligible``, ``failed:layoffs``, ``failed:contribution``."""
    small = staff <= p("stable_refund.small_firm_staff")
    common, lenient = fraction(p("stable_refund.layoff_rate_max")), fraction(p("stable_refund.small_firm_layoff_max"))
    too_many = np.where(small, exceeds(layoffs, staff, lenient), exceeds(layoffs, staff, common))
    too_short = contribution_months < p("stable_refund.min_contribution_months")
    large, sme = (share(contribution_last_year_fen, fraction(p(f"stable_refund.{key}_ratio"))) for key in SIZES)
    eligible = ~too_many & ~too_short
    refund = np.where(eligible, np.where(size == "large", large, sme), 0)
    return {"eligible": eligible, "refund_fen": refund, "failed:layoffs": too_many, "failed:contribution": too_short}
