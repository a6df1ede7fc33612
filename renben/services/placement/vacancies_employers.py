"""Whether an employer may recruit here today: its licences, what the business register says (J-5.3.1 审核资质)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q

from renben.kernel import employers
from renben.kernel.models import Employer, EmployerLicence
from renben.services.exchange.models import OutsideFact
from renben.services.placement.codes import WorkKind
from renben.services.registration.reasons import Why

Kind = EmployerLicence.Kind
MAIN = (Kind.BUSINESS, Kind.INSTITUTION, Kind.SOCIAL)
"""Licences of which an employer needs one: each makes it an employer by law."""
SECTION = "顺义区规程第五章第三节（一）2"
DISPATCH = "《劳动合同法》第五十七条"


def valid_on(day: dt.date) -> Q:
    """Licences in force on a day."""
    return (Q(issued_on=None) | Q(issued_on__lte=day)) & (Q(valid_until=None) | Q(valid_until__gte=day))


def has_licence(employer: Employer, kinds: tuple[str, ...], day: dt.date) -> bool:
    return EmployerLicence.objects.filter(valid_on(day), employer=employer, kind__in=kinds).exists()


def closed_by_register(employer: Employer, day: dt.date) -> OutsideFact | None:
    """What the business register says about the firm having been struck off or revoked by a day; None for nothing.

    A finding 不属实 sets the register's word aside, and a later entry that still runs does as well.
    """
    told = OutsideFact.objects.filter(kind=OutsideFact.Kind.BUSINESS, body_code=employer.uscc)
    told = told.exclude(verdict=OutsideFact.Verdict.FALSE)
    if told.filter(Q(end_on=None) | Q(end_on__gt=day)).exists():
        return None
    return told.filter(end_on__lte=day).order_by("-end_on", "-id").first()


def objections(employer: Employer, day: dt.date, *, work_kind: str = "") -> list[Why]:
    """Why this employer may not recruit on a day, each with what would help; empty when it may."""
    if employer.merged_into_id:
        return [Why("merged", "这家单位已并入另一份档案。", "请用保留的那一份单位档案登记。")]
    found = []
    if (struck := closed_by_register(employer, day)) is not None:
        last = struck.end_on - dt.timedelta(days=1)
        text = f"市场监管部门的数据显示，这家单位已于{last:%Y年%m月%d日}注销或吊销，不能招人"
        found.append(Why("struck_off", text, "确认数据有误的，请先在“外部数据”里核实为不属实。", SECTION))
    if not has_licence(employer, MAIN, day):
        expired = EmployerLicence.objects.filter(employer=employer, kind__in=MAIN).exists()
        text = "单位登记的营业执照已过有效期" if expired else "单位档案里没有登记营业执照（或法人证书）"
        found.append(Why("no_licence", text, "请看过有效的执照原件，在单位档案“证照”里登记后再办。", SECTION))
    if work_kind == WorkKind.DISPATCH and not has_licence(employer, (Kind.DISPATCH,), day):
        text = "劳务派遣的岗位要有有效的劳务派遣经营许可证，单位档案里没有"
        found.append(Why("no_dispatch_licence", text, "请看过许可证原件，在单位档案“证照”里登记。", DISPATCH))
    return found


def note_licence(*, employer: Employer, by: Any, valid_until: dt.date | None = None) -> None:
    """The business licence was seen in the original: it is recorded under the credit code, once."""
    held = EmployerLicence.objects.filter(employer=employer, kind=Kind.BUSINESS, number=employer.uscc).first()
    facts = {"kind": Kind.BUSINESS, "number": employer.uscc, "issuer": "", "issued_on": None}
    if held is not None:
        facts |= {"issuer": held.issuer, "issued_on": held.issued_on}
    employers.save_licence(
        employer_id=employer.pk, by=by, licence_id=held.pk if held else None, valid_until=valid_until, **facts
    )
