"""照表填报: which column of a superior's table is which column of a ledger. Proposed, decided by a person, kept for next month.

Pure over bytes, definitions and words. A mapping gives each column of the table one of: a column of the ledger by key,
`#` (numbered), `=office` and the other facts (the same in every row), or nothing (left empty).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from renben.engines.ledgers.definitions import Column, Ledger, LedgerError, plain
from renben.engines.ledgers.template_sheets import Label, TemplateColumn, TemplateSheet, open_template, read_sheets
from renben.engines.ledgers.template_words import FACTS, Words, forms, likeness, load_words, plain_heading

NUMBER = "#"
LIKE_ENOUGH = 0.6


@dataclass(frozen=True)
class Mapped:
    """One column of the table and what goes into it (`key`, empty for nothing)."""

    place: int
    heading: str
    key: str = ""


@dataclass(frozen=True)
class Mapping:
    """What is kept of a template: the sheet, the rows of its heading, its columns, and the facts around the table."""

    sheet: str
    head_first: int
    head_last: int
    columns: tuple[Mapped, ...]
    cells: tuple[Label, ...] = ()

    @property
    def used(self) -> list[Mapped]:
        return [column for column in self.columns if column.key]

    @property
    def empty(self) -> list[Mapped]:
        return [column for column in self.columns if not column.key]

    def to_json(self) -> dict[str, Any]:
        return {
            "sheet": self.sheet,
            "head": [self.head_first, self.head_last],
            "columns": [{"place": c.place, "heading": c.heading, "key": c.key} for c in self.columns],
            "cells": [{"cell": c.cell, "label": c.label, "fact": c.fact} for c in self.cells],
        }

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> Mapping:
        first, last = content["head"]
        return cls(
            content["sheet"],
            first,
            last,
            tuple(Mapped(**column) for column in content["columns"]),
            tuple(Label(**cell) for cell in content["cells"]),
        )


@dataclass(frozen=True)
class Proposal:
    """What a column of the table probably is. `key` is sure enough to be chosen beforehand; `maybe` only looks alike."""

    column: TemplateColumn
    key: str = ""
    maybe: str = ""


@dataclass(frozen=True)
class Kept:
    """What became of a mapping with next month's file. `mapping` is of the kind it was (`Mapping`, `template_grids.Figures`)."""

    mapping: Any
    same: list[str] = field(default_factory=list)
    new: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)


def sheets_of(data: bytes, name: str = "", words: Words | None = None) -> list[TemplateSheet]:
    """The sheets of a file that have a heading. LedgerError when the file is refused or has none."""
    sheets = read_sheets(open_template(data, name), words or load_words())
    if not sheets:
        raise LedgerError("前 15 行里没有找到表头。请检查是不是空表、表头是否在最上面的 15 行里，改好后重新上传。")
    return sheets


def sheet_named(sheets: Iterable[TemplateSheet], name: str) -> TemplateSheet:
    """A sheet by name, or the one with the most headings we know."""
    sheets = list(sheets)
    found = next((sheet for sheet in sheets if sheet.name == name), None)
    return found or max(sheets, key=lambda sheet: sheet.known)


def targets(ledger: Ledger) -> list[tuple[str, str]]:
    """What may go into a column: (key, words), the ledger's columns first."""
    columns = [(column.key, column.title) for column in ledger.columns]
    return [
        *columns,
        (NUMBER, "序号（自动编）"),
        *((f"={code}", f"{word}（每行相同）") for code, word in FACTS.items()),
    ]


def propose(sheet: TemplateSheet, ledger: Ledger, words: Words | None = None) -> list[Proposal]:
    """A proposal for each column. Each column of the ledger is chosen beforehand at most once, where it fits best."""
    words = words or load_words()
    ranks = {
        (place, column.key): rank
        for place, theirs in enumerate(sheet.columns)
        for column in ledger.columns
        if (rank := _rank(theirs, column, words)) is not None
    }
    sure: dict[int, str] = {}
    for place, key in sorted(ranks, key=lambda pair: (ranks[pair], pair[0])):
        if place not in sure and key not in sure.values():
            sure[place] = key
    return [
        _proposal(theirs, sure.get(place, ""), ledger, set(sure.values()), words)
        for place, theirs in enumerate(sheet.columns)
    ]


def _rank(theirs: TemplateColumn, column: Column, words: Words) -> int | None:
    """How good a sure match is, lower is better: the same heading, group and heading together, a synonym."""
    joined = theirs.heading.replace("/", "")
    if set(forms(theirs.name)) & set(forms(column.title)):
        return 0 if "/" not in theirs.heading else 1
    if set(forms(joined)) & set(forms(column.title)):
        return 0
    if words.is_same(theirs.name, column.title):
        return 3
    return 4 if words.is_same(joined, column.title) else None


def _proposal(theirs: TemplateColumn, key: str, ledger: Ledger, taken: set[str], words: Words) -> Proposal:
    if key:
        return Proposal(theirs, key)
    if set(forms(theirs.name)) & words.number:
        return Proposal(theirs, NUMBER)
    if fact := words.fact_of(theirs.name):
        return Proposal(theirs, f"={fact}")
    if theirs.has_formula:
        return Proposal(theirs)
    alike = [
        (max(likeness(theirs.name, column.title), likeness(theirs.heading.replace("/", ""), column.title)), column.key)
        for column in ledger.columns
        if column.key not in taken
    ]
    best, maybe = max(alike, default=(0.0, ""))
    return Proposal(theirs, maybe=maybe if best >= LIKE_ENOUGH else "")


def best_ledger(sheet: TemplateSheet, ledgers: Iterable[Ledger], words: Words | None = None) -> Ledger | None:
    """The ledger that fills the most columns of a sheet; of equal ones that named in its title, then the one used best."""
    words = words or load_words()
    title = plain_heading(sheet.title.replace("台帐", "台账"))

    def fit(ledger: Ledger) -> tuple[int, bool, float]:
        keys = {column.key for column in ledger.columns}
        hits = sum(proposal.key in keys for proposal in propose(sheet, ledger, words))
        is_named = any(plain_heading(plain(name)) in title for name in (ledger.name, *ledger.aliases))
        return hits, is_named, hits / len(keys)

    found = [(fit(ledger), place, ledger) for place, ledger in enumerate(ledgers)]
    best = max(found, key=lambda one: (one[0], -one[1]), default=None)
    return best[2] if best and best[0][0] >= 2 else None


def first_mapping(sheet: TemplateSheet, ledger: Ledger, words: Words | None = None) -> Mapping:
    """The mapping as it is proposed."""
    columns = tuple(Mapped(p.column.place, p.column.heading, p.key) for p in propose(sheet, ledger, words))
    return Mapping(sheet.name, sheet.head_first, sheet.head_last, columns, sheet.labels)


def carry_over(old: Mapping, sheet: TemplateSheet, ledger: Ledger, words: Words | None = None) -> Kept:
    """Next month's file with the mapping of before: where headings are the same it stays, wherever the column stands now."""
    words = words or load_words()
    before = {}
    for column in old.columns:
        before.setdefault(plain_heading(column.heading), column)
    columns, same, new = [], [], []
    used = {column.key for column in old.columns}
    for proposal in propose(sheet, ledger, words):
        theirs = proposal.column
        held = before.pop(plain_heading(theirs.heading), None)
        if held is not None:
            columns.append(Mapped(theirs.place, theirs.heading, held.key))
            same.append(theirs.heading)
        else:
            columns.append(Mapped(theirs.place, theirs.heading, "" if proposal.key in used else proposal.key))
            new.append(theirs.heading)
    kept_cells = {(cell.cell, cell.label): cell.fact for cell in old.cells}
    by_label = {cell.label: cell.fact for cell in old.cells if cell.label}
    cells = [
        Label(label.cell, label.label, kept_cells.get((label.cell, label.label), by_label.get(label.label, label.fact)))
        for label in sheet.labels
    ]
    cells += [cell for cell in old.cells if not cell.label and is_free_cell(cell.cell, sheet)]
    mapping = Mapping(sheet.name, sheet.head_first, sheet.head_last, tuple(columns), tuple(cells))
    return Kept(mapping, same, new, [column.heading for column in before.values()])


def is_free_cell(address: str, sheet: TemplateSheet) -> bool:
    """Whether an address lies around the table, where a fact may be written."""
    match = re.fullmatch(r"[A-Z]{1,2}([1-9]\d{0,4})", address)
    if match is None:
        return False
    row = int(match[1])
    return row < sheet.head_first or sheet.body_last < row <= sheet.body_last + 30 and row > sheet.head_last


def check(mapping: Mapping, sheet: TemplateSheet, ledger: Ledger) -> None:
    """LedgerError when a mapping cannot be used: nothing chosen, an unknown target, a cell inside the table."""
    allowed = {key for key, _ in targets(ledger)}
    keys = {column.key for column in ledger.columns}
    if not any(column.key in keys for column in mapping.columns):
        raise LedgerError("还没有一列对上台账的内容。请至少给一列选好要填什么，再保存。")
    for column in mapping.used:
        if column.key not in allowed:
            raise LedgerError(f"“{column.heading}”选的内容，《{ledger.name}》里没有。请重新选择。")
    known = {(label.cell, label.label) for label in sheet.labels}
    for cell in mapping.cells:
        if cell.fact and cell.fact not in FACTS:
            raise LedgerError(f"单元格 {cell.cell} 选的内容不认识，请重新选择。")
        if cell.label and (cell.cell, cell.label) not in known:
            raise LedgerError(f"单元格 {cell.cell} 里没有“{cell.label}”，请刷新页面重新对照。")
        if not cell.label and not is_free_cell(cell.cell, sheet):
            raise LedgerError(f"“{cell.cell}”不能填：请写表头上方或表格下方的单元格，例如 B2。")
