"""花名册: who is proposed because the register knows them at the firm, and the roster a firm sends as a file, row by row."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from renben.kernel import clock, identity
from renben.kernel.models import LabourSpell, Person
from renben.kernel.people import find_by_number
from renben.kernel.textnorm import clean_name, halfwidth
from renben.services.exchange.layout import plain_label
from renben.services.exchange.workbook import RefusedFile, open_grids
from renben.services.placement.models import Referral
from renben.services.registration.reasons import NotPossible, Why
from renben.services.support.hiring.applying import Line
from renben.services.support.hiring.codes import Origin
from renben.services.support.hiring.models import HiringClaim, HiringPerson
from renben.services.support.posts.wages import fen_of

NAME, NUMBER, FROM, TO, WAGE, BASE = "姓名", "证件号码", "合同起始日期", "合同终止日期", "月工资", "缴费基数"
COLUMNS = {
    NAME: {"姓名", "人员姓名", "职工姓名"},
    NUMBER: {"证件号码", "身份证号", "身份证号码", "公民身份号码", "身份证"},
    FROM: {"合同起始日期", "合同开始日期", "劳动合同起始日期", "合同起始", "合同起", "签订日期"},
    TO: {"合同终止日期", "合同结束日期", "劳动合同终止日期", "合同终止", "合同到期日", "合同止"},
    WAGE: {"月工资", "月工资元", "工资", "工资元", "约定工资"},
    BASE: {"缴费基数", "缴费基数元", "社保缴费基数", "社会保险缴费基数"},
}
NEEDED = {NUMBER, FROM, WAGE, BASE}
OPEN_END = {"", "无固定期限", "无固定", "长期", "无"}
_TOTALS = ("合计", "总计", "小计", "共计", "制表", "填表", "审核", "注", "说明")
LOOKED_AT = 20
"""Rows from the top in which the headings are looked for."""


@dataclass(frozen=True)
class Proposed:
    """Somebody the register knows at the firm, with what is known of the contract."""

    person: Person
    since: dt.date
    why: str
    contract_to: dt.date | None = None
    wage_fen: int | None = None
    base_fen: int | None = None


def proposed(claim: HiringClaim) -> list[Proposed]:
    """Who is registered as working at the firm in the period and not on the roster yet; wage and contract from the last
    application or the referral, so that nothing is typed twice."""
    spells = LabourSpell.objects.filter(
        employer=claim.employer, status=LabourSpell.Status.EMPLOYED, start_on__lte=claim.ends_on
    ).filter(Q(end_on=None) | Q(end_on__gt=claim.first_month))
    spells = spells.exclude(person__in=claim.people.order_by().values("person")).select_related("person")
    spells = list(spells.order_by("person__pinyin", "start_on", "id"))
    people = {spell.person_id for spell in spells}
    referrals = Referral.objects.filter(
        person__in=people, vacancy__employer=claim.employer, state=Referral.State.HIRED
    ).order_by("hired_on", "id")
    hired = {one.person_id: one for one in referrals}
    rows = HiringPerson.objects.filter(person__in=people, claim__employer=claim.employer)
    earlier = {row.person_id: row for row in rows.order_by("claim__last_month", "id")}
    return list({spell.person_id: _proposal(spell, hired, earlier) for spell in spells}.values())


def _proposal(spell: LabourSpell, hired: dict[int, Referral], earlier: dict[int, HiringPerson]) -> Proposed:
    before, referral = earlier.get(spell.person_id), hired.get(spell.person_id)
    if before is not None:
        return Proposed(
            spell.person, before.contract_from, "上一期的花名册", before.contract_to, before.wage_fen, before.base_fen
        )
    if referral is not None:
        return Proposed(spell.person, spell.start_on, "推荐录用", wage_fen=referral.wage_fen)
    return Proposed(spell.person, spell.start_on, "就业登记")


@dataclass(frozen=True)
class Roster:
    """A file as it was understood: good lines, and a sentence for each row that was not."""

    lines: tuple[Line, ...]
    wrong: tuple[str, ...]


def _text(cell: Any) -> str:
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat()
    if isinstance(cell, dt.date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return halfwidth(str(cell if cell is not None else "")).strip()


def _headings(row: Sequence[Any]) -> dict[str, int]:
    """Where each column stands when this row is the row of headings; empty otherwise."""
    found: dict[str, int] = {}
    for place, cell in enumerate(row):
        label = plain_label(_text(cell))
        for name, written in COLUMNS.items():
            if label in written:
                found.setdefault(name, place)
    return found if found.keys() >= NEEDED else {}


def _day(text: str, what: str) -> dt.date:
    """A date as people write it. ValueError with a sentence."""
    found = re.fullmatch(r"(\d{4})\D{1,2}(\d{1,2})\D{1,2}(\d{1,2})\D?", text) or re.fullmatch(
        r"(\d{4})(\d\d)(\d\d)", text
    )
    try:
        return dt.date(*map(int, found.groups()))
    except (AttributeError, ValueError):
        raise ValueError(f"{what}“{text[:20]}”看不懂，应写成 2026-03-01 这样。") from None


def _money(text: str, what: str) -> int:
    try:
        return fen_of(text)
    except ValueError:
        raise ValueError(f"{what}“{text[:20]}”看不懂，应写成 4500.00 这样。") from None


def _person(cells: dict[str, str]) -> Person:
    """Whom a row means. ValueError with a sentence."""
    number = cells.get(NUMBER, "")
    checked = identity.check_resident_id(number, today=clock.today())
    if checked.number is None:
        raise ValueError("".join(problem.text for problem in checked.problems))
    person = find_by_number("resident_id", checked.number)
    if person is None:
        raise ValueError("没有这个证件号码的人员档案，请核对号码，或先建档。")
    name = cells.get(NAME, "")
    if name and clean_name(name) != clean_name(person.name):
        raise ValueError(f"姓名“{name[:20]}”与证件号码登记的不是同一个人，请核对。")
    return person


def _line(cells: dict[str, str]) -> Line:
    """One row; ValueError with a sentence."""
    person = _person(cells)
    start = _day(cells.get(FROM, ""), FROM)
    end_text = cells.get(TO, "")
    end = None if end_text in OPEN_END else _day(end_text, TO)
    if end is not None and end < start:
        raise ValueError("合同终止日期早于起始日期，请核对。")
    return Line(
        person, start, end, _money(cells.get(WAGE, ""), WAGE), _money(cells.get(BASE, ""), BASE), Origin.IMPORTED
    )


def read_roster(data: bytes, file_name: str) -> Roster:
    """The rows of a roster (.xlsx, .xls, .csv), whichever row the headings stand in. A row that is wrong is named with its
    number and left out. NotPossible for a file that is none, or has no headings."""
    try:
        grids = open_grids(data, file_name)
    except RefusedFile as refused:
        raise NotPossible(Why("file", str(refused))) from refused
    lines: dict[int, Line] = {}
    wrong: list[str] = []
    has_headings = False
    for grid in grids:
        places: dict[str, int] = {}
        for number, row in enumerate(grid.rows(), start=1):
            if not places:
                if number > LOOKED_AT:
                    break
                places = _headings(row)
                has_headings |= bool(places)
                continue
            texts = [text for cell in row if (text := _text(cell))]
            if not texts or texts[0].startswith(_TOTALS):
                continue
            cells = {name: _text(row[at]) for name, at in places.items() if at < len(row)}
            who = f"第{number}行{cells.get(NAME, '')[:20]}："
            try:
                line = _line(cells)
            except ValueError as error:
                wrong.append(f"{who}{error}")
                continue
            if line.person.pk in lines:
                wrong.append(f"{who}这个人写了两遍，只算前一行。")
                continue
            lines[line.person.pk] = line
    if not has_headings:
        text = "表里没有找到“证件号码、合同起始日期、月工资、缴费基数”这几列。"
        raise NotPossible(Why("headings", text, "请下载本页的花名册模板，照样填写。"))
    return Roster(tuple(lines.values()), tuple(wrong))
