"""Posts of an imported list (招聘岗位表): each becomes a vacancy that waits for its check, as if typed at the counter.

Exchange lies below placement, so it knows this sink only by its registered name.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection
from typing import Any

from renben.kernel import clock
from renben.kernel.employers import contact_phone
from renben.kernel.models import ImportBatch
from renben.kernel.textnorm import parse_date
from renben.services.exchange.checks import CellProblem
from renben.services.exchange.vacancy_rows import PostRow
from renben.services.placement import vacancies
from renben.services.placement.codes import VacancySource
from renben.services.placement.models import Vacancy, VacancyEvent
from renben.services.placement.vacancies_ad import Ad, text_hash
from renben.services.placement.vacancies_employers import objections
from renben.services.placement.vacancies_places import place_of
from renben.services.placement.vacancies_typed import insurances_of, kind_of, wage_of

MOST = 5_000
_COUNT = re.compile(r"(\d{1,6})\s*[人名个位]?")
RUNNING = (*Vacancy.LIVE, Vacancy.State.DRAFT)


def _count(text: str) -> int | None:
    match = _COUNT.fullmatch(text.strip().removesuffix(".0"))
    return int(match[1]) if match and 1 <= int(match[1]) <= MOST else None


def _until(values: dict[str, Any]) -> dt.date | None:
    return parse_date(values["until"]) if values.get("until") else None


def ad_of_row(row: PostRow, office: Any) -> Ad:
    """The facts of a row whose objections are none."""
    values, wage, contact = row.values, wage_of(row.values["wage"]), _contact(row)
    place = values.get("place", "")
    return Ad(
        title=values["title"],
        duties=values.get("duties", ""),
        requirements=values.get("requirements", ""),
        headcount=_count(values["headcount"]) or 1,
        work_kind=kind_of(values.get("work_kind", ""), wage),
        wage_period=wage.period,
        wage_low_fen=wage.low_fen,
        wage_high_fen=wage.high_fen,
        benefits=values.get("benefits", ""),
        insurances=insurances_of(values.get("insurances", "")),
        region_id=place_of(row.employer, office, place),
        place=place,
        contact_name=contact[0],
        contact_phone=contact[1],
    )


def _contact(row: PostRow) -> tuple[str, str]:
    """Who answers for the post: as written, else the employer's first contact on file."""
    name, phone = row.values.get("contact", ""), row.values.get("phone", "")
    if name:
        return name, phone
    held = row.employer.contacts.filter(left_on=None).order_by("id").first()
    return (held.name, phone or contact_phone(held)) if held is not None else ("", phone)


class VacancySink:
    """The sink of rows of kind `vacancy`; the contract is `renben.services.exchange.vacancy_rows.Sink`."""

    def objections(self, row: PostRow, batch: ImportBatch) -> list[CellProblem]:
        values, found = row.values, []
        wage, today = wage_of(values.get("wage", "")), clock.today()
        if "headcount" in values and _count(values["headcount"]) is None:
            found.append(
                CellProblem("headcount", "招聘人数", f"“{values['headcount']}”不是人数，请填1到{MOST}的整数。")
            )
        if "wage" in values and wage is None:
            text = f"“{values['wage']}”看不出是多少，请写成“4500-6000元/月”“200元/天”“28元/小时”这样。"
            found.append(CellProblem("wage", "工资", text))
        if values.get("until"):
            until = _until(values)
            if until is None or until < today:
                text = f"“{values['until']}”不是今天以后的日期，请写成 2026-12-31 这样。"
                found.append(CellProblem("until", "有效期至", text))
        if not _contact(row)[0]:
            found.append(CellProblem("contact", "经办人", "没有写经办人，单位档案里也没有联系人，请补上。"))
        kind = kind_of(values.get("work_kind", ""), wage)
        found += [
            CellProblem("name", "单位名称", f"{why.text}。{why.fix}")
            for why in objections(row.employer, today, work_kind=kind)
        ]
        return found

    def exists(self, row: PostRow) -> bool:
        """Same employer, words and wage, still running."""
        ad = ad_of_row(row, row.employer.organization)
        held = Vacancy.objects.filter(employer=row.employer, state__in=RUNNING, text_hash=text_hash(ad))
        return held.filter(
            wage_period=ad.wage_period, wage_low_fen=ad.wage_low_fen, wage_high_fen=ad.wage_high_fen, place=ad.place
        ).exists()

    def write(self, row: PostRow, batch: ImportBatch, row_id: int, by: Any) -> None:
        vacancy = vacancies.register(
            employer=row.employer,
            organization=batch.organization,
            ad=ad_of_row(row, batch.organization),
            by=by,
            source=VacancySource.IMPORT,
            valid_until=_until(row.values),
        )
        vacancies.note(vacancy, "imported", by, batch=batch.pk, row=row_id)

    def undo(self, batch: ImportBatch, row_ids: Collection[int], by: Any) -> dict[int, str]:
        """Posts nobody has published are withdrawn; the others stay."""
        told = VacancyEvent.objects.filter(what="imported", detail__batch=batch.pk).order_by("id")
        kept = {}
        for event in told.select_related("vacancy"):
            if event.detail["row"] not in row_ids:
                continue
            state = event.vacancy.state
            if state in (Vacancy.State.SUBMITTED, Vacancy.State.RETURNED):
                vacancies.withdraw(vacancy=event.vacancy, reason="撤销导入", by=by)
            elif state != Vacancy.State.WITHDRAWN:
                kept[event.detail["row"]] = f"岗位已经是“{event.vacancy.get_state_display()}”，没有撤销。"
        return kept


sink = VacancySink()
