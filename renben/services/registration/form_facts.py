"""How each `source_fact` of the printed forms is read: person, work, registration, certificate, record sheet.

The form's file names the fact, nobody types it. Facts of the benefit stand in `benefit_facts`, of letters in `letter_facts`.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from renben.engines.procedures.models import Case
from renben.kernel import people
from renben.kernel.models import LabourSpell
from renben.kernel.regions_data import code_table
from renben.services.registration import benefit_facts, letter_facts  # noqa: F401 - importing declares their facts
from renben.services.registration.codes import PriorStatus, SeparationReason
from renben.services.registration.forms_data import FACTS, Known, evidence_of, fact, full_number
from renben.services.registration.models import DynamicRecord, MonthlyContact

FORMER_STATUS = {
    PriorStatus.EMPLOYED: "用人单位职工",
    PriorStatus.BUSINESS: "个体工商户或企业经营者",
    PriorStatus.FLEXIBLE: "灵活就业人员",
    PriorStatus.FIRST_TIME: "其他",
}
GRANTED, REFUSED = "符合登记条件，予以登记", "不符合登记条件，不予登记"


def _hukou_place(known: Known) -> str:
    region, names = known.person.hukou_region, []
    while region is not None and region.level != "province":
        names.insert(0, region.name)
        region = region.parent
    return "".join(names)


def _registration(name: str):
    return lambda k: getattr(k.registration, name) if k.registration is not None else None


FACTS.update(
    {
        "person.name": lambda k: k.person.name,
        "person.sex": lambda k: k.person.get_sex_display(),
        "person.birth_on": lambda k: k.person.birth_on,
        "person.ethnicity": lambda k: code_table("ethnicity").get(k.person.ethnicity, ""),
        "person.education": lambda k: code_table("education").get(k.person.education, ""),
        "person.hukou_kind": lambda k: k.person.get_hukou_kind_display() if k.person.hukou_kind else "",
        "person.hukou_address": lambda k: _hukou_place(k) or people.address_of(k.person),
        "person.address": lambda k: people.address_of(k.person),
        "person.phone": lambda k: people.phone_of(k.person),
        "person.health": lambda k: k.person.health,
        "identity.kind": lambda k: k.document.get_kind_display() if k.document else "",
        "identity.number": full_number,
        "certificate.number": lambda k: k.certificate.number if k.certificate else "",
        "certificate.issued_on": lambda k: k.certificate.issued_on if k.certificate else None,
        "certificate.office": lambda k: k.certificate.organization.name if k.certificate else "",
        "case.registered_on": _registration("registered_on"),
        "registration.registered_on": _registration("registered_on"),
        "registration.prior_status": lambda k: k.registration.get_prior_status_display() if k.registration else "",
        "case.evidence": evidence_of,
    }
)


@fact("certificate.verified_years")
def verified_years(known: Known) -> str:
    years = known.certificate.verified_years if known.certificate is not None else []
    return "、".join(f"{year}年" for year in years)


@fact("case.outcome")
def outcome(known: Known) -> str:
    """The result of the application: granted once registered, refused when the case says so."""
    if known.registration is not None:
        return GRANTED
    return REFUSED if known.case is not None and known.case.state == Case.State.REFUSED else ""


@fact("person.hardship")
def hardship(known: Known) -> str:
    """Named when the case says so; the category itself is recognised elsewhere."""
    return "就业困难人员" if known.case is not None and known.case.data.get("is_hardship") else ""


@fact("person.labour_status")
def labour_status(known: Known) -> str:
    last = LabourSpell.objects.filter(person=known.person, end_on=None).order_by("-start_on").first()
    return last.get_status_display() if last is not None else "未登记"


@fact("person.spells")
def spells(known: Known) -> list[dict[str, Any]]:
    """The working life on file, oldest first; a running spell has no end."""
    return [
        {
            "start_on": spell.start_on.isoformat(),
            **({"end_on": spell.end_on.isoformat()} if spell.end_on else {}),
            "status": spell.get_status_display(),
            "employer": spell.employer_name or (spell.employer.name if spell.employer else ""),
        }
        for spell in known.person.spells.select_related("employer").order_by("start_on", "id")
    ]


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
    for row in (known.registration, known.archive):
        if row is not None and row.separated_on:
            return row.separated_on
    return known.last_work.end_on if known.last_work is not None else None


@fact("spell.last.separation_reason")
def separation_reason(known: Known) -> str:
    for row in (known.registration, known.archive):
        if row is not None and row.separation_reason:
            return SeparationReason(row.separation_reason).label
    return ""


@fact("dynamic.records")
def dynamic_records(known: Known) -> list[dict[str, Any]]:
    """Lines of the person's record sheet, oldest first."""
    rows = DynamicRecord.objects.filter(person=known.person).select_related("by").order_by("on", "id")
    return [
        {"day": row.on.isoformat(), "kind": row.get_kind_display(), "text": row.text, "by": row.by.display_name}
        for row in rows
    ]


@fact("dynamic.contacts")
def monthly_contacts(known: Known) -> list[dict[str, Any]]:
    """Month by month: reported by themselves, called by the office, or still open."""
    rows = MonthlyContact.objects.filter(registration__person=known.person).order_by("month", "id")
    found = []
    for row in rows:
        if row.reported_on is not None:
            way = "本人报告"
        elif row.contacted_on is not None:
            way = f"主动联系（{row.get_channel_display()}）" if row.channel else "主动联系"
        else:
            continue
        found.append({"month": f"{row.month:%Y-%m}", "way": way, "result": row.result or "已联系"})
    return found
