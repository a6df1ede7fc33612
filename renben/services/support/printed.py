"""What the printed forms say about a subsidy: every figure from the determination, none typed (`subsidy.*` of a form)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from renben.engines.documents.formatting import chinese_month, yuan
from renben.engines.payments import accounts
from renben.engines.procedures.models import Case
from renben.engines.rules.models import Determination
from renben.services.registration.registering import appeal_text
from renben.services.support.codes import Insurance
from renben.services.support.known_facts import subsidy_of
from renben.services.support.models import InsuranceSubsidy
from renben.services.support.months import shifted

NO_STANDARD = "无现行标准，暂缓发放"


def _result(subsidy: InsuranceSubsidy) -> dict[str, Any]:
    return subsidy.determination.result if subsidy.determination is not None else {}


def _month(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(f"{text}-01") if text else None


def schedule(determination: Determination | None) -> list[tuple[dt.date, int | None, str, str]]:
    """(month, fen or None, document, reason) as determined."""
    rows = determination.result.get("schedule", []) if determination is not None else []
    return [
        (
            _month(row["month"]),
            None if row["amount"] is None else round(row["amount"] * 100),
            row["document"],
            row.get("reason", ""),
        )
        for row in rows
    ]


def periods(determination: Determination | None) -> list[dict[str, Any]]:
    """Runs of consecutive months of the same amount: `first`, `last`, `count`, `fen`, `document`."""
    runs: list[dict[str, Any]] = []
    for month, fen, document, _ in schedule(determination):
        last = runs[-1] if runs else None
        if last is not None and (last["fen"], last["document"], shifted(last["last"], 1)) == (fen, document, month):
            last["last"], last["count"] = month, last["count"] + 1
        else:
            runs.append({"first": month, "last": month, "count": 1, "fen": fen, "document": document})
    return runs


def _periods(subsidy: InsuranceSubsidy) -> list[dict[str, Any]]:
    return [
        {
            "period": chinese_month(run["first"])
            if run["count"] == 1
            else f"{chinese_month(run['first'])}至{chinese_month(run['last'])}",
            "count": run["count"],
            "amount": NO_STANDARD if run["fen"] is None else f"{yuan(run['fen'])}元",
            "document": run["document"] or "—",
        }
        for run in periods(subsidy.determination)
    ]


def _monthly(subsidy: InsuranceSubsidy) -> str:
    runs = periods(subsidy.determination)
    if not runs:
        return ""
    fen = runs[0]["fen"]
    return NO_STANDARD if fen is None else f"{yuan(fen)}元"


def _decision(subsidy: InsuranceSubsidy) -> str:
    if not _result(subsidy).get("eligible"):
        return "不符合享受条件"
    return f"符合享受条件，可享受{subsidy.months_granted}个月"


def _reasons(subsidy: InsuranceSubsidy) -> list[dict[str, Any]]:
    rows = []
    for part in subsidy.determination.parts if subsidy.determination is not None else []:
        note = "，".join(filter(None, [part["article"], "待核" if part["marks"] else ""]))
        rows.append({"text": f"{part['text']}（{note}）" if note else part["text"]})
    return rows


def _total(subsidy: InsuranceSubsidy) -> str:
    total = _result(subsidy).get("total")
    return "" if total is None else f"{yuan(round(total * 100))}元（还没有到的月份按现行标准计算）"


def _account(subsidy: InsuranceSubsidy) -> str:
    held = accounts.current([subsidy.person_id]).get(subsidy.person_id)
    return f"{held.bank}，户名{held.holder}，账号{held.number_masked}" if held is not None else ""


FACTS: dict[str, Callable[[InsuranceSubsidy], Any]] = {
    "kind": lambda s: s.get_kind_display(),
    "decision": _decision,
    "reasons": _reasons,
    "ceiling": lambda s: s.ceiling,
    "months_before": lambda s: s.months_before,
    "months": lambda s: s.months_granted,
    "first_month": lambda s: _month(_result(s).get("first")),
    "last_month": lambda s: _month(_result(s).get("last")),
    "monthly": _monthly,
    "periods": _periods,
    "total": _total,
    "insurances": lambda s: "、".join(Insurance(name).label for name in s.insurances),
    "reply_number": lambda s: s.reply_number,
    "approved_on": lambda s: s.approved_on,
    "agreed_on": lambda s: s.agreed_on,
    "account": _account,
    "appeal": lambda s: appeal_text(),
    "determined_on": lambda s: s.determination.as_of if s.determination is not None else None,
}


def fact(case: Case, name: str) -> Any:
    """One fact of the subsidy of the case's journey; None while there is none."""
    subsidy = subsidy_of(case)
    return FACTS[name](subsidy) if subsidy is not None else None
