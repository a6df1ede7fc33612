"""Reading a roster (花名册): every sheet's heading found, every row understood, checked and compared with the others.

Pure: bytes in, rows out, no database and no clock. Rows are yielded one by one, so fifty thousand cost no more memory
than the file itself. Requirement: J-4.2.1 提取档案, Q-1.2.2 录入系统.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field

from renben.kernel.textnorm import halfwidth
from renben.services.exchange.checks import CellProblem, RowChecker, looks_like_number
from renben.services.exchange.header import Header, find_header, text_of
from renben.services.exchange.layout import Layout, label_forms, plain_label
from renben.services.exchange.territory import Territory
from renben.services.exchange.workbook import Grid, RefusedFile, open_grids

__all__ = ["Reading", "RefusedFile", "Row", "read_roster"]


@dataclass(slots=True)
class Row:
    """One person (or employer) of the file.

    `number` is the row in the file, counted from 1; `values` the understood values by field (dates as date, codes as
    stored, `organization` an organization id); `raw` the cells as they stood, by 0-based column of the file.
    """

    sheet: str
    number: int
    values: dict[str, object]
    raw: dict[int, object]
    problems: list[CellProblem] = field(default_factory=list)
    warnings: list[CellProblem] = field(default_factory=list)


@dataclass
class Reading:
    """A file that can be read. `notes` say in Chinese what was left aside; they are complete once `rows()` has ended."""

    layout: Layout
    sheets: list[tuple[Grid, Header]]
    today: dt.date
    territory: Territory | None
    notes: list[str]

    @property
    def fields(self) -> set[str]:
        """The fields some sheet has a column for."""
        return {found.column.field for _, header in self.sheets for found in header.fields}

    @property
    def has_archives(self) -> bool:
        """Whether the roster says anything about archives, or is a plain list of people."""
        return bool(self.fields & self.layout.archive_fields)

    def headings(self, sheet: str) -> dict[int, str]:
        """The headings of a sheet as they stood, by 0-based column."""
        return next((header.headings for grid, header in self.sheets if grid.name == sheet), {})

    def rows(self) -> Iterator[Row]:
        """The rows in file order. Raises RefusedFile when there are none or more than the layout allows."""
        checker = RowChecker(self.layout, self.today, self.territory)
        seen: dict[str, tuple[str, int]] = {}
        count = 0
        for grid, header in self.sheets:
            for number, raw in _data_rows(grid, header, self.layout, self.notes):
                count += 1
                if count > self.layout.max_rows:
                    raise RefusedFile(_too_many(self.layout))
                yield self._row(checker, grid, header, number, raw, seen)
        if not count:
            raise RefusedFile(f"表头找到了，但下面一行{_what(self.layout)}也没有。请检查后重新上传。")

    def _row(
        self, checker: RowChecker, grid: Grid, header: Header, number: int, raw: dict[int, object], seen: dict
    ) -> Row:
        fields = {found.column.field: found for found in header.fields}
        cells = {name: raw.get(found.place, "") for name, found in fields.items()}
        checked = checker.check(cells, fields)
        row = Row(grid.name, number, checked.values, raw, checked.problems, checked.warnings)
        if self.layout.repeats:
            return row
        for name, what in (("id_number", "身份证号"), ("uscc", "信用代码"), ("archive_number", "档案号")):
            value = row.values.get(name)
            if value is None:
                continue
            first = seen.setdefault(f"{name}:{value}", (grid.name, number))
            if first != (grid.name, number):
                where = f"第{first[1]}行" if first[0] == grid.name else f"工作表“{first[0]}”第{first[1]}行"
                text = f"{what}与{where}重复，请看哪一行是对的，另一行删掉或改正。"
                row.problems.append(CellProblem(name, fields[name].heading, text))
                break
        return row


def read_roster(
    data: bytes, layout: Layout, *, today: dt.date, territory: Territory | None = None, name: str = ""
) -> Reading:
    """Open a file and find its headings. Raises RefusedFile with a Chinese sentence when it is no roster we can read."""
    grids = open_grids(data, name)
    sheets, notes, missing = [], [], None
    for grid in grids:
        header = find_header(grid, layout)
        if header is None:
            notes.append(f"工作表“{grid.name}”里没有找到表头，没有读。")
            continue
        present = {found.column.field for found in header.fields}
        lacking = [label for name, label in layout.required_labels().items() if name not in present]
        if lacking:
            missing = missing or (grid.name, lacking)
            notes.append(f"工作表“{grid.name}”缺少{'、'.join(lacking)}这一列，没有读。")
            continue
        sheets.append((grid, header))
        if header.unknown:
            notes.append(f"不认识的列没有读：{'、'.join(header.unknown[:8])}。")
    if not sheets:
        raise RefusedFile(_no_header(layout, missing))
    _count_when_large(sheets, layout)
    return Reading(layout, sheets, today, territory, notes)


def _what(layout: Layout) -> str:
    return {"employers": "单位", "vacancies": "岗位"}.get(layout.id, "人员")


def _too_many(layout: Layout) -> str:
    return f"一次最多导入 {layout.max_rows:,} 行，这个文件超过了。请分成几个文件上传。"


def _no_header(layout: Layout, missing: tuple[str, list[str]] | None) -> str:
    wanted = "、".join(f"“{label}”" for label in layout.required_labels().values())
    if missing is None:
        return f"前10行里没有找到表头。{layout.title}要有{wanted}这几列，请检查后重新上传。"
    sheet = f"工作表“{missing[0]}”" if missing[0] else "表头"
    return f"{sheet}里没有找到“{'”“'.join(missing[1])}”这一列。请把列名写成{wanted}后重新上传。"


def _count_when_large(sheets: list[tuple[Grid, Header]], layout: Layout) -> None:
    """Refuse too many rows before anything is checked; a sheet may be tall because of blank rows, so they are counted."""
    if sum(grid.height for grid, _ in sheets) <= layout.max_rows:
        return
    count = sum(1 for grid, header in sheets for _ in _data_rows(grid, header, layout, []))
    if count > layout.max_rows:
        raise RefusedFile(_too_many(layout))


def _data_rows(grid: Grid, header: Header, layout: Layout, notes: list[str]) -> Iterator[tuple[int, dict[int, object]]]:
    """(row number from 1, cells by 0-based column) of the rows that are meant as a person or employer."""
    places = {found.place: found for found in header.fields}
    key = next(f.place for f in header.fields if f.column.field in ("id_number", "uscc"))
    name = next(f.place for f in header.fields if f.column.field == "name")
    fills = _fill_down(grid, header)
    for index, cells in enumerate(grid.rows()):
        if index < header.first:
            continue
        raw = {grid.left + offset: cell for offset, cell in enumerate(cells) if text_of(cell) != ""}
        if not any(place in raw for place in places):
            continue
        if not looks_like_number(raw.get(key)) and _is_no_person(raw, raw.get(name), layout, places, notes, index + 1):
            continue
        for place in fills.keys() & places.keys() if fills else ():
            if place not in raw and (value := fills[place].get(index)) is not None:
                raw[place] = value
        yield index + 1, raw


def _is_no_person(
    raw: dict[int, object], name: object, layout: Layout, places: dict[int, object], notes: list[str], number: int
) -> bool:
    """Totals, signatures, remarks below the table, a heading printed again, a line of column numbers."""
    texts = [halfwidth(text_of(cell)) for cell in raw.values()]
    first = "".join(texts[0].split())
    if first.startswith(layout.totals) or "".join(text_of(name).split()).startswith(layout.totals):
        notes.append(f"第{number}行是合计行，没有读。")
        return True
    if first.startswith(layout.footers) or (len(texts) == 1 and len(first) > 6):
        notes.append(f"第{number}行是表下的说明，没有读。")
        return True
    known = [(place, text) for place, cell in raw.items() if place in places and (text := plain_label(text_of(cell)))]
    if len(known) > 1 and all(set(label_forms(text)) & set(places[place].column.names) for place, text in known):
        return True
    return len(known) > 2 and all(text.isdigit() and len(text) <= 2 for _, text in known)


def _fill_down(grid: Grid, header: Header) -> dict[int, dict[int, object]]:
    """Values of cells merged downwards, for columns whose value several people may share: {column: {row: value}}."""
    shared = {found.place for found in header.fields if found.column.shared}
    wanted = [
        (top, bottom, left)
        for (top, left), (bottom, _) in grid.merged
        if bottom > top >= header.first and left in shared
    ]
    if not wanted:
        return {}
    tops = {(top, left): "" for top, _, left in wanted}
    for index, cells in enumerate(grid.rows()):
        for left in shared:
            if (index, left) in tops and 0 <= left - grid.left < len(cells):
                tops[index, left] = cells[left - grid.left]
    filled: dict[int, dict[int, object]] = {}
    for top, bottom, left in wanted:
        for index in range(top, min(bottom, grid.height) + 1):
            filled.setdefault(left, {})[index] = tops[top, left]
    return filled
