"""Facts that letters and receipts print: the case and its office, notices, refusals, what was told, the mandate."""

from __future__ import annotations

import datetime as dt
from typing import Any

from renben.engines.procedures.models import CaseStep, OneTimeNotice
from renben.kernel import clock, people, settings_store
from renben.kernel.models import Mandate
from renben.services.registration.forms_data import FACTS, Known, fact
from renben.services.registration.models import InformRecord
from renben.services.registration.registering import appeal_text
from renben.services.registration.territory import NoSuchOffice, district_of


def local_day(moment: dt.datetime) -> dt.date:
    """The calendar day in Beijing of an instant."""
    return moment.astimezone(clock.ZONE).date()


def _office(known: Known) -> Any:
    """The office that hands out the paper: the case's, else the registration's, else the person's."""
    if known.case is not None:
        return known.case.organization
    return known.registration.organization if known.registration is not None else known.person.organization


@fact("office.district")
def district(known: Known) -> str:
    try:
        return district_of(_office(known)).name
    except NoSuchOffice:
        return settings_store.get("office.name")


@fact("case.first_contact")
def first_contact(known: Known) -> str:
    """首问责任人: whoever took the case on."""
    if known.case is None:
        return ""
    return (known.case.first_contact or known.case.opened_by).display_name


FACTS.update(
    {
        "case.number": lambda k: k.case.number if k.case else "",
        "case.title": lambda k: k.case.title if k.case else "",
        "case.opened_on": lambda k: local_day(k.case.opened_at) if k.case else None,
        "office.name": lambda k: _office(k).name,
        "office.phone": lambda k: _office(k).phone or settings_store.get("office.hotline"),
        "office.appeal": lambda k: appeal_text(),
    }
)


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
    return local_day(notice.issued_at) if notice is not None else None


def _refusal(known: Known) -> dict[str, Any]:
    """What the refusing step put on record."""
    if known.case is None:
        return {}
    for step in CaseStep.objects.filter(case=known.case, state=CaseStep.State.DONE).order_by("-done_at", "-id"):
        refs = step.data.get("refs") or {}
        if "appeal" in refs:
            return {**refs, "decided_on": local_day(step.done_at)}
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
    return local_day(record.told_at) if record is not None else None


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
    key = known.case.data.get("mandate_id") if known.case is not None else None
    mandates = Mandate.objects.filter(person=known.person).select_related("agent").order_by("-id")
    return mandates.filter(pk=key).first() if key else mandates.first()


@fact("mandate.agent")
def agent(known: Known) -> str:
    """Only where somebody acted for the person in this very matter."""
    named = known.registration is not None and known.registration.mandate is not None
    named = named or (known.case is not None and known.case.data.get("mandate_id"))
    mandate = _mandate(known) if named else None
    return f"{mandate.agent.name}（委托书已存档）" if mandate is not None else ""


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
