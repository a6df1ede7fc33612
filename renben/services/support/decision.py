"""Whether, how long and how much: the subsidy's domains put together into one decision that explains itself.

Pure: no database, no clock, no request. Money is whole fen. A month without a standard on file stays without an amount (D-07).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from renben.engines.rules.errors import NoStandardOnFile
from renben.engines.rules.evaluation import Part, evaluate, ruleset_hash, yuan, yuan_text
from renben.engines.rules.parameters import Parameters, Reader, Version, load_parameters
from renben.services.support.codes import DOMAIN, Insurance, Kind
from renben.services.support.months import Bounds, birthday, first_of, full_months, plan, shifted

KIND = "subsidy.decision"
AMOUNT = "subsidy.self_flexible_monthly"
WAGE_YEAR_FROM = "subsidy.self_flexible.wage_year_from_month"
RETIREMENT = {"M": "labour.retirement_age_male", "F": "labour.retirement_age_female"}


@dataclass(frozen=True)
class Claim:
    """The facts of an application. `used` are months drawn before, under either subsidy; `again` says that one was enjoyed."""

    kind: str
    sex: str
    birth_on: dt.date
    disability: str
    started_on: dt.date
    is_registered: bool
    is_archive_deposited: bool
    insurances: tuple[str, ...]
    retire_on: dt.date
    used: int = 0
    again: bool = False


@dataclass(frozen=True)
class MonthAmount:
    """What one month brings. `fen` is None, with the `reason`, when no standard is on file."""

    month: dt.date
    fen: int | None
    document: str = ""
    reason: str = ""
    parts: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class SubsidyDecision:
    """The answer: eligible or each failed condition; the ceiling, what was drawn, the months granted and what each brings."""

    as_of: dt.date
    inputs: dict[str, Any]
    eligible: bool
    failed: tuple[str, ...]
    ceiling: int
    used: int
    schedule: tuple[MonthAmount, ...]
    parts: tuple[Part, ...]
    parameters: tuple[Version, ...]
    missing: tuple[str, ...]

    @property
    def months(self) -> int:
        return len(self.schedule)

    @property
    def total_fen(self) -> int | None:
        """Over all months granted; None while one of them has no standard."""
        amounts = [row.fen for row in self.schedule]
        return None if None in amounts else sum(amounts)

    def as_json(self) -> dict[str, Any]:
        """The stored form: amounts in yuan, every part with its article."""
        total = self.total_fen
        return {
            "as_of": self.as_of.isoformat(),
            "inputs": self.inputs,
            "result": {
                "eligible": self.eligible,
                "failed": list(self.failed),
                "ceiling": self.ceiling,
                "used": self.used,
                "months": self.months,
                "first": f"{self.schedule[0].month:%Y-%m}" if self.schedule else None,
                "last": f"{self.schedule[-1].month:%Y-%m}" if self.schedule else None,
                "total": None if total is None else yuan(total),
                "schedule": [
                    {
                        "month": f"{row.month:%Y-%m}",
                        "amount": None if row.fen is None else yuan(row.fen),
                        "document": row.document,
                        "reason": row.reason,
                    }
                    for row in self.schedule
                ],
            },
            "parts": [part.as_json() for part in self.parts],
            "parameters": [version.as_json() for version in self.parameters],
            "missing": list(self.missing),
            "ruleset": ruleset_hash(),
        }


def retirement_day(sex: str, birth_on: dt.date, on: dt.date) -> dt.date:
    """The day statutory retirement age is reached by the standard of `on`. NoStandardOnFile when none is on file."""
    return birthday(birth_on, int(Reader(load_parameters(), on)(RETIREMENT[sex])))


def wage_year_of(month: dt.date, parameters: Parameters | None = None) -> int:
    """The year whose average wage a month is reckoned by: the preceding one, from the month in which the new base begins."""
    begins = int(Reader(parameters or load_parameters(), month)(WAGE_YEAR_FROM))
    return month.year - 1 if month.month >= begins else month.year - 2


def amount_of(
    month: dt.date, insurances: Sequence[str], *, today: dt.date, parameters: Parameters | None = None
) -> MonthAmount:
    """What a month brings for these insurances by the standard on its first day; a month not begun yet by today's."""
    month = first_of(month)
    on = min(month, first_of(today))
    try:
        year = wage_year_of(on, parameters)
    except NoStandardOnFile as error:
        return MonthAmount(month, None, reason=str(error))
    found = evaluate(AMOUNT, on, {"wage_year": year}, parameters=parameters)
    if not found.is_answered:
        return MonthAmount(month, None, reason="；".join(found.missing))
    parts = tuple((name, round(found.result[name] * 100)) for name in Insurance.values if name in insurances)
    documents = dict.fromkeys(version.document for version in found.parameters if "subsidy" in version.name)
    return MonthAmount(month, sum(fen for _, fen in parts), "；".join(documents), parts=parts)


def domain_inputs(claim: Claim, on: dt.date) -> dict[str, Any]:
    """The claim as the domain of its kind takes it."""
    common = {
        "sex": claim.sex,
        "age": max(0, full_months(claim.birth_on, on) // 12),
        "disability": claim.disability,
        "employment_registered": claim.is_registered,
    }
    if claim.kind == Kind.SELF_EMPLOYED:
        return common | {
            "business_months": full_months(claim.started_on, on),
            "archive_deposited": claim.is_archive_deposited,
            "enjoyed_before": claim.again,
        }
    return common | {
        "flexible_days": max(0, (on - claim.started_on).days),
        "again": claim.again,
        "months_to_retirement": full_months(on, claim.retire_on),
    }


def _runs(schedule: Sequence[MonthAmount]) -> list[list[MonthAmount]]:
    """Consecutive months of the same amount and document."""
    runs: list[list[MonthAmount]] = []
    for row in schedule:
        before = runs[-1][-1] if runs else None
        same = before is not None and (before.fen, before.document, before.reason) == (
            row.fen,
            row.document,
            row.reason,
        )
        if same and shifted(before.month, 1) == row.month:
            runs[-1].append(row)
        else:
            runs.append([row])
    return runs


def _amount_parts(schedule: Sequence[MonthAmount], today: dt.date) -> list[Part]:
    parts = []
    for run in _runs(schedule):
        first, last, count = run[0], run[-1], len(run)
        span = f"{first.month:%Y年%m月}" if count == 1 else f"{first.month:%Y年%m月}至{last.month:%Y年%m月}"
        if first.fen is None:
            parts.append(
                Part("每月补贴", f"{span}共{count}个月还没有现行标准，查到文件以前不推算：{first.reason}", None)
            )
            continue
        names = "、".join(f"{Insurance(name).label}{yuan_text(fen)}" for name, fen in first.parts)
        note = "（还没有到的月份按现行标准，标准调整时随之调整）" if last.month > first_of(today) else ""
        text = f"{span}共{count}个月，每月{yuan_text(first.fen)}（{names}）{note}。"
        parts.append(Part("每月补贴", text, yuan(first.fen), article=first.document))
    return parts


def _months_part(claim: Claim, ceiling: int, months: Sequence[dt.date], basis: str) -> Part:
    """Why so many months, in one sentence."""
    said = [f"这项补贴最多享受{ceiling}个月"]
    said.append(f"此前已享受{claim.used}个月" if claim.used else "此前没有享受过")
    left = max(0, ceiling - claim.used)
    if not months:
        reason = "已经享受满" if not left else f"{claim.retire_on:%Y年%m月}就到法定退休年龄"
        return Part("享受月数", "，".join([*said, reason]) + "，没有可以享受的月份。", False, article=basis)
    said.append(f"还可享受{left}个月")
    if len(months) < left:
        said.append(f"到{claim.retire_on:%Y年%m月}达到法定退休年龄为止，实际{len(months)}个月")
    said.append(f"从{months[0]:%Y年%m月}到{months[-1]:%Y年%m月}")
    return Part("享受月数", "，".join(said) + "。", len(months), article=basis)


def subsidy_decision(
    *,
    claim: Claim,
    first_month: dt.date,
    on: dt.date,
    today: dt.date | None = None,
    parameters: Parameters | None = None,
) -> SubsidyDecision:
    """Decide a claim on day `on` (its age, business months and days are counted to that day), to be drawn from `first_month`.

    A month that has not begun by `today` (default `on`) takes the standard of today. InputError names a bad input.
    """
    today = today or on
    found = evaluate(DOMAIN[Kind(claim.kind)], on, domain_inputs(claim, on), parameters=parameters)
    used = {(version.name, version.valid_from): version for version in found.parameters}
    parts = list(found.parts)
    failed = list(found.result.get("failed", ())) if found.is_answered else []
    eligible = bool(found.is_answered and found.result.get("eligible"))
    ceiling = int(found.result.get("months", 0)) if eligible else 0
    schedule: tuple[MonthAmount, ...] = ()
    missing = list(found.missing)
    if eligible:
        bounds = Bounds(first_of(first_month), ceiling, claim.used, first_of(claim.retire_on))
        months = plan(bounds)
        parts.append(_months_part(claim, ceiling, months, found.basis))
        if not months:
            eligible = False
            failed.append("months_used_up" if claim.used >= ceiling else "retired")
        schedule = tuple(amount_of(m, claim.insurances, today=today, parameters=parameters) for m in months)
        parts += _amount_parts(schedule, today)
        missing += dict.fromkeys(row.reason for row in schedule if row.fen is None)
    return SubsidyDecision(
        as_of=on,
        inputs=_stored(claim, first_month),
        eligible=eligible,
        failed=tuple(failed),
        ceiling=ceiling,
        used=claim.used,
        schedule=schedule,
        parts=tuple(parts),
        parameters=tuple(used.values()),
        missing=tuple(missing),
    )


def _stored(claim: Claim, first_month: dt.date) -> dict[str, Any]:
    """The facts as they are kept with the determination."""
    return {
        name: value.isoformat() if isinstance(value, dt.date) else list(value) if isinstance(value, tuple) else value
        for name, value in vars(claim).items()
    } | {"first_month": f"{first_month:%Y-%m}"}
