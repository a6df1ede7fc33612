"""A template made harmless before it is filled: what reaches outside the workbook is taken out."""

from __future__ import annotations

from openpyxl.cell.cell import Cell
from openpyxl.workbook import Workbook
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula
from openpyxl.worksheet.worksheet import Worksheet

from renben.engines.ledgers.template_formulas import is_plain
from renben.engines.ledgers.template_sheets import open_template


def make_harmless(book: Workbook, data: bytes) -> None:
    """Take out links, pivot tables, charts, foreign names and every formula that is not plain (its last value stays).

    Macros and connections never come in: openpyxl does not carry them, and files with macros are refused.
    """
    foreign = [cell for sheet in book.worksheets for cell in sheet._cells.values() if _is_foreign(cell)]
    if foreign:
        shown = open_template(data, data_only=True)
        for cell in foreign:
            last = shown[cell.parent.title]._cells.get((cell.row, cell.column))
            value = None if last is None else last.value
            if isinstance(value, str):
                cell._value, cell.data_type = value, "s"
            else:
                cell.value = value
    book._external_links = []
    for name in [n for n, defined in book.defined_names.items() if _reaches_out(defined.attr_text)]:
        del book.defined_names[name]
    for sheet in book.worksheets:
        _harmless_sheet(sheet)
    for sheet in book.chartsheets:
        book.remove(sheet)


def _is_foreign(cell: object) -> bool:
    if not isinstance(cell, Cell) or cell.data_type != "f":
        return False
    return isinstance(cell.value, ArrayFormula | DataTableFormula) or not is_plain(cell.value)


def _reaches_out(text: object) -> bool:
    return text is not None and not is_plain(text if str(text).startswith("=") else f"={text}")


def _harmless_sheet(sheet: Worksheet) -> None:
    sheet._charts, sheet._pivots, sheet._hyperlinks = [], [], []
    for cell in sheet._cells.values():
        if isinstance(cell, Cell) and cell._hyperlink is not None:
            cell._hyperlink = None
    for name in [n for n, defined in sheet.defined_names.items() if _reaches_out(defined.attr_text)]:
        del sheet.defined_names[name]
    checks = sheet.data_validations
    checks.dataValidation = [
        check
        for check in checks.dataValidation
        if not any(formula and not is_plain(f"={formula}") for formula in (check.formula1, check.formula2))
    ]
    rules = sheet.conditional_formatting
    for place, kept in list(rules._cf_rules.items()):
        if any(formula and not is_plain(f"={formula}") for rule in kept for formula in rule.formula):
            del rules._cf_rules[place]
    for table in sheet.tables.values():
        for column in table.tableColumns:
            column.calculatedColumnFormula = None
            column.totalsRowFormula = None
