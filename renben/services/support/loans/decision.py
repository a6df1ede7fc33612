"""Whether a loan may be recommended: the loan domains and the counter-guarantee put together into one decision.

Pure: no database, no clock, no request. Money is whole fen. A fact that is not known yet (None) is not judged.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from renben.engines.rules.errors import NoStandardOnFile
from renben.engines.rules.evaluation import Determination, Part, evaluate, ruleset_hash
from renben.engines.rules.exact import fraction, percent_text, reaches, share
from renben.engines.rules.parameters import Parameters, Reader, Version, load_parameters
from renben.engines.rules.telling import condition, verdict
from renben.services.support.loans import firm_rules
from renben.services.support.loans.codes import DOMAIN, LoanKind
from renben.services.support.rules_loans import wan_text

KIND = "loan.decision"
VERDICT = "结论"
PLEDGE_SHARE = "loan.counter_guarantee_ratio"
FEN_OF_WAN = 1_000_000
ONLY_TOP = {"hired": "招用失业人员", "contract": "合同期"}
"""Conditions of the top product alone (D-08), by the code of the rule and the label of its part."""
PART_OF = {
    "cap": "贷款额度",
    "own_funds": "自有资金",
    "industry": "行业",
    "borrower": "贷款对象",
    **ONLY_TOP,
    "share": "新招用比例",
    "pledge": "反担保",
}


@dataclass(frozen=True)
class Wish:
    """What is asked for. `own_fen`, `borrower`, `pledge_fen` are None while nobody knows; `is_top` asks for the top product.
    A labour-intensive firm is asked for `staff` before hiring and `new_hires`; None while its roster is not in."""

    kind: str
    amount_fen: int
    industry: str
    round: int = 1
    own_fen: int | None = None
    borrower: str | None = None
    pledge_fen: int | None = None
    is_top: bool = False
    has_hired: bool = False
    contract_months: int = 0
    staff: int | None = None
    new_hires: int | None = None


@dataclass(frozen=True)
class LoanDecision:
    """The answer: eligible, or each failed condition with its article; `missing` says which standard is not on file."""

    as_of: dt.date
    wish: Wish
    eligible: bool
    failed: tuple[str, ...]
    parts: tuple[Part, ...]
    parameters: tuple[Version, ...]
    missing: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """The stored form: every part with its article."""
        return {
            "as_of": self.as_of.isoformat(),
            "inputs": asdict(self.wish),
            "result": {
                "eligible": self.eligible,
                "failed": list(self.failed),
                "amount": self.wish.amount_fen / 100,
            },
            "parts": [part.as_json() for part in self.parts],
            "parameters": [version.as_json() for version in self.parameters],
            "missing": list(self.missing),
            "ruleset": ruleset_hash(),
        }


def _wan(fen: int) -> Decimal:
    return Decimal(fen) / FEN_OF_WAN


def _asked(wish: Wish, on: dt.date, parameters: Parameters | None) -> Determination:
    """The domain of the kind. What is unknown is asked as nothing; `_unjudged` takes its answer out again."""
    if wish.kind == LoanKind.INTENSIVE:
        return _asked_firm(wish, on, parameters)
    inputs = {"amount_10k": _wan(wish.amount_fen), "own_10k": _wan(wish.own_fen or 0), "industry": wish.industry}
    if wish.kind == LoanKind.INDIVIDUAL:
        inputs |= {"round": wish.round, "borrower": wish.borrower or "other"}
    else:
        inputs |= {"hired_beijing_unemployed": wish.has_hired, "contract_months": wish.contract_months}
    return evaluate(DOMAIN[LoanKind(wish.kind)], on, inputs, parameters=parameters)


def _asked_firm(wish: Wish, on: dt.date, parameters: Parameters | None) -> Determination:
    domain = firm_rules.domain_of(on, parameters)
    inputs: dict[str, Any] = {"staff": wish.staff or 1, "new_hires": wish.new_hires or 0}
    inputs["contract_months"] = wish.contract_months
    if domain == firm_rules.BEIJING:
        inputs["industry"] = wish.industry
    return evaluate(domain, on, inputs, parameters=parameters)


def _unjudged(wish: Wish) -> set[str]:
    """Codes of the conditions that are not asked of this wish (yet)."""
    if wish.kind == LoanKind.INTENSIVE:
        return set() if wish.staff else {"share", "contract"}
    left_out = set() if wish.is_top else set(ONLY_TOP)
    left_out |= {"own_funds"} if wish.own_fen is None else set()
    return left_out | ({"borrower"} if wish.borrower is None else set())


def _pledge_part(wish: Wish, least: Version) -> Part:
    ratio = fraction(least.value)
    needed = int(share(wish.amount_fen, ratio))
    text = f"反担保资产值{wan_text(wish.pledge_fen)}，须达到贷款额的{percent_text(least.value)}即{wan_text(needed)}"
    return condition(PART_OF["pledge"], text, bool(reaches(wish.pledge_fen, wish.amount_fen, ratio)), least)


def _pledged(wish: Wish, on: dt.date, parameters: Parameters) -> firm_rules.Found:
    """The counter-guarantee, once its value is known."""
    found = firm_rules.Found()
    try:
        least = Reader(parameters, on).version(PLEDGE_SHARE)
    except NoStandardOnFile as error:
        found.missing.append(str(error))
    else:
        found.add("pledge", _pledge_part(wish, least), least)
    return found


def _around(wish: Wish, on: dt.date, parameters: Parameters) -> list[firm_rules.Found]:
    """The conditions that stand beside the domain's."""
    found = [] if wish.pledge_fen is None else [_pledged(wish, on, parameters)]
    if wish.kind == LoanKind.INTENSIVE:
        asked = {"amount_fen": wish.amount_fen, "new_hires": wish.new_hires, "industry": wish.industry}
        found.append(firm_rules.around(on, parameters, **asked))
    return found


def decide(wish: Wish, on: dt.date, parameters: Parameters | None = None) -> LoanDecision:
    """Decide a wish by the rules of day `on`. InputError names a bad input.

    Without a standard on file nothing is promised: `eligible` is False and `missing` says which one it is (D-07).
    """
    parameters = parameters or load_parameters()
    found = _asked(wish, on, parameters)
    left_out = _unjudged(wish)
    failed = [code for code in found.result.get("failed", ()) if code not in left_out]
    labels = {PART_OF[code] for code in left_out} | {VERDICT}
    parts = [part for part in found.parts if part.label not in labels] if found.is_answered else []
    missing, used = list(found.missing), list(found.parameters)
    for more in _around(wish, on, parameters):
        parts += more.parts
        failed += more.failed
        used += more.used
        missing += more.missing
    eligible = found.is_answered and not failed and not missing
    if not missing:
        money = wan_text(wish.amount_fen)
        parts.append(verdict(VERDICT, parts, f"可以申请{money}的小额担保贷款", "现在不能申请这笔贷款", eligible))
    return LoanDecision(on, wish, eligible, tuple(failed), tuple(parts), tuple(used), tuple(missing))
