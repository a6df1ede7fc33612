"""按行填报 and 单格填报: tables that ask for figures. Where labels and empty cells stand, and what figure goes where.

A grid has a column of fixed labels (街镇, 年龄段, 月份 …) and asks for a number in each other column; a form has a label and an
empty cell beside it. Pure over bytes, definitions and words; counting and writing is done by `template_figures`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from renben.engines.ledgers.definitions import LedgerError
from renben.engines.ledgers.template_sheets import MAX_COLUMNS, Label, TemplateSheet, _Reader, open_template
from renben.engines.ledgers.template_words import Words, load_words, plain_heading
from renben.kernel.textnorm import halfwidth

ROSTER, GRID, FORM = "roster", "grid", "form"
COUNT = "count"
MAX_LABELS, MAX_PAIRS, LONGEST = 300, 120, 40
SUBTOTALS = ("小计",)


@dataclass(frozen=True)
class Measure:
    """What a cell counts: nothing (`what` empty), the rows (`count`), or the sum of a column by key; with a condition only the
    rows whose column `where` reads `value` (a text, a month, a span of figures: see `template_labels.fits`)."""

    what: str = ""
    where: str = ""
    value: str = ""


@dataclass(frozen=True)
class Figure:
    """One column of a grid and what is counted in it."""

    place: int
    heading: str
    measure: Measure

    @property
    def letter(self) -> str:
        return get_column_letter(self.place)


@dataclass(frozen=True)
class Single:
    """One empty cell of a form, the label beside it, and what goes in."""

    cell: str
    label: str
    measure: Measure


@dataclass(frozen=True)
class Figures:
    """What is kept of a table of figures. A grid has `label_place` (the column of its labels) and `by` (the column of the ledger
    they name); a form has `singles`. `cells` are the facts around, as in a roster."""

    way: str
    sheet: str
    head_first: int = 0
    head_last: int = 0
    label_place: int = 0
    by: str = ""
    columns: tuple[Figure, ...] = ()
    singles: tuple[Single, ...] = ()
    cells: tuple[Label, ...] = ()

    @property
    def measured(self) -> list[Figure | Single]:
        return [each for each in (*self.columns, *self.singles) if each.measure.what]

    @property
    def empty(self) -> list[str]:
        found = [column.heading for column in self.columns if not column.measure.what]
        return found + [single.label for single in self.singles if not single.measure.what]

    def to_json(self) -> dict[str, Any]:
        return {
            "way": self.way,
            "sheet": self.sheet,
            "head": [self.head_first, self.head_last],
            "labels": {"place": self.label_place, "by": self.by},
            "columns": [{"place": c.place, "heading": c.heading, **vars(c.measure)} for c in self.columns],
            "singles": [{"cell": s.cell, "label": s.label, **vars(s.measure)} for s in self.singles],
            "cells": [vars(cell) for cell in self.cells],
        }

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> Figures:
        def measure(entry: dict[str, Any]) -> Measure:
            return Measure(entry["what"], entry["where"], entry["value"])

        return cls(
            content["way"],
            content["sheet"],
            *content["head"],
            content["labels"]["place"],
            content["labels"]["by"],
            tuple(Figure(c["place"], c["heading"], measure(c)) for c in content["columns"]),
            tuple(Single(s["cell"], s["label"], measure(s)) for s in content["singles"]),
            tuple(Label(**cell) for cell in content["cells"]),
        )


def way_of(content: dict[str, Any]) -> str:
    """How a kept mapping fills its table: `roster`, `grid` or `form`."""
    return content.get("way", ROSTER)


@dataclass(frozen=True)
class LabelRow:
    """One row of a grid. `kind`: label, total (合计) or subtotal (小计)."""

    row: int
    text: str
    kind: str = "label"


@dataclass(frozen=True)
class FigureSheet:
    """One sheet read for figures. `layout` is its heading when it has one; `label_rows` are the labels in each column that may
    hold some; `pairs` the empty cells with the label beside them, `labels` the places for facts."""

    name: str
    layout: TemplateSheet | None
    label_rows: dict[int, tuple[LabelRow, ...]]
    pairs: tuple[Label, ...]
    labels: tuple[Label, ...]
    is_grid: bool

    @property
    def label_places(self) -> list[tuple[int, str]]:
        """The columns that may hold the labels, with their letter, heading and first labels."""
        headings = {column.place: column.heading for column in self.layout.columns} if self.layout else {}
        return [
            (place, f"{get_column_letter(place)} 列 {headings.get(place, '')}：{'、'.join(r.text for r in rows[:3])}…")
            for place, rows in self.label_rows.items()
        ]


def read_figures(data: bytes, name: str = "", words: Words | None = None) -> list[FigureSheet]:
    """The visible sheets that ask for figures: with a column of labels, or with labels beside empty cells."""
    words = words or load_words()
    book = open_template(data, name)
    found = (figure_sheet(sheet, words) for sheet in book.worksheets if sheet.sheet_state == "visible")
    sheets = [sheet for sheet in found if sheet.label_rows or sheet.pairs]
    if not sheets:
        raise LedgerError("表里没有找到要填数的地方：既没有一列固定的名目，也没有名目旁边的空格。请检查后重新上传。")
    return sheets


def sheet_named(sheets: list[FigureSheet], name: str) -> FigureSheet:
    return next((sheet for sheet in sheets if sheet.name == name), sheets[0])


def figure_sheet(sheet: Worksheet, words: Words, head: tuple[int, int] | None = None) -> FigureSheet:
    """The structure of one sheet. `head` are the rows of its heading when they are known."""
    reader = _Reader(sheet, words)
    layout = reader.read(head)
    rows = {place: found for place in _columns(layout) if (found := _labels_in(reader, layout, place))}
    around = reader.labels(layout.head_first, max((r.row for f in rows.values() for r in f), default=0)) if rows else ()
    return FigureSheet(
        name=sheet.title,
        layout=layout,
        label_rows=rows,
        pairs=tuple(_pairs(reader)),
        labels=tuple(around or reader.labels(1 << 20, 1 << 20)),
        is_grid=any(_is_blank_beside(reader, layout, place, found) for place, found in rows.items()),
    )


def _columns(layout: TemplateSheet | None) -> list[int]:
    return [column.place for column in layout.columns] if layout else []


def _labels_in(reader: _Reader, layout: TemplateSheet, place: int) -> tuple[LabelRow, ...]:
    """The labels below the heading in one column; none when fewer than two of them are words."""
    found = []
    for row in range(layout.head_last + 1, reader.height + 1):
        texts = reader.row_texts(row)
        first = "".join(halfwidth(texts[0][1]).split()) if texts else ""
        kind = _kind(reader.words, first)
        if kind == "label" and first.startswith(reader.words.footers):
            break
        text = reader.text(row, place)
        cell = reader.sheet._cells.get((row, place))
        if kind != "label":
            found.append(LabelRow(row, texts[0][1], kind))
        elif text and cell.data_type != "f" and len(text) <= LONGEST:
            found.append(LabelRow(row, text))
    worded = [each for each in found if each.kind == "label" and any(c.isalpha() or "-" in c for c in each.text)]
    return tuple(found[:MAX_LABELS]) if len(worded) >= 2 else ()


def _kind(words: Words, first: str) -> str:
    plain = first.strip(":")
    if plain_heading(plain) in words.totals:
        return "total"
    return "subtotal" if plain.startswith(SUBTOTALS) else "label"


def _is_blank_beside(reader: _Reader, layout: TemplateSheet, place: int, rows: tuple[LabelRow, ...]) -> bool:
    """Whether hardly anything but numbers stands beside the labels: then they are rows to be filled and no example rows."""
    others = [column.place for column in layout.columns if column.place > place]
    texts = [reader.text(each.row, other) for each in rows for other in others]
    words = [text for text in texts if text and not text.startswith("=") and not text.replace(".", "").isdigit()]
    return bool(others) and len(words) <= len(rows) / 4


def _pairs(reader: _Reader) -> Iterator[Label]:
    """The empty cells beside a label: to its right, or below it when something stands to its right."""
    given = 0
    for (row, place), cell in sorted(reader.sheet._cells.items()):
        text = cell.value.strip() if isinstance(cell.value, str) and cell.data_type != "f" else ""
        if not text or len(text) > LONGEST or place > MAX_COLUMNS or given >= MAX_PAIRS:
            continue
        area = next((a for a in reader.merged if (a.min_row, a.min_col) == (row, place)), None)
        right = (row, (area.max_col if area else place) + 1)
        below = ((area.max_row if area else row) + 1, place)
        target = right if _is_empty(reader, right) else below if _is_empty(reader, below) else None
        if target is not None:
            given += 1
            yield Label(f"{get_column_letter(target[1])}{target[0]}", text, "")


def _is_empty(reader: _Reader, at: tuple[int, int]) -> bool:
    """Whether a cell waits to be filled: drawn on the sheet, nothing in it, not the inside of a merged one."""
    cell = reader.sheet._cells.get(at)
    if (
        cell is None
        or cell.value is not None
        or any(
            at[0] in range(a.min_row, a.max_row + 1)
            and at[1] in range(a.min_col, a.max_col + 1)
            and at != (a.min_row, a.min_col)
            for a in reader.merged
        )
    ):
        return False
    border = cell.border
    return any(side is not None and side.style for side in (border.left, border.right, border.top, border.bottom))
