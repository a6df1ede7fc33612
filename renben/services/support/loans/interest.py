"""财政贴息 of a loan paid back in time (Q-1.3.3): a share of the interest paid. Without a standard on file nothing is granted (D-07)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from renben.engines.rules.errors import NoStandardOnFile
from renben.engines.rules.exact import fraction, percent_text, share
from renben.engines.rules.parameters import Parameters, Reader, Version, load_parameters
from renben.kernel import acts
from renben.services.registration.reasons import NotPossible, Why
from renben.services.support.loans.keeping import demand_state, keep, lock, money, tell
from renben.services.support.loans.models import Loan, LoanEvent

SHARE = "loan.interest_subsidy.share"


def standard(on: dt.date, parameters: Parameters | None = None) -> Version:
    """The share of the interest that is subsidised on a day. NoStandardOnFile says which document is lacking."""
    return Reader(parameters or load_parameters(), on).version(SHARE)


def missing(on: dt.date) -> str:
    """Why no interest can be granted now; empty when a standard is on file."""
    try:
        standard(on)
    except NoStandardOnFile as error:
        return str(error)
    return ""


@acts.whole
def grant(*, loan: Loan, interest_fen: int, by: Any, on: dt.date, case: Any = None) -> int:
    """The subsidy in fen on the interest paid, by the standard of the day the loan was paid out. NotPossible without one."""
    held = lock(loan)
    demand_state(held, Loan.State.REPAID)
    if interest_fen <= 0:
        raise NotPossible(Why("no_interest", "利息清单合计要大于零。", "请按各季度利息清单填写。"))
    try:
        found = standard(held.issued_on or on)
    except NoStandardOnFile as error:
        text = f"无现行标准，不能审定贴息：{error}"
        raise NotPossible(
            Why("no_standard", text, "请在“政策参数”里登记贴息标准后再办；贷款的其他环节不受影响。")
        ) from None
    fen = int(share(interest_fen, fraction(found.value)))
    text = f"实付利息{money(interest_fen)}，贴息{percent_text(found.value)}即{money(fen)}（依据：{found.document}{found.article}）"
    tell(held, LoanEvent.Kind.INTEREST, on, by, text=text, fen=fen, case=case)
    keep(held, "interest", by, fen=fen)
    return fen


def granted(loan: Loan) -> LoanEvent | None:
    """The subsidy granted last."""
    return loan.events.filter(kind=LoanEvent.Kind.INTEREST).order_by("-id").first()
