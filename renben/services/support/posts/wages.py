"""单位工资表: base and floating wage of a month, typed on screen or read from the unit's sheet; the rule speaks at once."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import QuerySet

from renben.engines.payments.models import PaymentBatch
from renben.engines.rules.evaluation import evaluate
from renben.kernel import acts, audit, clock
from renben.kernel.models import Employer
from renben.kernel.people import find_by_number
from renben.kernel.textnorm import clean_name, halfwidth
from renben.services.exchange.layout import plain_label
from renben.services.exchange.workbook import RefusedFile, open_grids
from renben.services.registration.reasons import NotPossible, Why
from renben.services.support.months import first_of
from renben.services.support.posts import money
from renben.services.support.posts.models import PostAmount, PostPlacement, PostWage

NAME, NUMBER, BASE, FLOATING = "姓名", "证件号码", "基本工资", "浮动工资"
COLUMNS = {
    NAME: {"姓名"},
    NUMBER: {"证件号码", "身份证号", "身份证号码", "公民身份号码"},
    BASE: {"基本工资", "基本工资元"},
    FLOATING: {"浮动工资", "浮动工资元"},
}
_TOTALS = ("合计", "总计", "小计", "制表", "填表")
LOOKED_AT = 20


@dataclass(frozen=True)
class Wage:
    """One line of a sheet, in fen."""

    placement: PostPlacement
    base_fen: int
    floating_fen: int = 0


def on_sheet(employer: Employer, month: dt.date) -> QuerySet[PostPlacement]:
    """Everybody who was on one of the unit's posts in the month."""
    month = first_of(month)
    rows = PostPlacement.objects.filter(post__employer=employer, started_on__lte=money.month_end(month))
    return rows.exclude(left_on__lt=month).select_related("person", "post").order_by("person__pinyin", "id")


def fen_of(text: Any) -> int:
    """Yuan as typed or read from a cell, in whole fen. ValueError for anything else."""
    plain = re.sub(r"[,，\s元¥￥]", "", halfwidth(str(text if text is not None else "")))
    try:
        fen = Decimal(plain) * 100
    except InvalidOperation:
        raise ValueError(str(text)) from None
    if not fen.is_finite() or fen != fen.to_integral_value() or not 0 <= fen < 10**9:
        raise ValueError(str(text))
    return int(fen)


def faults(wage: Wage, month: dt.date) -> list[Why]:
    """What the rule says against a wage."""
    found = evaluate("public_post.wage", month, {"base": wage.base_fen / 100, "float": wage.floating_fen / 100})
    name = wage.placement.person.name
    if not found.is_answered:
        return [Why("no_standard", f"{name}：{'；'.join(found.missing)}")]
    wrong = [part for part in found.parts if part.value is False and part.label in ("基本工资", "浮动工资")]
    return [Why("wage", f"{name}：{part.text}", "请与单位核对后改正。", part.citation) for part in wrong]


def settled(placements: Iterable[PostPlacement], month: dt.date) -> set[int]:
    """Placements whose wage of the month stands on a list that is signed or paid."""
    rows = PostAmount.objects.filter(placement__in=list(placements), month=month, heading="post_wage")
    fixed = rows.exclude(payment_line__batch__state=PaymentBatch.State.DRAFT)
    fixed = fixed.exclude(state__in=[PostAmount.State.WAITING, PostAmount.State.DUE])
    return set(fixed.order_by("id").values_list("placement_id", flat=True))


@acts.whole
def record_sheet(*, month: dt.date, wages: Sequence[Wage], by: Any) -> int:
    """Keep a sheet; all lines or none. NotPossible names every wage against the rule, and every one already signed for."""
    month = first_of(month)
    if not wages:
        raise NotPossible(Why("empty", "还没有填任何人的工资。"))
    if month > clock.today():
        raise NotPossible(Why("future", f"{month:%Y年%m月}还没有到，不能登记工资。"))
    wrong = [why for wage in wages for why in faults(wage, month)]
    held = {
        row.placement_id: row
        for row in PostWage.objects.filter(month=month, placement__in=[w.placement for w in wages])
    }
    fixed = settled([wage.placement for wage in wages], month)
    changed = []
    for wage in wages:
        before = held.get(wage.placement.pk)
        if before is not None and (before.base_fen, before.floating_fen) == (wage.base_fen, wage.floating_fen):
            continue
        if wage.placement.pk in fixed:
            wrong.append(
                Why(
                    "signed",
                    f"{wage.placement.person.name}{month:%Y年%m月}的工资已列入签批的审批表，不能再改。",
                    "报错了的，请在本人的岗位页上更正工资，差额自动补发或追回。",
                )
            )
        changed.append(wage)
    if wrong:
        raise NotPossible(*wrong[:20])
    for wage in changed:
        PostWage.objects.update_or_create(
            placement=wage.placement,
            month=month,
            defaults={
                "base_fen": wage.base_fen,
                "floating_fen": wage.floating_fen,
                "recorded_at": clock.now(),
                "recorded_by": by,
            },
        )
    if changed:
        audit.record(
            action="public_post.sheet",
            subject=f"employer:{changed[0].placement.post.employer_id}",
            detail={"month": month, "placements": [wage.placement.pk for wage in changed][:200]},
            by=by,
            organization=changed[0].placement.post.organization,
        )
    return len(changed)


def _headings(row: Sequence[object]) -> dict[str, int]:
    found: dict[str, int] = {}
    for place, cell in enumerate(row):
        label = plain_label(str(cell if cell is not None else ""))
        for name, written in COLUMNS.items():
            if label in written:
                found.setdefault(name, place)
    return found if {NUMBER, BASE} <= found.keys() else {}


def _text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return halfwidth(str(cell if cell is not None else "")).strip()


def _line(number: int, cells: dict[str, str], staff: dict[int, PostPlacement]) -> Wage:
    """One line of the sheet; ValueError with a sentence."""
    person = find_by_number("resident_id", cells[NUMBER])
    placement = staff.get(person.pk) if person is not None else None
    if placement is None:
        raise ValueError(
            f"第{number}行{cells.get(NAME, '')}（尾号{cells[NUMBER][-4:]}）这个月不在本组织的公益性岗位上。"
        )
    name = cells.get(NAME, "")
    if name and clean_name(name) != clean_name(placement.person.name):
        raise ValueError(f"第{number}行姓名“{name}”与证件号码对不上，档案里是{placement.person.name}。")
    try:
        return Wage(placement, fen_of(cells[BASE]), fen_of(cells.get(FLOATING) or "0"))
    except ValueError as error:
        raise ValueError(f"第{number}行金额“{str(error)[:20]}”看不懂，应写成 2540.00 这样。") from None


def read_sheet(data: bytes, file_name: str, staff: Iterable[PostPlacement]) -> list[Wage]:
    """The lines of a unit's sheet (.xlsx, .xls, .csv). NotPossible names everything that cannot be understood."""
    by_person = {placement.person_id: placement for placement in staff}
    found: dict[int, Wage] = {}
    wrong: list[str] = []
    try:
        grids = open_grids(data, file_name)
    except RefusedFile as refused:
        raise NotPossible(Why("file", str(refused))) from refused
    for grid in grids:
        places: dict[str, int] = {}
        for number, row in enumerate(grid.rows(), start=1):
            if not places:
                if number > LOOKED_AT:
                    break
                places = _headings(row)
                continue
            cells = {name: _text(row[at]) for name, at in places.items() if at < len(row)}
            texts = [_text(cell) for cell in row if _text(cell)]
            if not cells.get(NUMBER) or texts[0].startswith(_TOTALS):
                continue
            try:
                wage = _line(number, cells, by_person)
            except ValueError as error:
                wrong.append(str(error))
                continue
            if wage.placement.pk in found:
                wrong.append(f"第{number}行{wage.placement.person.name}写了两遍，只能留一行。")
            found[wage.placement.pk] = wage
    if wrong:
        more = f"……共{len(wrong)}处" if len(wrong) > 8 else ""
        raise NotPossible(Why("sheet", "工资表没有读入：" + "".join(wrong[:8]) + more))
    if not found:
        raise NotPossible(
            Why("sheet", "表里没有找到“证件号码、基本工资、浮动工资”三列或一行数据，请用本页导出的表填。")
        )
    return list(found.values())
