"""Putting rows into a sheet: whatever stands below moves down whole — cells, heights, merged cells, rules, formulas."""

from __future__ import annotations

from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.formatting.formatting import ConditionalFormattingList
from openpyxl.utils.cell import range_boundaries
from openpyxl.workbook import Workbook
from openpyxl.worksheet.cell_range import CellRange, MultiCellRange
from openpyxl.worksheet.worksheet import Worksheet

from renben.engines.ledgers.template_formulas import followed, followed_range


def make_room(book: Workbook, sheet: Worksheet, *, first: int, last: int, by: int, written: int) -> None:
    """`by` more rows after row `last` of the body that begins at `first`; `written` rows will be written from `first` on.

    Merged cells in rows that will be written are taken apart; what lies below row `last` moves down.
    """
    _merged(sheet, first, last, by, written)
    if by:
        _cells(sheet, last, by)
    place = {"sheet": sheet.title, "first": first, "last": last, "by": by}
    for each in book.worksheets:
        for cell in each._cells.values():
            if isinstance(cell, Cell) and cell.data_type == "f" and isinstance(cell.value, str):
                cell._value = followed(cell.value, own=each is sheet, **place)
        for defined in each.defined_names.values():
            defined.attr_text = followed(f"={defined.attr_text}", own=False, **place)[1:]
    for defined in book.defined_names.values():
        defined.attr_text = followed(f"={defined.attr_text}", own=False, **place)[1:]
    if by:
        _rules(sheet, place)
        _tables(sheet, place)


def _merged(sheet: Worksheet, first: int, last: int, by: int, written: int) -> None:
    kept = set()
    for area in sheet.merged_cells.ranges:
        left, top, right, bottom = area.bounds
        if top > last:
            top, bottom = top + by, bottom + by
        elif bottom >= first and top < first + max(written, 0):
            _apart(sheet, left, top, right, bottom)
            continue
        elif bottom > last:
            bottom += by
        kept.add(CellRange(min_col=left, min_row=top, max_col=right, max_row=bottom))
    sheet.merged_cells.ranges = kept


def _apart(sheet: Worksheet, left: int, top: int, right: int, bottom: int) -> None:
    for row in range(top, bottom + 1):
        for column in range(left, right + 1):
            held = sheet._cells.get((row, column))
            if isinstance(held, MergedCell):
                cell = sheet._cells[row, column] = Cell(sheet, row=row, column=column)
                cell._style = held._style


def _cells(sheet: Worksheet, last: int, by: int) -> None:
    below = sorted((key for key in sheet._cells if key[0] > last), reverse=True)
    for row, column in below:
        cell = sheet._cells.pop((row, column))
        cell.row = row + by
        sheet._cells[row + by, column] = cell
    for row in sorted((r for r in sheet.row_dimensions if r > last), reverse=True):
        kept = sheet.row_dimensions.pop(row)
        kept.index = row + by
        sheet.row_dimensions[row + by] = kept
    for mark in sheet.row_breaks.brk:
        if mark.id > last:
            mark.id += by
    for picture in sheet._images:
        for corner in (getattr(picture.anchor, "_from", None), getattr(picture.anchor, "to", None)):
            if corner is not None and corner.row >= last:
                corner.row += by


def _area(text: str, place: dict) -> str:
    return " ".join(followed_range(part, own=True, **place) for part in str(text).split())


def _rules(sheet: Worksheet, place: dict) -> None:
    for check in sheet.data_validations.dataValidation:
        check.sqref = MultiCellRange(_area(check.sqref, place))
    rules = ConditionalFormattingList()
    for area, kept in sheet.conditional_formatting._cf_rules.items():
        for rule in kept:
            rule.formula = [followed(f"={formula}", own=True, **place)[1:] for formula in rule.formula]
            rules.add(_area(area.sqref, place), rule)
    sheet.conditional_formatting = rules
    if sheet.print_area:
        sheet.print_area = ",".join(
            followed_range(part.rpartition("!")[2], own=True, **place) for part in str(sheet.print_area).split(",")
        )
    if sheet.auto_filter.ref:
        sheet.auto_filter.ref = _area(sheet.auto_filter.ref, place)


def _tables(sheet: Worksheet, place: dict) -> None:
    for table in sheet.tables.values():
        grown = _area(table.ref, place)
        if range_boundaries(table.ref) != range_boundaries(grown):
            table.ref = grown
            if table.autoFilter is not None:
                table.autoFilter.ref = grown
