"""Unemployment benefit rules (ui.*): pure numpy functions over dated parameters, each with its explanation in plain Chinese.

Every function takes a ``Reader`` (parameters on the day) and columns of equal length; one person is a column of one.
Money is whole fen. Sources: 北京市失业保险规定 (令38号/190号), 社会保险法, D-06, D-07; figures live in catalog/policies/ui.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from renben.engines.rules.choosing import either, over_few
from renben.engines.rules.coded import among
from renben.engines.rules.errors import InputError, NoStandardOnFile
from renben.engines.rules.evaluation import Part, yuan, yuan_text
from renben.engines.rules.inputs import Input, month_start, month_text
from renben.engines.rules.parameters import Reader
from renben.engines.rules.people import LONGEST_CAREER
from renben.engines.rules.registry import rule

INVOLUNTARY_OR_NOT = {
    "contract_expired": "劳动合同期满终止",
    "employer_proposed_mutual": "单位提出、双方协商解除",
    "dismissed_by_employer": "被单位解除或辞退",
    "removed_or_expelled": "被单位除名或开除",
    "employer_bankrupt_closed_dissolved": "单位破产、被吊销、关闭或解散",
    "worker_terminates_under_lcl38": "因单位过错由本人依劳动合同法第三十八条解除",
    "resigned": "本人辞职",
    "employee_proposed_mutual": "本人提出、双方协商解除",
}
STOP_EVENTS = {
    "reemployed": "重新就业",
    "military_service": "应征服兵役",
    "emigrated": "移居境外",
    "receives_basic_pension": "享受基本养老保险待遇",
    "imprisoned": "被判刑收监执行",
    "refused_suitable_job_without_reason": "无正当理由拒绝适当工作",
    "refused_training_without_reason": "无正当理由拒绝培训",
    "refused_job_with_good_reason": "有正当理由没有接受工作",
    "convicted_with_probation_not_imprisoned": "被判缓刑、没有收监",
}

TOTAL_ARTICLE = "《北京市失业保险规定》第十七条（月数）和各月有效的发放标准通知（金额）"

CONTRIBUTION_MONTHS = Input("contribution_months", "int", "失业前累计缴费月数", maximum=LONGEST_CAREER)
MONTH_INDEX = Input("benefit_month_index", "int", "领取的第几个月", minimum=1, maximum=LONGEST_CAREER)
MOST_DEPENDANTS = 99
"""More relatives than anybody supports; a greater number is a slip of the keys."""


def years_and_months(months: int) -> str:
    """Full months in words: ``5年``, ``3年7个月``, ``11个月``."""
    years, rest = divmod(int(months), 12)
    return f"{years}年" * bool(years) + f"{rest}个月" * bool(rest or not years)


def entitled_months(p: Reader, contribution_months: np.ndarray) -> np.ndarray:
    """Months of benefit by contribution months (D-06): the table below five years, then one more per full year, capped."""
    table = p("ui.duration.table")
    long_from, basis = p("ui.duration.over5_from_months"), p("ui.duration.over5_basis")
    beyond = (contribution_months // 12 - basis) * p("ui.duration.over5_step_months")
    months = either(contribution_months >= long_from, table.amounts[-1] + beyond, table.at(contribution_months))
    return np.minimum(months, p("ui.duration.cap"))


def _explain_duration(p: Reader, given: dict[str, Any], answer: dict[str, Any]) -> list[Part]:
    paid, months = given["contribution_months"], answer["months"]
    table = p.version("ui.duration.table")
    if paid < table.value.thresholds[0]:
        text = f"累计缴费{years_and_months(paid)}，不满{years_and_months(table.value.thresholds[0])}，可领0个月。"
        return [Part("领取期限", text, months, (table,))]
    names = ["ui.duration.over5_from_months", "ui.duration.over5_basis", "ui.duration.over5_step_months"]
    start, basis, step = (p.version(name) for name in names)
    if paid < start.value:
        text = f"累计缴费{years_and_months(paid)}，按满{paid // 12}年计，可领{months}个月。"
        return [Part("领取期限", text, months, (table,))]
    years, base = paid // 12, table.value.amounts[-1]
    uncapped = base + (years - basis.value) * step.value
    text = (
        f"累计缴费满{years}年，可领{uncapped}个月，因为满{basis.value}年为{base}个月，以后{years - basis.value}个满年"
        f"每年加{step.value}个月。"
    )
    parts = [Part("领取期限", text, uncapped, (table, start, basis, step))]
    cap = p.version("ui.duration.cap")
    if uncapped > cap.value:
        parts.append(Part("期限上限", f"最长{cap.value}个月，超出部分不计，可领{months}个月。", months, (cap,)))
    return parts


@rule(
    "ui.duration",
    label="失业保险金领取期限",
    basis="北京市失业保险规定第十七条；D-06",
    inputs=(CONTRIBUTION_MONTHS,),
    explain=_explain_duration,
)
def duration(p: Reader, contribution_months: np.ndarray) -> dict[str, np.ndarray]:
    """``months`` of benefit, 0 below the first step of the table."""
    return over_few(lambda paid: {"months": entitled_months(p, paid)}, contribution_months)


def _explain_merge(p: Reader, given: dict[str, Any], answer: dict[str, Any]) -> list[Part]:
    unused = given["first_entitled"] - given["first_received"]
    fresh = int(entitled_months(p, np.asarray([given["new_contribution_months"]]))[0])
    merge, continues = p.version("ui.duration.merge"), p.version("ui.duration.continue_if_reemployed_under_12_months")
    cap, months = p.version("ui.duration.cap"), answer["months"]
    parts = [
        Part(
            "前次剩余",
            f"前次可领{given['first_entitled']}个月，已领{given['first_received']}个月，剩余{unused}个月。",
            unused,
        )
    ]
    if fresh:
        parts += _explain_duration(p, {"contribution_months": given["new_contribution_months"]}, {"months": fresh})
        text = f"剩余{unused}个月加新核定{fresh}个月，最长{cap.value}个月，可领{months}个月。"
        parts.append(Part("合并计算", text, months, (merge, cap)))
    elif continues.value:
        text = f"再就业缴费不满一年又失业，接着领取前次剩余，可领{months}个月。"
        parts.append(Part("续领前次剩余", text, months, (continues, cap)))
    else:
        text = "再就业缴费不满一年，没有新的领取期限；这一时期的文件没有续领前次剩余的规定，可领0个月。"
        parts.append(Part("续领前次剩余", text, months, (continues,)))
    return parts


@rule(
    "ui.duration_merge",
    label="再次失业领取期限",
    basis="北京市失业保险规定第十八条；京人社评发〔2024〕17号第十二条",
    inputs=(
        Input("first_entitled", "int", "前次核定月数", maximum=LONGEST_CAREER),
        Input("first_received", "int", "前次已领月数", maximum=LONGEST_CAREER),
        Input("new_contribution_months", "int", "再就业后的缴费月数", maximum=LONGEST_CAREER),
    ),
    explain=_explain_merge,
)
def duration_merge(
    p: Reader, first_entitled: np.ndarray, first_received: np.ndarray, new_contribution_months: np.ndarray
) -> dict[str, np.ndarray]:
    """``months`` of the second spell: unused + new, capped; without a new entitlement the rest only where it may be continued."""
    unused = first_entitled - first_received
    if (unused < 0).any():
        raise InputError("out_of_range", "first_received", "前次已领月数（first_received）多于前次核定月数。")
    fresh = entitled_months(p, new_contribution_months)
    if p("ui.duration.merge") != "unused_plus_new":
        raise NoStandardOnFile("ui.duration.merge", "两次失业合并计算", p.date, "合并办法不是已知的写法。")
    kept = unused if p("ui.duration.continue_if_reemployed_under_12_months") else np.zeros_like(unused)
    return {"months": np.minimum(np.where(fresh > 0, unused + fresh, kept), p("ui.duration.cap"))}


def _explain_amount(p: Reader, given: dict[str, Any], answer: dict[str, Any]) -> list[Part]:
    paid, index, fen = given["contribution_months"], given["benefit_month_index"], answer["amount_fen"]
    standard = p.version("ui.benefit.monthly")
    if paid < standard.value.thresholds[0]:
        return [Part("月标准", f"累计缴费{years_and_months(paid)}，不满1年，没有月标准。", 0, (standard,))]
    first_tier = p.version("ui.benefit.first_tier_from_index")
    since = standard.valid_from.isoformat()
    if index >= first_tier.value:
        text = f"第{index}个月起按第一档发放（从第{first_tier.value}个月开始），每月{yuan_text(fen)}，标准自{since}起执行。"
        return [Part("月标准", text, yuan(fen), (standard, first_tier))]
    text = f"失业前缴费满{paid // 12}年，每月{yuan_text(fen)}，标准自{since}起执行。"
    return [Part("月标准", text, yuan(fen), (standard,))]


@rule(
    "ui.amount_month",
    label="失业保险金月标准",
    basis="历次失业保险金发放标准调整通知；D-07",
    inputs=(CONTRIBUTION_MONTHS, MONTH_INDEX),
    explain=_explain_amount,
)
def amount_month(p: Reader, contribution_months: np.ndarray, benefit_month_index: np.ndarray) -> dict[str, np.ndarray]:
    """``amount_fen`` of one month by the standard in force on the day; 0 below one year. NoStandardOnFile in a gap."""
    return over_few(partial(_amount, p), contribution_months, benefit_month_index)


def _amount(p: Reader, contribution_months: np.ndarray, benefit_month_index: np.ndarray) -> dict[str, np.ndarray]:
    """The rule itself: the first tier from a certain month on, for everybody."""
    scale = p.fen("ui.benefit.monthly")
    own = scale.at(contribution_months)
    first = np.minimum(own, scale.amounts[0])
    return {"amount_fen": either(benefit_month_index >= p("ui.benefit.first_tier_from_index"), first, own)}


def _explain_total(p: Reader, given: dict[str, Any], answer: dict[str, Any]) -> list[Part]:
    parts = _explain_duration(p, given, answer)
    runs: list[list[Any]] = []
    for index in range(1, answer["months"] + 1):
        number = given["first_paid_month"] + index - 1
        there = p.on(month_start(number))
        try:
            row = amount_month(there, np.asarray([given["contribution_months"]]), np.asarray([index]))
            found, gap = (int(row["amount_fen"][0]), there.version("ui.benefit.monthly")), ""
        except NoStandardOnFile as error:
            found, gap = (None, None), error.reason
        if runs and runs[-1][2] == found:
            runs[-1][1] = number
        else:
            runs.append([number, number, found, gap])
    for begin, end, (fen, version), gap in runs:
        span = month_text(begin) if begin == end else f"{month_text(begin)}至{month_text(end)}"
        if fen is None:
            parts.append(Part("分月金额", f"{span}没有现行标准：{gap}", None))
            continue
        count = end - begin + 1
        text = f"{span}共{count}个月，每月{yuan_text(fen)}，计{yuan_text(fen * count)}。"
        parts.append(Part("分月金额", text, yuan(fen * count), (version,)))
    if not answer["no_standard"]:
        text = f"共{answer['months']}个月，合计{yuan_text(answer['total_fen'])}。"
        parts.append(Part("合计", text, yuan(answer["total_fen"]), article=TOTAL_ARTICLE))
    return parts


@rule(
    "ui.total",
    label="失业保险金总额",
    basis="北京市失业保险规定第十七条；各月按当月一日的标准；D-07",
    inputs=(CONTRIBUTION_MONTHS, Input("first_paid_month", "month", "起发月份")),
    explain=_explain_total,
)
def total(p: Reader, contribution_months: np.ndarray, first_paid_month: np.ndarray) -> dict[str, np.ndarray]:
    """``months`` and ``total_fen``: each month by the standard on its first day; a month in a gap flags ``no_standard``."""
    return over_few(partial(_total, p), contribution_months, first_paid_month)


def _total(p: Reader, contribution_months: np.ndarray, first_paid_month: np.ndarray) -> dict[str, np.ndarray]:
    """The rule itself, month by month of the longest spell."""
    months = entitled_months(p, contribution_months)
    total_fen = np.zeros(months.shape, dtype=np.int64)
    blocked = np.zeros(months.shape, dtype=bool)
    entitled = months > 0
    if not entitled.any():
        return {"months": months, "total_fen": total_fen, "no_standard": blocked}
    first = int(first_paid_month[entitled].min())
    after_last = int((first_paid_month + months)[entitled].max())
    scales, first_tier_from, known = [], [], []
    for number in range(first, after_last):
        there = p.on(month_start(number))
        try:
            scales.append(there.fen("ui.benefit.monthly"))
            first_tier_from.append(there("ui.benefit.first_tier_from_index"))
            known.append(True)
        except NoStandardOnFile:
            scales.append(None)
            first_tier_from.append(1)
            known.append(False)
    steps = np.asarray(sorted({low for scale in scales if scale for low in scale.thresholds}) or [0])
    table = np.zeros((len(scales), steps.size + 1), dtype=np.int64)
    lowest = np.zeros(len(scales), dtype=np.int64)
    for row, scale in enumerate(scales):
        if scale:
            table[row, 1:] = scale.at(steps)
            lowest[row] = scale.amounts[0]
    known_months, tier_limit = np.asarray(known), np.asarray(first_tier_from)
    tier = np.searchsorted(steps, contribution_months, side="right")
    for index in range(1, int(months.max()) + 1):
        receives = months >= index
        month = np.where(receives, first_paid_month + index - 1 - first, 0)
        own = table[month, tier]
        fen = np.where(index >= tier_limit[month], np.minimum(own, lowest[month]), own)
        total_fen += np.where(receives, fen, 0)
        blocked |= receives & ~known_months[month]
    return {"months": months, "total_fen": total_fen, "no_standard": blocked}


def _explain_farm(p: Reader, given: dict[str, Any], answer: dict[str, Any]) -> list[Part]:
    unit, limit = p.version("ui.farm_contract_worker.monthly_unit"), p.version("ui.farm_contract_worker.max_months")
    years = given["continuous_contribution_months"] // 12
    text = f"连续缴费满{years}年，每满一年发一个月，最多{limit.value}个月，计{answer['months']}个月。"
    money = f"{answer['months']}个月，每月{yuan_text(p.fen(unit.name))}，一次发给{yuan_text(answer['amount_fen'])}。"
    return [
        Part("补助月数", text, answer["months"], (limit,)),
        Part("补助金额", money, yuan(answer["amount_fen"]), (unit,)),
    ]


@rule(
    "ui.farm_lump_sum",
    label="农民合同制工人一次性生活补助",
    basis="北京市失业保险规定第二十二条",
    inputs=(Input("continuous_contribution_months", "int", "连续缴费月数", maximum=LONGEST_CAREER),),
    explain=_explain_farm,
)
def farm_lump_sum(p: Reader, continuous_contribution_months: np.ndarray) -> dict[str, np.ndarray]:
    """``months`` (full years, capped) and ``amount_fen`` by the unit in force on the day."""
    unit_fen = p.fen("ui.farm_contract_worker.monthly_unit")
    months = np.minimum(continuous_contribution_months // 12, p("ui.farm_contract_worker.max_months"))
    return {"months": months, "amount_fen": months * unit_fen}


def _explain_medical(p: Reader, given: dict[str, Any], answer: dict[str, Any]) -> list[Part]:
    if answer["scheme"] == "medical_subsidy":
        ratio = p.version("ui.medical_subsidy_ratio")
        text = f"累计缴费{years_and_months(given['contribution_months'])}，领取期间符合规定的医疗费按{answer['ratio']:.0%}补助。"
        return [Part("医疗补助金", text, answer["ratio"], (ratio,))]
    fund, own = p.version("ui.medical_insurance_paid_by_fund"), p.version("ui.medical_individual_pays")
    text = f"领取期间参加职工基本医疗保险，保险费由失业保险基金缴纳，个人缴{yuan_text(p.fen(own.name))}。"
    return [Part("职工基本医疗保险", text, 0, (fund, own))]


@rule(
    "ui.medical",
    label="领取期间的医疗待遇",
    basis="北京市失业保险规定第二十三条；社会保险法第四十八条",
    inputs=(CONTRIBUTION_MONTHS,),
    explain=_explain_medical,
)
def medical(p: Reader, contribution_months: np.ndarray) -> dict[str, Any]:
    """``scheme`` with ``ratio`` (share of medical costs) until the fund pays employee medical insurance, then ``individual_pays``."""
    try:
        paid_by_fund = p("ui.medical_insurance_paid_by_fund")
    except NoStandardOnFile:
        paid_by_fund = False
    if paid_by_fund:
        nothing = np.full(contribution_months.shape, p.fen("ui.medical_individual_pays"))
        return {"scheme": "employee_medical_insurance", "individual_pays_fen": nothing}
    return {"scheme": "medical_subsidy", "ratio": p("ui.medical_subsidy_ratio").at(contribution_months, below=0.0)}


def _explain_dependants(p: Reader, given: dict[str, Any], answer: dict[str, Any]) -> list[Part]:
    version = p.version("ui.death.dependant_multiples")
    times = int(version.value.at(np.asarray([given["dependants"]]))[0])
    columns = {key: np.asarray([given[key]]) for key in ("contribution_months", "benefit_month_index")}
    month = {key: int(value[0]) for key, value in amount_month(p, **columns).items()}
    text = f"供养{given['dependants']}人，按{times}倍发给，{times}×{yuan_text(month['amount_fen'])}＝{yuan_text(answer['amount_fen'])}。"
    return [*_explain_amount(p, given, month), Part("抚恤金", text, yuan(answer["amount_fen"]), (version,))]


@rule(
    "ui.dependants_grant",
    label="供养直系亲属抚恤金",
    basis="北京市失业保险规定第二十四条",
    inputs=(CONTRIBUTION_MONTHS, MONTH_INDEX, Input("dependants", "int", "供养直系亲属人数", maximum=MOST_DEPENDANTS)),
    explain=_explain_dependants,
)
def dependants_grant(
    p: Reader, contribution_months: np.ndarray, benefit_month_index: np.ndarray, dependants: np.ndarray
) -> dict[str, np.ndarray]:
    """``amount_fen``: the multiple for the number of dependants × the benefit of that month."""
    month_fen = amount_month(p, contribution_months, benefit_month_index)["amount_fen"]
    return {"amount_fen": p("ui.death.dependant_multiples").at(dependants) * month_fen}


def _explain_eligibility(p: Reader, given: dict[str, Any], answer: dict[str, Any]) -> list[Part]:
    least, reasons = p.version("ui.eligibility.min_contribution_months"), p.version("ui.involuntary_reasons")
    conditions = p.version("ui.eligibility.conditions")
    reason = INVOLUNTARY_OR_NOT[given["separation_reason"]]
    paid = years_and_months(given["contribution_months"])
    rows = {
        "contribution": ("缴费", f"累计缴费{paid}，须满{least.value}个月", least),
        "involuntary": ("离职原因", f"离职原因为“{reason}”，须为非本人意愿中断就业", reasons),
        "registered": ("失业登记", f"{'已' if given['registered'] else '没有'}办理失业登记", conditions),
        "seeks_work": ("求职要求", f"{'有' if given['seeks_work'] else '没有'}求职要求", conditions),
    }
    parts = []
    for code in conditions.value:
        label, text, version = rows[code]
        holds = not answer[f"failed:{code}"]
        parts.append(Part(label, f"{text}：{'符合' if holds else '不符合'}。", holds, (version,)))
    return parts


@rule(
    "ui.eligibility",
    label="领取失业保险金的条件",
    basis="失业保险条例第十四条；社会保险法第四十五条；北京市失业保险规定第十三条",
    inputs=(
        CONTRIBUTION_MONTHS,
        Input("registered", "bool", "已办理失业登记"),
        Input("seeks_work", "bool", "有求职要求"),
        Input("separation_reason", "code", "离职原因", codes=frozenset(INVOLUNTARY_OR_NOT)),
    ),
    explain=_explain_eligibility,
)
def eligibility(
    p: Reader,
    contribution_months: np.ndarray,
    registered: np.ndarray,
    seeks_work: np.ndarray,
    separation_reason: np.ndarray,
) -> dict[str, np.ndarray]:
    """``eligible`` and one ``failed:<condition>`` flag for each condition in force on the day."""
    holds = {
        "contribution": contribution_months >= p("ui.eligibility.min_contribution_months"),
        "involuntary": among(separation_reason, p("ui.involuntary_reasons")),
        "registered": registered,
        "seeks_work": seeks_work,
    }
    conditions = p("ui.eligibility.conditions")
    eligible = np.logical_and.reduce([holds[code] for code in conditions])
    return {"eligible": eligible, **{f"failed:{code}": ~holds[code] for code in conditions}}


def _explain_stop(p: Reader, given: dict[str, Any], answer: dict[str, Any]) -> list[Part]:
    events = p.version("ui.stop_events")
    text = f"“{STOP_EVENTS[given['event']]}”{'属于' if answer['stop'] else '不属于'}停发情形。"
    return [Part("停发", text, answer["stop"], (events,))]


@rule(
    "ui.stop",
    label="停发失业保险金",
    basis="北京市失业保险规定第十四条；社会保险法第五十一条",
    inputs=(Input("event", "code", "发生的情形", codes=frozenset(STOP_EVENTS)),),
    explain=_explain_stop,
)
def stop(p: Reader, event: np.ndarray) -> dict[str, np.ndarray]:
    """``stop``: true when the event is on the list in force on the day."""
    return {"stop": among(event, p("ui.stop_events"))}
