"""Facts of a benefit as the notice, the form and the card print them: every figure from the determination, none typed."""

from __future__ import annotations

import datetime as dt
from typing import Any

from renben.engines.documents.formatting import chinese_month, yuan
from renben.engines.rules.evaluation import yuan_text
from renben.services.registration.benefit_rules import years_and_months
from renben.services.registration.forms_data import FACTS, Known, fact
from renben.services.registration.models import BenefitMonth

NO_STANDARD = "无现行标准，暂缓发放"


def _benefit(name: str):
    return lambda k: getattr(k.benefit, name) if k.benefit is not None else None


FACTS.update({f"benefit.{name}": _benefit(name) for name in ("determined_on", "enrolled_on")})


@fact("benefit.first_month")
def first_month(known: Known) -> str:
    month = known.benefit.first_month if known.benefit is not None else None
    return f"{month:%Y-%m}" if month is not None else ""


@fact("benefit.contribution_text")
def contribution(known: Known) -> str:
    months = known.benefit.contribution_months if known.benefit is not None else None
    return f"{years_and_months(months)}（{months}个月）" if months is not None else ""


@fact("benefit.months_text")
def months(known: Known) -> str:
    return f"{known.benefit.months_entitled}个月" if known.benefit is not None else ""


@fact("benefit.decision")
def decision(known: Known) -> str:
    if known.benefit is None:
        return ""
    if not known.benefit.eligible:
        return "不符合领取条件"
    blocked = "；".join(row["text"] for row in known.result.get("blocked", []))
    return f"符合领取条件。{blocked}" if blocked else "符合领取条件"


@fact("benefit.reasons")
def reasons(known: Known) -> list[dict[str, Any]]:
    """The working, one sentence a row, each with its article and a mark where the source is still to be checked."""
    found = known.benefit.determination if known.benefit is not None else None
    rows = []
    for part in found.parts if found is not None else []:
        note = "，".join(filter(None, [part["article"], "待核" if part["marks"] else ""]))
        rows.append({"text": f"{part['text']}（{note}）" if note else part["text"]})
    return rows


def _months(known: Known) -> list[dict[str, Any]]:
    """Month, index, whole fen or None, document: as determined, or as planned where unused months were added."""
    told = [
        {
            "month": dt.date.fromisoformat(f"{row['month']}-01"),
            "fen": None if row["amount"] is None else round(row["amount"] * 100),
            "document": "，".join(filter(None, [row["document"], row["mark"]])) or "—",
        }
        for row in known.result.get("schedule", [])
    ]
    if known.benefit is None or len(told) >= known.benefit.months_entitled:
        return told
    planned = BenefitMonth.objects.filter(benefit=known.benefit).order_by("index")
    document = told[-1]["document"] if told else ""
    return [{"month": row.month, "fen": row.amount_fen, "document": document} for row in planned] or told


@fact("benefit.periods")
def periods(known: Known) -> list[dict[str, Any]]:
    """Runs of months of the same amount and document; a run without a standard says so (D-07)."""
    runs: list[dict[str, Any]] = []
    for row in _months(known):
        last = runs[-1] if runs else None
        if last is not None and (last["fen"], last["document"]) == (row["fen"], row["document"]):
            last["end"], last["count"] = row["month"], last["count"] + 1
        else:
            runs.append({**row, "start": row["month"], "end": row["month"], "count": 1})
    return [
        {
            "period": chinese_month(run["start"])
            if run["count"] == 1
            else f"{chinese_month(run['start'])}至{chinese_month(run['end'])}",
            "count": run["count"],
            "amount": NO_STANDARD if run["fen"] is None else f"{yuan(run['fen'])}元",
            "document": run["document"],
        }
        for run in runs
    ]


@fact("benefit.total_text")
def total(known: Known) -> str:
    """Over all months; nothing while a month has no standard (D-07)."""
    amounts = [row["fen"] for row in _months(known)]
    if not amounts or None in amounts:
        return ""
    return f"{yuan(sum(amounts))}元（还没有到的月份按现行标准计算，标准调整时随之调整）"


@fact("benefit.medical_text")
def medical(known: Known) -> str:
    """Medical cover while drawing the benefit, in words (`ui.medical`)."""
    cover = known.result.get("medical") or {}
    if cover.get("scheme") == "medical_subsidy":
        return f"领取期间符合规定的医疗费，按{cover['ratio']:.0%}给予医疗补助"
    if cover.get("scheme") == "employee_medical_insurance":
        own = round(cover.get("individual_pays", 0) * 100)
        share = f"个人缴{yuan_text(own)}" if own else "个人不缴费"
        return f"领取期间参加职工基本医疗保险，由失业保险基金缴费，{share}"
    return ""


@fact("benefit.payments")
def payments(known: Known) -> list[dict[str, Any]]:
    """Every month of the card with its state."""
    if known.benefit is None:
        return []
    rows = BenefitMonth.objects.filter(benefit=known.benefit).order_by("index")
    return [
        {
            "month": f"{row.month:%Y-%m}",
            "index": row.index,
            "amount": NO_STANDARD if row.amount_fen is None else f"{yuan(row.amount_fen)}元",
            "state": row.get_state_display(),
        }
        for row in rows
    ]
