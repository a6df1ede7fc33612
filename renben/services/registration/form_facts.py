"""How each `source_fact` of the printed forms is read. One line per fact; the form's file names them, nobody types them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from renben.engines.procedures.models import Case
from renben.engines.rules.evaluation import yuan_text
from renben.kernel import people, settings_store
from renben.kernel.regions_data import code_table
from renben.services.registration.codes import HEADINGS, PriorStatus, SeparationReason
from renben.services.registration.forms_data import FACTS, Known, evidence_of, fact, full_number, today
from renben.services.registration.models import BenefitMonth, DynamicRecord
from renben.services.registration.territory import NoSuchOffice, street_of

FORMER_STATUS = {
    PriorStatus.EMPLOYED: "用人单位职工",
    PriorStatus.BUSINESS: "个体工商户或企业经营者",
    PriorStatus.FLEXIBLE: "灵活就业人员",
    PriorStatus.FIRST_TIME: "其他",
}
GRANTED, REFUSED = "符合登记条件，予以登记", "不符合登记条件，不予登记"


def _office_name(known: Known) -> str:
    try:
        return street_of(known.person.organization).name
    except NoSuchOffice:
        return known.person.organization.name


def _hukou_place(known: Known) -> str:
    region = known.person.hukou_region
    names: list[str] = []
    while region is not None and region.level not in ("province",):
        names.insert(0, region.name)
        region = region.parent
    return "".join(names)


FACTS.update(
    {
        "person.name": lambda k: k.person.name,
        "person.sex": lambda k: k.person.get_sex_display(),
        "person.birth_on": lambda k: k.person.birth_on,
        "person.ethnicity": lambda k: code_table("ethnicity").get(k.person.ethnicity, ""),
        "person.education": lambda k: code_table("education").get(k.person.education, ""),
        "person.hukou_kind": lambda k: k.person.get_hukou_kind_display() if k.person.hukou_kind else "",
        "person.hukou_address": lambda k: _hukou_place(k) or people.address_of(k.person),
        "person.hukou_region": _hukou_place,
        "person.address": lambda k: people.address_of(k.person),
        "person.phone": lambda k: people.phone_of(k.person),
        "person.health": lambda k: k.person.health,
        "person.organization": lambda k: k.person.organization.name,
        "person.community": lambda k: k.person.organization.short_name,
        "person.street": _office_name,
        "identity.kind": lambda k: k.document.get_kind_display() if k.document else "",
        "identity.number": full_number,
        "office.name": lambda k: settings_store.get("office.name"),
        "organization.name": _office_name,
        "today": lambda k: today(),
        "certificate.number": lambda k: k.certificate.number if k.certificate else "",
        "certificate.issued_on": lambda k: k.certificate.issued_on if k.certificate else None,
        "certificate.organization": lambda k: k.certificate.organization.name if k.certificate else "",
        "certificate.verified_years": lambda k: (
            "、".join(str(y) for y in k.certificate.verified_years) if k.certificate else ""
        ),
        "archive.number": lambda k: k.archive.archive_number if k.archive else "",
        "archive.source": lambda k: k.archive.source if k.archive else "",
        "archive.employer_name": lambda k: k.archive.employer_name if k.archive else "",
        "archive.separated_on": lambda k: k.archive.separated_on if k.archive else None,
        "archive.contribution_months": lambda k: k.archive.contribution_months if k.archive else None,
        "archive.separation_reason": lambda k: k.archive.get_separation_reason_display() if k.archive else "",
    }
)


def _registration(name: str):
    return lambda k: getattr(k.registration, name) if k.registration is not None else None


def _benefit(name: str):
    return lambda k: getattr(k.benefit, name) if k.benefit is not None else None


FACTS.update(
    {
        "case.registered_on": _registration("registered_on"),
        "registration.registered_on": _registration("registered_on"),
        "registration.closed_on": _registration("closed_on"),
        "registration.office": lambda k: k.registration.organization.name if k.registration else "",
        "benefit.determined_on": _benefit("determined_on"),
        "benefit.enrolled_on": _benefit("enrolled_on"),
        "benefit.months": _benefit("months_entitled"),
        "benefit.months_entitled": _benefit("months_entitled"),
        "benefit.months_received": _benefit("months_received"),
        "benefit.first_month": _benefit("first_month"),
        "benefit.contribution_months": _benefit("contribution_months"),
        "benefit.lump_sum": _benefit("lump_sum_fen"),
        "benefit.stopped_on": _benefit("stopped_on"),
        "benefit.stop_reason": lambda k: k.benefit.get_stop_event_display() if k.benefit else "",
        "benefit.kind": lambda k: HEADINGS.get(k.benefit.heading, "") if k.benefit else "",
        "case.number": lambda k: k.case.number if k.case else "",
    }
)


@fact("case.outcome")
def outcome(known: Known) -> str:
    """The result of the application: granted once registered, refused when the case says so."""
    if known.registration is not None:
        return GRANTED
    return REFUSED if known.case is not None and known.case.state == Case.State.REFUSED else ""


@fact("case.evidence")
def evidence(known: Known) -> list[dict[str, Any]]:
    return evidence_of(known)


@fact("mandate.agent")
def agent(known: Known) -> str:
    mandate = known.registration.mandate if known.registration is not None else None
    return f"{mandate.agent.name}（委托书已存档）" if mandate is not None else ""


@fact("person.hardship")
def hardship(known: Known) -> str:
    """Named when the case says so; the category itself is recognised elsewhere."""
    return "就业困难人员" if known.case is not None and known.case.data.get("is_hardship") else ""


@fact("spell.last.status")
def former_status(known: Known) -> str:
    prior = known.registration.prior_status if known.registration is not None else ""
    return FORMER_STATUS.get(prior, "")


@fact("spell.last.employer_name")
def last_employer(known: Known) -> str:
    if known.archive is not None and known.archive.employer_name:
        return known.archive.employer_name
    return known.last_work.employer_name if known.last_work is not None else ""


@fact("spell.last.occupation")
def last_occupation(known: Known) -> str:
    return known.last_work.occupation if known.last_work is not None else ""


@fact("spell.last.end_on")
def unemployed_on(known: Known) -> dt.date | None:
    if known.registration is not None and known.registration.separated_on:
        return known.registration.separated_on
    if known.archive is not None and known.archive.separated_on:
        return known.archive.separated_on
    return known.last_work.end_on if known.last_work is not None else None


@fact("spell.last.separation_reason")
def separation_reason(known: Known) -> str:
    for code in (
        known.registration.separation_reason if known.registration is not None else "",
        known.archive.separation_reason if known.archive is not None else "",
    ):
        if code:
            return SeparationReason(code).label
    return ""


def _schedule(known: Known) -> list[dict[str, Any]]:
    """Months with amounts: as planned for the claimant, else as determined."""
    if known.benefit is None:
        return []
    rows = list(BenefitMonth.objects.filter(benefit=known.benefit).order_by("index"))
    if rows:
        return [{"month": row.month, "index": row.index, "fen": row.amount_fen} for row in rows]
    return [
        {
            "month": dt.date.fromisoformat(f"{row['month']}-01"),
            "index": row["index"],
            "fen": None if row["amount"] is None else round(row["amount"] * 100),
        }
        for row in known.result.get("schedule", [])
    ]


@fact("benefit.schedule")
def schedule(known: Known) -> list[dict[str, Any]]:
    """Runs of months of equal amount: from, to, months, monthly fen; a run without a standard says so (D-07)."""
    runs: list[dict[str, Any]] = []
    for row in _schedule(known):
        if runs and runs[-1]["fen"] == row["fen"]:
            runs[-1].update(to_month=row["month"], months=runs[-1]["months"] + 1)
        else:
            runs.append({"from_month": row["month"], "to_month": row["month"], "months": 1, "fen": row["fen"]})
    return [
        {
            "from_month": f"{run['from_month']:%Y-%m}",
            "to_month": f"{run['to_month']:%Y-%m}",
            "months": run["months"],
            **({"fen": run["fen"]} if run["fen"] is not None else {}),
        }
        for run in runs
    ]


@fact("benefit.last_month")
def last_month(known: Known) -> dt.date | None:
    rows = _schedule(known)
    return rows[-1]["month"] if rows else None


@fact("benefit.monthly")
def first_amount(known: Known) -> int | None:
    """Whole fen of the first month."""
    rows = _schedule(known)
    return rows[0]["fen"] if rows else None


@fact("benefit.total")
def total(known: Known) -> int | None:
    """Whole fen over all months; nothing while a month has no standard (D-07)."""
    amounts = [row["fen"] for row in _schedule(known)]
    return sum(amounts) if amounts and None not in amounts else None


@fact("benefit.medical")
def medical(known: Known) -> str:
    """Medical cover while drawing the benefit, in words (`ui.medical`)."""
    cover = known.result.get("medical") or {}
    if cover.get("scheme") == "medical_subsidy":
        return f"领取期间符合规定的医疗费，按{cover['ratio']:.0%}给予医疗补助。"
    if cover.get("scheme") == "employee_medical_insurance":
        own = round(cover.get("individual_pays", 0) * 100)
        return f"领取期间参加职工基本医疗保险，由失业保险基金缴费，个人缴{yuan_text(own)}。"
    return ""


@fact("benefit.articles")
def articles(known: Known) -> str:
    """Every article the determination rests on, each once."""
    found = known.benefit.determination if known.benefit is not None else None
    names = dict.fromkeys(part["article"] for part in found.parts if part["article"]) if found is not None else {}
    return "；".join(names)


@fact("benefit.working")
def working(known: Known) -> list[dict[str, Any]]:
    """The working of the determination: each part with its article."""
    found = known.benefit.determination if known.benefit is not None else None
    return [{"text": part["text"], "article": part["article"]} for part in found.parts] if found is not None else []


@fact("benefit.payments")
def payments(known: Known) -> list[dict[str, Any]]:
    """What was paid so far, for the card."""
    if known.benefit is None:
        return []
    paid = BenefitMonth.objects.filter(benefit=known.benefit, state=BenefitMonth.State.PAID).select_related(
        "payment_line__batch"
    )
    return [
        {"month": f"{row.month:%Y-%m}", "fen": row.amount_fen, "paid_on": row.payment_line.batch.paid_on.isoformat()}
        for row in paid.order_by("index")
    ]


@fact("dynamic.records")
def dynamic_records(known: Known) -> list[dict[str, Any]]:
    """Lines of the person's record sheet, oldest first."""
    rows = DynamicRecord.objects.filter(person=known.person).select_related("by").order_by("on", "id")
    return [
        {"on": row.on.isoformat(), "kind": row.get_kind_display(), "text": row.text, "by": row.by.display_name}
        for row in rows
    ]
