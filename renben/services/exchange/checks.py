"""What may stand in a cell: one pure check per kind of column. No database, no clock."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from renben.kernel.identity import check_resident_id, normalise
from renben.kernel.textnorm import clean_name, halfwidth, name_problem, parse_date
from renben.kernel.uscc import check_uscc
from renben.services.exchange.header import Found, text_of
from renben.services.exchange.layout import Layout, plain_label
from renben.services.exchange.territory import Territory, community_key, street_key

SEXES = {"男": "M", "男性": "M", "M": "M", "1": "M", "女": "F", "女性": "F", "F": "F", "2": "F"}
SEX_NAMES = {"M": "男", "F": "女"}
LONGEST_NAME = 50
LONGEST_CAREER_MONTHS = 60 * 12
"""Nobody has contributed longer: more than this is a month count under a heading of years, or a slip."""


@dataclass(frozen=True, slots=True)
class CellProblem:
    """One cell that is wrong (or, as a warning, odd): the field, its heading in the file, and what to do in Chinese."""

    field: str
    column: str
    text: str


@dataclass(slots=True)
class Checked:
    """A row's understood values by field, what is wrong and what is merely odd."""

    values: dict[str, object] = field(default_factory=dict)
    problems: list[CellProblem] = field(default_factory=list)
    warnings: list[CellProblem] = field(default_factory=list)


class CellError(Exception):
    """The cell cannot be taken; the message says why."""


class CellWarning(Exception):
    """The cell is not understood, but the row may go in. `value` is kept."""

    def __init__(self, text: str, value: object = None):
        super().__init__(text)
        self.value = value


@dataclass
class RowChecker:
    """Checks one row at a time. Without a territory, streets are kept as written."""

    layout: Layout
    today: dt.date
    territory: Territory | None = None

    def check(self, cells: dict[str, object], fields: dict[str, Found]) -> Checked:
        """Check the cells of one row. `cells` and `fields` are keyed by field; a column that is absent is not asked for."""
        row = Checked()
        for name, found in fields.items():
            raw = cells.get(name, "")
            if text_of(raw) == "" and not found.column.required:
                continue
            try:
                value = _KINDS[found.column.kind](self, raw, found, row)
            except CellError as error:
                row.problems.append(CellProblem(name, found.heading, str(error)))
                continue
            except CellWarning as warning:
                row.warnings.append(CellProblem(name, found.heading, str(warning)))
                value = warning.value
            if value is not None and value != "":
                row.values[name] = value
        self._compare_with_number(row, cells, fields)
        if self.territory is not None and not self.territory.is_district:
            row.values.setdefault("organization", self.territory.home)
        return row

    def _compare_with_number(self, row: Checked, cells: dict[str, object], fields: dict[str, Found]) -> None:
        """Sex and birth date stand in the number; what the roster says beside it must agree."""
        birth_on, sex = row.values.pop("_birth_on", None), row.values.pop("_sex", None)
        if birth_on is None:
            return
        written = row.values.get("sex")
        if written is not None and written != sex:
            row.problems.append(
                CellProblem(
                    "sex",
                    fields["sex"].heading,
                    f"写的是“{SEX_NAMES[written]}”，而身份证号第17位表示“{SEX_NAMES[sex]}”，请对照证件看哪一处填错了。",
                )
            )
        day = row.values.get("birth_on")
        if isinstance(day, dt.date):
            only_month = fields["birth_on"].is_month_only or _is_month(cells["birth_on"])
            same = (day.year, day.month) == (birth_on.year, birth_on.month) if only_month else day == birth_on
            if not same:
                row.problems.append(
                    CellProblem(
                        "birth_on",
                        fields["birth_on"].heading,
                        f"写的是 {day:%Y-%m-%d}，而身份证号里是 {birth_on:%Y-%m-%d}，请对照证件看哪一处填错了。",
                    )
                )
        left_on = row.values.get("separated_on")
        if isinstance(left_on, dt.date) and left_on <= birth_on:
            row.problems.append(
                CellProblem(
                    "separated_on", fields["separated_on"].heading, f"{left_on:%Y-%m-%d} 在出生之前，请核对年份。"
                )
            )
        row.values["sex"], row.values["birth_on"] = sex, birth_on


def _is_month(raw: object) -> bool:
    if isinstance(raw, str):
        return re.fullmatch(r"\d{4}\s*[-年./]?\s*\d{1,2}\s*月?", halfwidth(raw).strip()) is not None
    return isinstance(raw, int | float) and raw < 300_000 and not 2_101 < raw < 190_000


def _name(checker: RowChecker, raw: object, found: Found, row: Checked) -> str:
    name = clean_name(raw)
    if not name:
        raise CellError("没有填姓名。")
    problem = name_problem(name)
    if problem is not None:
        raise CellError(problem.text)
    if len(name) > LONGEST_NAME:
        raise CellError(f"姓名超过{LONGEST_NAME}个字，请核对是不是填错了格。")
    return name


def _organization_name(checker: RowChecker, raw: object, found: Found, row: Checked) -> str:
    name = re.sub(r"\s+", "", halfwidth(str(raw))) if text_of(raw) else ""
    if len(name) < 2:
        raise CellError("没有填单位名称。" if not name else "单位名称只有一个字，请填营业执照上的全称。")
    return _limited(name, found)


def _resident_id(checker: RowChecker, raw: object, found: Found, row: Checked) -> str:
    result = check_resident_id(raw, today=checker.today)
    if result.number is None:
        raise CellError(result.problems[0].text)
    row.warnings.extend(CellProblem("id_number", found.heading, warning.text) for warning in result.warnings)
    row.values.update(_birth_on=result.birth_on, _sex=result.sex, document_kind=result.kind)
    return result.number


def _uscc(checker: RowChecker, raw: object, found: Found, row: Checked) -> str:
    result = check_uscc(raw)
    if result.number is None:
        raise CellError(result.problems[0].text)
    return result.number


def _sex(checker: RowChecker, raw: object, found: Found, row: Checked) -> str:
    sex = SEXES.get(_whole(raw).upper())
    if sex is None:
        raise CellError(f"“{_whole(raw)[:10]}”不是性别，请填“男”或“女”。")
    return sex


def _whole(raw: object) -> str:
    """A cell as plain text; whole floats lose their `.0`."""
    if isinstance(raw, float) and raw.is_integer():
        return str(int(raw))
    return halfwidth(text_of(raw)).strip()


def _birth(checker: RowChecker, raw: object, found: Found, row: Checked) -> dt.date:
    return _day(checker, raw, "出生日期")


def _past_date(checker: RowChecker, raw: object, found: Found, row: Checked) -> dt.date:
    return _day(checker, raw, found.column.label)


def _any_day(checker: RowChecker, raw: object, found: Found, row: Checked) -> dt.date:
    """A day that may be to come, like the last day of a loan."""
    day = parse_date(raw) if not isinstance(raw, dt.time | dt.timedelta) else None
    if day is None or day.year < 1900:
        raise CellError(f"“{_whole(raw)[:20]}”不是有效的日期，请把{found.column.label}写成 2026-11-21 这样。")
    return day


def _money(checker: RowChecker, raw: object, found: Found, row: Checked) -> int:
    """Yuan as written, kept as whole fen."""
    text = re.sub(r"[\s,，元￥¥]", "", _whole(raw))
    if not re.fullmatch(r"\d{1,10}(\.\d{1,6})?", text):
        raise CellError(f"“{_whole(raw)[:20]}”不是金额，请只填数字，例如 50000.00。")
    fen = Decimal(text) * 100
    if fen != int(fen):
        raise CellError(f"“{text[:20]}”精确到了分以下，请核对。")
    return int(fen)


def _month(checker: RowChecker, raw: object, found: Found, row: Checked) -> dt.date:
    """A month as its first day; a day stands for its month."""
    return _day(checker, raw, found.column.label).replace(day=1)


def _day(checker: RowChecker, raw: object, label: str) -> dt.date:
    if isinstance(raw, dt.time | dt.timedelta):
        raise CellError(f"这一格是钟点，不是日期，请把{label}写成 2026-11-21 这样。")
    day = parse_date(raw)
    if day is None:
        raise CellError(f"“{_whole(raw)[:20]}”不是有效的日期，请把{label}写成 2026-11-21 这样。")
    if day > checker.today:
        raise CellError(f"{label} {day:%Y-%m-%d} 还没到，请核对年份。")
    if day.year < 1900:
        raise CellError(f"{label} {day:%Y-%m-%d} 太早了，请核对年份。")
    return day


def _code(checker: RowChecker, raw: object, found: Found, row: Checked) -> str:
    table = checker.layout.values.get(found.column.field, {})
    written = plain_label(_whole(raw))
    code = table.get(written) or table.get(written.removesuffix("族"))
    if code is None:
        text = f"“{_whole(raw)[:20]}”系统没认出来"
        if found.column.soft:
            raise CellWarning(f"{text}，这一格先空着，审核档案时请选准{found.column.label}。")
        raise CellWarning(f"{text}，这一格先空着，可在人员档案里补填{found.column.label}。")
    return code


def _street(checker: RowChecker, raw: object, found: Found, row: Checked) -> str:
    written, territory = _whole(raw), checker.territory
    if territory is None:
        return written
    key = street_key(written)
    office = territory.streets.get(key)
    if office is None:
        # “顺义区胜利街道” and “北京市顺义区胜利街道” say the same.
        key = next(
            (known for known in [*territory.streets, *territory.elsewhere] if len(known) > 1 and key.endswith(known)),
            key,
        )
        office = territory.streets.get(key)
    if office is not None:
        row.values["organization"] = office
        return written
    if key in territory.elsewhere:
        raise CellError(f"“{written[:20]}”不在您单位的辖区内，请交给区中心或该街（镇）导入。")
    raise CellError(f"{territory.name}没有“{written[:20]}”，请按本区街（镇）名称填写；外区人员请退回移交单位。")


def _community(checker: RowChecker, raw: object, found: Found, row: Checked) -> str:
    written, territory = _whole(raw), checker.territory
    if territory is None:
        return written
    street = row.values.get("organization", territory.home)
    station = territory.communities.get(street, {}).get(community_key(written))
    if station is None:
        raise CellWarning(
            f"在所填街（镇）里没有找到“{written[:20]}”，档案先放在街（镇），可在人员档案里改到社区（村）。", written
        )
    row.values["organization"] = station
    return written


_SEVERAL = re.compile(r"[/、;,，；\n]|(?<=\d{7})\s+(?=\d)")
_MOBILE = re.compile(r"1[3-9]\d{9}")
_FIXED = re.compile(r"(?:0\d{2,3}-?)?[2-9]\d{6,7}(?:(?:-|转)\d{1,6})?")


def _phone(checker: RowChecker, raw: object, found: Found, row: Checked) -> str:
    text = _whole(raw)
    parts = [part for part in _SEVERAL.split(text) if part.strip()]
    for part in parts:
        number = re.sub(r"^(?:\+|00)86-?", "", re.sub(r"[\s()]|分机", "", part.replace("—", "-")))
        mobile = number.replace("-", "")
        if _MOBILE.fullmatch(mobile) or _FIXED.fullmatch(number):
            if len(parts) > 1:
                row.warnings.append(
                    CellProblem(found.column.field, found.heading, f"填了{len(parts)}个电话，只记第一个能用的。")
                )
            return mobile
    digits = re.sub(r"\D", "", parts[0]) if parts else ""
    if digits.startswith("1") and len(digits) != 11:
        raise CellError(f"手机号应是11位，现在是{len(digits)}位，请核对。")
    raise CellError(f"“{text[:20]}”不是电话号码，请填11位手机号，或区号加固定电话。")


_YEARS_MONTHS = re.compile(r"(?:(\d{1,2})年)?零?(?:(\d{1,3})个?月)?")


def _months(checker: RowChecker, raw: object, found: Found, row: Checked) -> int:
    text = re.sub(r"\s+|满|整", "", _whole(raw))
    match = _YEARS_MONTHS.fullmatch(text)
    if match and (match[1] or match[2]):
        months = int(match[1] or 0) * 12 + int(match[2] or 0)
    elif half := re.fullmatch(r"(\d{1,2})年半", text):
        months = int(half[1]) * 12 + 6
    elif re.fullmatch(r"\d{1,3}(\.\d{1,2})?", text):
        months = _bare_months(float(text), found.unit)
    else:
        raise CellError(f"“{text[:20]}”看不出是几年几个月，请写成“3年2个月”。")
    if months > LONGEST_CAREER_MONTHS:
        raise CellError(f"缴费{months}个月（{months // 12}年）不可能这么长，请核对单位是年还是月。")
    return months


def _bare_months(number: float, unit: str) -> int:
    if unit == "unclear":
        raise CellError("看不出单位是年还是月，请写成“3年2个月”。")
    if unit == "year":
        if number * 2 != int(number * 2):
            raise CellError(f"“{number:g}”年看不出是几年几个月，请写成“3年2个月”。")
        return int(number * 12)
    if number != int(number):
        raise CellError(f"“{number:g}”个月不是整数，请核对。")
    return int(number)


def _text(checker: RowChecker, raw: object, found: Found, row: Checked) -> str:
    if isinstance(raw, dt.date):
        return raw.isoformat()[:10]
    text = re.sub(r"[\x00-\x1f\x7f]+", " ", _whole(raw)).strip()
    if not text and found.column.required:
        raise CellError(f"没有填{found.column.label}。")
    return _limited(text, found)


def _limited(text: str, found: Found) -> str:
    if len(text) > found.column.length:
        raise CellError(f"超过{found.column.length}个字，请缩短{found.column.label}。")
    return text


def _list(checker: RowChecker, raw: object, found: Found, row: Checked) -> list[str]:
    items = [item.strip()[:100] for item in re.split(r"[、;；,，\n]+", _whole(raw)) if item.strip()]
    return [] if items in (["无"], ["齐全"], ["否"]) else items


_KINDS: dict[str, Callable[[RowChecker, object, Found, Checked], object]] = {
    "name": _name,
    "organization_name": _organization_name,
    "resident_id": _resident_id,
    "uscc": _uscc,
    "sex": _sex,
    "birth": _birth,
    "past_date": _past_date,
    "any_date": _any_day,
    "money": _money,
    "code": _code,
    "street": _street,
    "community": _community,
    "phone": _phone,
    "month": _month,
    "months": _months,
    "text": _text,
    "list": _list,
}


def looks_like_number(raw: object) -> bool:
    """Whether a cell could be meant as an identity number or credit code at all (six digits or more)."""
    return sum(char.isdigit() for char in normalise(raw)) >= 6
