"""Facts that only letters and receipts print: notices, refusals, what was told, the decision in plain words."""

from __future__ import annotations

import datetime as dt
from typing import Any

from renben.engines.procedures.models import CaseStep, OneTimeNotice
from renben.kernel import clock, people, settings_store
from renben.kernel.models import Mandate
from renben.services.registration.codes import PriorStatus
from renben.services.registration.forms_data import FACTS, Known, fact
from renben.services.registration.models import InformRecord, MonthlyContact


def _office(known: Known) -> Any:
    return known.case.organization if known.case is not None else known.person.organization


def _yuan(amount: float | None) -> str:
    return "无现行标准，暂缓发放" if amount is None else f"{amount:,.2f}元"


FACTS.update(
    {
        "person.labour_status": lambda k: dict(k.person.spells.model.Status.choices).get(k.person.labour_status, ""),
        "case.title": lambda k: k.case.title if k.case else "",
        "case.opened_on": lambda k: k.case.opened_at.astimezone(clock.ZONE).date() if k.case else None,
        "case.first_contact": lambda k: k.case.first_contact.display_name if k.case and k.case.first_contact_id else "",
        "office.name": lambda k: _office(k).name,
        "office.phone": lambda k: _office(k).phone,
        "office.district": lambda k: settings_store.get("office.name"),
        "office.appeal": lambda k: f"自收到之日起60日内可向{settings_store.get('office.appeal')}申请行政复议",
        "certificate.office": lambda k: k.certificate.organization.name if k.certificate else "",
        "registration.prior_status": lambda k: PriorStatus(k.registration.prior_status).label if k.registration else "",
    }
)


@fact("person.spells")
def spells(known: Known) -> list[dict[str, Any]]:
    """The working life on file, oldest first."""
    return [
        {
            "start_on": row.start_on.isoformat(),
            **({"end_on": row.end_on.isoformat()} if row.end_on else {}),
            "status": row.get_status_display(),
            "employer": row.employer_name,
        }
        for row in known.person.spells.order_by("start_on", "id")
    ]


@fact("benefit.contribution_text")
def contribution_text(known: Known) -> str:
    months = known.benefit.contribution_months if known.benefit is not None else None
    return "" if months is None else f"{months // 12}年{months % 12}个月（{months}个月）"


@fact("benefit.decision")
def decision(known: Known) -> str:
    if known.benefit is None:
        return ""
    return "符合领取条件" if known.benefit.eligible else "不符合领取条件"


@fact("benefit.months_text")
def months_text(known: Known) -> str:
    return f"{known.benefit.months_entitled}个月" if known.benefit is not None else ""


@fact("benefit.total_text")
def total_text(known: Known) -> str:
    total = known.result.get("total")
    return f"{total:,.2f}元（今后月份按现行标准计算，标准调整时随之调整）" if total else ""


@fact("benefit.medical_text")
def medical_text(known: Known) -> str:
    return FACTS["benefit.medical"](known)


@fact("benefit.periods")
def periods(known: Known) -> list[dict[str, Any]]:
    """Runs of months with the same amount and document."""
    runs: list[dict[str, Any]] = []
    for row in known.result.get("schedule", []):
        text = "，".join(part for part in (row["document"], row["mark"]) if part)
        if runs and (runs[-1]["amount"], runs[-1]["document"]) == (_yuan(row["amount"]), text):
            runs[-1].update(last=row["month"], count=runs[-1]["count"] + 1)
        else:
            runs.append(
                {
                    "first": row["month"],
                    "last": row["month"],
                    "count": 1,
                    "amount": _yuan(row["amount"]),
                    "document": text,
                }
            )
    return [
        {
            "period": _month(run["first"]) + (f"至{_month(run['last'])}" if run["count"] > 1 else ""),
            "count": run["count"],
            "amount": run["amount"],
            "document": run["document"] or "—",
        }
        for run in runs
    ]


def _month(text: str) -> str:
    year, month = text.split("-")
    return f"{year}年{int(month)}月"


@fact("benefit.reasons")
def reasons(known: Known) -> list[dict[str, str]]:
    """The working in plain words, each with its article."""
    found = known.benefit.determination if known.benefit is not None else None
    parts = found.parts if found is not None else []
    return [{"text": part["text"] + (f"（{part['article']}）" if part.get("article") else "")} for part in parts]


def _notice(known: Known) -> OneTimeNotice | None:
    return OneTimeNotice.objects.filter(case=known.case).order_by("-issued_at", "-id").first() if known.case else None


@fact("notice.items")
def notice_items(known: Known) -> list[dict[str, str]]:
    notice = _notice(known)
    items = notice.items if notice is not None else []
    return [{"item": item if isinstance(item, str) else str(item.get("name", item))} for item in items]


@fact("notice.reason")
def notice_reason(known: Known) -> str:
    notice = _notice(known)
    return notice.reason if notice is not None else ""


@fact("notice.issued_on")
def notice_issued_on(known: Known) -> dt.date | None:
    notice = _notice(known)
    return notice.issued_at.astimezone(clock.ZONE).date() if notice is not None else None


def _refusal(known: Known) -> dict[str, Any]:
    """What the refusing step put on record."""
    if known.case is None:
        return {}
    for step in CaseStep.objects.filter(case=known.case, state=CaseStep.State.DONE).order_by("-done_at", "-id"):
        refs = step.data.get("refs") or {}
        if "appeal" in refs:
            return {**refs, "decided_on": step.done_at.astimezone(clock.ZONE).date()}
    return {}


for _name in ("reason", "article", "appeal", "decided_on"):
    FACTS[f"refusal.{_name}"] = lambda k, name=_name: _refusal(k).get(name)


def _inform(known: Known) -> InformRecord | None:
    rows = InformRecord.objects.filter(person=known.person).select_related("told_by").order_by("-told_at", "-id")
    own = rows.filter(case=known.case).first() if known.case is not None else None
    return own or rows.first()


@fact("inform.told_on")
def told_on(known: Known) -> dt.date | None:
    record = _inform(known)
    return record.told_at.astimezone(clock.ZONE).date() if record is not None else None


@fact("inform.channel")
def told_how(known: Known) -> str:
    record = _inform(known)
    return record.get_channel_display() if record is not None else ""


@fact("inform.told_by")
def told_by(known: Known) -> str:
    record = _inform(known)
    return record.told_by.display_name if record is not None else ""


@fact("inform.register_by")
def register_by(known: Known) -> dt.date | None:
    record = _inform(known)
    return record.register_by if record is not None else None


@fact("inform.content")
def told_what(known: Known) -> str:
    record = _inform(known)
    return record.content if record is not None else ""


def _mandate(known: Known) -> Mandate | None:
    if known.registration is not None and known.registration.mandate is not None:
        return known.registration.mandate
    return Mandate.objects.filter(person=known.person).select_related("agent").order_by("-id").first()


@fact("mandate.agent_number")
def agent_number(known: Known) -> str:
    mandate = _mandate(known)
    return people.full_number(mandate.agent) if mandate is not None else ""


@fact("mandate.matters")
def matters(known: Known) -> str:
    mandate = _mandate(known)
    return mandate.matters if mandate is not None else ""


@fact("mandate.start_on")
def mandate_start(known: Known) -> dt.date | None:
    mandate = _mandate(known)
    return mandate.start_on if mandate is not None else None


@fact("mandate.last_on")
def mandate_last(known: Known) -> dt.date | None:
    """The last day of the half-open period."""
    mandate = _mandate(known)
    return mandate.end_on - dt.timedelta(days=1) if mandate is not None else None


@fact("dynamic.contacts")
def contacts(known: Known) -> list[dict[str, Any]]:
    """Month by month: reported or contacted, and what was said."""
    rows = (
        MonthlyContact.objects.filter(registration=known.registration).order_by("month") if known.registration else []
    )
    made = []
    for row in rows:
        if row.reported_on is None and row.contacted_on is None:
            continue
        way = "本人报告" if row.reported_on else f"主动联系（{row.get_channel_display()}）"
        made.append({"month": f"{row.month:%Y-%m}", "way": way, "result": row.result or "已联系"})
    return made
