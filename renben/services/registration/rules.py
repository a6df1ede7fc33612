"""Rules of registration: deregistration, and the benefit decision that puts the ui.* rules of ``benefit_rules`` together.

Pure: no database, no clock, no request. Importing this module registers the domains ui.* and unemp_reg.*.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import numpy as np

from renben.engines.rules.errors import NoStandardOnFile
from renben.engines.rules.evaluation import Determination, Part, evaluate, ruleset_hash, yuan, yuan_text
from renben.engines.rules.inputs import Input, month_start, month_text
from renben.engines.rules.parameters import Parameters, Reader, Version, load_parameters
from renben.engines.rules.people import LONGEST_CAREER
from renben.engines.rules.registry import rule

from .benefit_rules import TOTAL_ARTICLE, amount_month

DEREGISTER_FLAGS = {
    "pension": "已享受基本养老保险待遇",
    "hired": "被用人单位录用",
    "self_employed_licensed": "已领取营业执照从事经营",
    "disabled_totally": "完全丧失劳动能力",
    "study_military_emigrate": "升学、应征服役或移居境外",
    "imprisoned": "被判刑收监执行",
    "refused_service": "放弃或拒绝接受就业服务",
}


def _explain_deregister(p: Reader, given: dict[str, Any], answer: dict[str, Any]) -> list[Part]:
    reasons = p.version("unemp_reg.dereg_reasons")
    parts = [
        Part("注销情形", f"{text}，应当注销失业登记。", True, (reasons,))
        for code, text in DEREGISTER_FLAGS.items()
        if given[code] and code in reasons.value
    ]
    if given["no_contact_months"] is not None:
        limit = p.version("unemp_reg.no_contact_months")
        ends = given["no_contact_months"] >= limit.value
        text = f"连续{given['no_contact_months']}个月没有联系，满{limit.value}个月的注销：{'应当注销' if ends else '还不注销'}。"
        parts.append(Part("联系情况", text, ends, (limit,)))
    if given["stable_income_fen"] is not None:
        try:
            wage = p.version("wage.minimum.monthly")
        except NoStandardOnFile as error:
            parts.append(Part("稳定收入", str(error), None))
        else:
            ends = given["stable_income_fen"] >= p.fen("wage.minimum.monthly")
            text = f"月收入{yuan_text(given['stable_income_fen'])}，最低工资{yuan_text(p.fen(wage.name))}："
            text += "达到最低工资，应当注销。" if ends else "低于最低工资，还不注销。"
            parts.append(Part("稳定收入", text, ends, (wage, reasons)))
    if given["retraining"]:
        parts.append(Part("参加培训", "参加培训本身不影响失业登记。", False, (reasons,)))
    return parts


@rule(
    "unemp_reg.deregister",
    label="注销失业登记",
    basis="就业服务与就业管理规定第六十五条",
    inputs=(
        Input("no_contact_months", "int", "连续未联系月数", None, maximum=LONGEST_CAREER),
        Input("stable_income", "yuan", "稳定的月收入", None),
        *(Input(code, "bool", text, False) for code, text in DEREGISTER_FLAGS.items()),
        Input("retraining", "bool", "参加职业培训", False),
    ),
    explain=_explain_deregister,
    one_of=True,
)
def deregister(
    p: Reader,
    no_contact_months: np.ndarray | None,
    stable_income_fen: np.ndarray | None,
    pension: np.ndarray,
    hired: np.ndarray,
    self_employed_licensed: np.ndarray,
    disabled_totally: np.ndarray,
    study_military_emigrate: np.ndarray,
    imprisoned: np.ndarray,
    refused_service: np.ndarray,
    retraining: np.ndarray,
) -> dict[str, np.ndarray]:
    """``deregister``: any reason of the list holds. ``retraining`` is taken and never counts.

    An income cannot be judged while no minimum wage is on file: ``no_standard`` unless another reason already decides.
    """
    flags = {
        "pension": pension,
        "hired": hired,
        "self_employed_licensed": self_employed_licensed,
        "disabled_totally": disabled_totally,
        "study_military_emigrate": study_military_emigrate,
        "imprisoned": imprisoned,
        "refused_service": refused_service,
    }
    reasons = p("unemp_reg.dereg_reasons")
    ends = np.zeros(retraining.shape, dtype=bool)
    unknown = ends.copy()
    for code, flag in flags.items():
        if code in reasons:
            ends = ends | flag
    if no_contact_months is not None and "no_contact_months" in reasons:
        ends = ends | (no_contact_months >= p("unemp_reg.no_contact_months"))
    if stable_income_fen is not None and "stable_income" in reasons:
        try:
            ends = ends | (stable_income_fen >= p.fen("wage.minimum.monthly"))
        except NoStandardOnFile:
            unknown = ~ends
    return {"deregister": ends, "no_standard": unknown}


@dataclass(frozen=True)
class MonthlyAmount:
    """One month of the schedule. ``amount_fen`` is None when no standard is on file (D-07)."""

    month: str
    index: int
    amount_fen: int | None
    document: str
    standard_from: date | None = None
    at_current_standard: bool = False
    to_be_checked: bool = False

    @property
    def mark(self) -> str:
        """What the screen writes beside the amount."""
        if self.amount_fen is None:
            return "无现行标准"
        return "、".join(["按现行标准"] * self.at_current_standard + ["待核"] * self.to_be_checked)


@dataclass(frozen=True)
class Blocked:
    """A reason why nothing may be paid yet, with the months concerned."""

    code: str
    text: str
    months: tuple[str, ...] = ()


@dataclass(frozen=True)
class BenefitDecision:
    """The decision on a claim. ``kind`` is ``monthly`` or ``farm_lump_sum``; ``total_fen`` is None while a standard is missing.

    ``medical`` is the result of ui.medical for an eligible monthly claim, otherwise None.
    """

    kind: str
    as_of: date
    inputs: dict[str, Any]
    eligible: bool
    failed: tuple[str, ...]
    months: int
    schedule: tuple[MonthlyAmount, ...]
    total_fen: int | None
    medical: dict[str, Any] | None
    blocked: tuple[Blocked, ...]
    parts: tuple[Part, ...]
    parameters: tuple[Version, ...]

    @property
    def is_payable(self) -> bool:
        """True when the person is eligible and nothing blocks the payment."""
        return self.eligible and not self.blocked

    @property
    def marks(self) -> tuple[str, ...]:
        """All 待核 marks of the parts, each once."""
        return tuple(dict.fromkeys(mark for part in self.parts for mark in part.marks))

    def as_json(self) -> dict[str, Any]:
        """The stored and printed form: amounts in yuan, every part with its article."""
        return {
            "kind": self.kind,
            "as_of": self.as_of.isoformat(),
            "inputs": self.inputs,
            "result": {
                "eligible": self.eligible,
                "failed": list(self.failed),
                "months": self.months,
                "schedule": [
                    {
                        "month": row.month,
                        "index": row.index,
                        "amount": None if row.amount_fen is None else yuan(row.amount_fen),
                        "document": row.document,
                        "mark": row.mark,
                    }
                    for row in self.schedule
                ],
                "total": None if self.total_fen is None else yuan(self.total_fen),
                "medical": self.medical,
                "blocked": [{"code": b.code, "text": b.text, "months": list(b.months)} for b in self.blocked],
            },
            "parts": [part.as_json() for part in self.parts],
            "marks": list(self.marks),
            "parameters": [version.as_json() for version in self.parameters],
            "missing": [b.text for b in self.blocked if b.code == NoStandardOnFile.code],
            "ruleset": ruleset_hash(),
        }


@dataclass
class _Draft:
    """What a decision gathers while it is worked out."""

    parts: list[Part] = field(default_factory=list)
    used: dict[tuple[str, date], Version] = field(default_factory=dict)
    blocked: list[Blocked] = field(default_factory=list)

    def take(self, found: Determination) -> Determination:
        """Keep the parts and parameters of a determination; one that could not be answered blocks the payment."""
        self.parts.extend(found.parts)
        self.used.update({(version.name, version.valid_from): version for version in found.parameters})
        if not found.is_answered:
            self.blocked.append(Blocked(found.result["error"], "；".join(found.missing)))
        return found


def _monthly_schedule(
    draft: _Draft, reader: Callable[[date], Reader], *, contribution_months: int, months: int, first: int, today: date
) -> tuple[MonthlyAmount, ...]:
    """Each month by the standard on its first day; a month that has not begun by the standard in force today."""
    rows = []
    for index in range(1, months + 1):
        number = first + index - 1
        begins_on = month_start(number)
        future = begins_on > today
        p = reader(today if future else begins_on)
        try:
            answer = amount_month(p, np.asarray([contribution_months]), np.asarray([index]))
            standard = p.version("ui.benefit.monthly")
        except NoStandardOnFile:
            rows.append(MonthlyAmount(month_text(number), index, None, ""))
            continue
        fen = int(answer["amount_fen"][0])
        rows.append(
            MonthlyAmount(
                month_text(number), index, fen, standard.document, standard.valid_from, future, standard.needs_check
            )
        )
    draft.parts.extend(_schedule_parts(rows, draft.used))
    gap = tuple(row.month for row in rows if row.amount_fen is None)
    if gap:
        text = f"{gap[0]}至{gap[-1]}中有{len(gap)}个月没有现行标准，查到文件以前不能发放。"
        draft.blocked.append(Blocked(NoStandardOnFile.code, text, gap))
    return tuple(rows)


def _schedule_parts(rows: list[MonthlyAmount], used: dict[tuple[str, date], Version]) -> list[Part]:
    """The schedule told in runs of equal amount, document and mark."""
    runs: list[list[MonthlyAmount]] = []
    for row in rows:
        before = runs[-1][-1] if runs else None
        if before and replace(row, month=before.month, index=before.index) == before:
            runs[-1].append(row)
        else:
            runs.append([row])
    parts = []
    for run in runs:
        span = run[0].month if len(run) == 1 else f"{run[0].month}至{run[-1].month}"
        if run[0].amount_fen is None:
            parts.append(Part("分月金额", f"{span}没有现行标准，不推算。", None))
            continue
        note = "（这些月份还没有到，按现行标准）" if run[0].at_current_standard else ""
        text = f"{span}共{len(run)}个月，每月{yuan_text(run[0].amount_fen)}{note}。"
        parts.append(
            Part("分月金额", text, yuan(run[0].amount_fen), (used["ui.benefit.monthly", run[0].standard_from],))
        )
    return parts


def _check_start(draft: _Draft, p: Reader, *, registered_on: date | None, first: int) -> None:
    """Nothing is paid for a month before the one in which the right begins."""
    if registered_on is None:
        return
    try:
        start = p.version("ui.payment_start")
    except NoStandardOnFile:
        return
    begins = registered_on.year * 12 + registered_on.month - 1
    what = "失业登记当月" if start.value == "month_of_registration" else "核定当月"
    draft.parts.append(Part("起发月份", f"从{what}起发，首发月份为{month_text(first)}。", month_text(first), (start,)))
    if first < begins:
        text = f"首发月份{month_text(first)}早于失业登记的{month_text(begins)}，请改正首发月份。"
        draft.blocked.append(Blocked("before_registration", text, (month_text(first),)))


def benefit_decision(
    *,
    contribution_months: int,
    registered_on: date | None,
    separation_reason: str,
    registered: bool,
    seeks_work: bool,
    first_paid_month: str,
    farm_contract: bool = False,
    as_of: date,
    today: date | None = None,
    parameters: Parameters | None = None,
) -> BenefitDecision:
    """Decide a benefit claim in full on ``as_of`` (J-4.2.1, Q-1.2.3, D-06, D-07, D-29).

    ``first_paid_month`` is ``YYYY-MM``; months that begin after ``today`` (default ``as_of``) take the standard of today and say so.
    With ``farm_contract`` the claim is the lump sum for full years of continuous contribution, judged by contribution alone
    (失业保险条例第二十一条). InputError names a bad input.
    """
    today = today or as_of
    parameters = parameters or load_parameters()
    first = Input("first_paid_month", "month", "起发月份").one(first_paid_month)
    draft = _Draft()

    def reader(on: date) -> Reader:
        return Reader(parameters, on, draft.used)

    claim = {
        "contribution_months": contribution_months,
        "registered": registered,
        "seeks_work": seeks_work,
        "separation_reason": separation_reason,
    }
    found = draft.take(evaluate("ui.eligibility", as_of, claim, parameters=parameters))
    failed = tuple(found.result.get("failed", ()))
    if farm_contract:
        failed = tuple(code for code in failed if code == "contribution")
        draft.parts = [part for part in draft.parts if part.label == "缴费" or part.value is None]
    eligible = found.is_answered and not failed
    months, schedule, total_fen, medical = 0, (), 0, None
    if eligible and farm_contract:
        lump = {"continuous_contribution_months": contribution_months}
        sum_found = draft.take(evaluate("ui.farm_lump_sum", as_of, lump, parameters=parameters))
        months = sum_found.result.get("months", 0)
        total_fen = round(sum_found.result["amount"] * 100) if sum_found.is_answered else None
        document = sum_found.parts[-1].citation if sum_found.is_answered else ""
        schedule = (MonthlyAmount(first_paid_month, 1, total_fen, document),)
    elif eligible:
        paid = {"contribution_months": contribution_months}
        months = draft.take(evaluate("ui.duration", as_of, paid, parameters=parameters)).result.get("months", 0)
        _check_start(draft, reader(registered_on or as_of), registered_on=registered_on, first=first)
        schedule = _monthly_schedule(
            draft, reader, contribution_months=contribution_months, months=months, first=first, today=today
        )
        known = [row.amount_fen for row in schedule if row.amount_fen is not None]
        total_fen = sum(known) if len(known) == len(schedule) else None
        if total_fen is not None:
            draft.parts.append(
                Part("合计", f"共{months}个月，合计{yuan_text(total_fen)}。", yuan(total_fen), article=TOTAL_ARTICLE)
            )
        covered = draft.take(evaluate("ui.medical", as_of, paid, parameters=parameters))
        medical = covered.result if covered.is_answered else None
    elif not found.is_answered:
        total_fen = None
    return BenefitDecision(
        kind="farm_lump_sum" if farm_contract else "monthly",
        as_of=as_of,
        inputs={
            **claim,
            "registered_on": registered_on.isoformat() if registered_on else None,
            "first_paid_month": first_paid_month,
            "farm_contract": farm_contract,
        },
        eligible=eligible,
        failed=failed,
        months=months,
        schedule=schedule,
        total_fen=total_fen,
        medical=medical,
        blocked=tuple(draft.blocked),
        parts=tuple(draft.parts),
        parameters=tuple(draft.used.values()),
    )
