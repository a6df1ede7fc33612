"""What the cells of a table of figures probably ask for: proposed from its words, decided by a person, kept for next month."""

from __future__ import annotations

from dataclasses import dataclass, replace

from renben.engines.ledgers.definitions import SUMMABLE, Column, Ledger, LedgerError
from renben.engines.ledgers.template_grids import (
    COUNT,
    FORM,
    GRID,
    Figure,
    Figures,
    FigureSheet,
    Measure,
    Single,
)
from renben.engines.ledgers.template_labels import Known, fits, without_part
from renben.engines.ledgers.template_sheets import Label
from renben.engines.ledgers.template_words import FACTS, Words, load_words, plain_heading
from renben.engines.ledgers.templates import Kept

_TAILS = ("人员数", "人数", "人员", "人次", "数")
ANY_YEAR = 2000
"""Whether a label can be a month does not depend on the year."""


def measures(ledger: Ledger) -> list[tuple[str, str]]:
    """What a cell may count: (code, words)."""
    return [("", "（留空，不填）"), (COUNT, "数一数有几条"), *((c.key, f"合计：{c.title}") for c in _summable(ledger))]


def _summable(ledger: Ledger) -> list[Column]:
    return [column for column in ledger.columns if column.type in SUMMABLE]


@dataclass(frozen=True)
class Guess:
    """Proposals for one ledger with what is known of its values."""

    ledger: Ledger
    known: Known
    words: Words

    def is_known(self, column: Column, label: str) -> bool:
        """Whether a label means something in a column, by what is known without counting."""
        if fits(column, label, self.known, ANY_YEAR) is None:
            return False
        if column.type in ("int", "fen"):
            return any(self.words.is_same(column.title, title) for title in self.words.spans)
        if column.type in ("date", "month"):
            return True
        sign = self.known.sign_of_label(without_part(label))
        if sign.startswith("@"):
            return self.holds_offices(column)
        return self.known.knows(column.key, sign)

    def holds_offices(self, column: Column) -> bool:
        known = self.known.values.get(column.key, frozenset())
        return any(sign.startswith("@") for sign in known) or any(
            self.words.is_same(column.title, title) for title in self.words.offices
        )

    def best_by(self, sheet: FigureSheet) -> tuple[int, str]:
        """The column of labels and the column of the ledger they name best; (the first column, nothing) when none does."""
        headings = {column.place: column.heading for column in sheet.layout.columns} if sheet.layout else {}
        best: tuple[tuple[int, bool], int, str] = ((0, False), 0, "")
        for place, rows in sheet.label_rows.items():
            labels = [each.text for each in rows if each.kind == "label"]
            for column in self.ledger.columns:
                hits = sum(self.is_known(column, label) for label in labels)
                score = (hits, self.words.is_same(headings.get(place, "") or "无", column.title))
                if score > best[0] and (hits >= 2 or 2 * hits >= len(labels)):
                    best = (score, place, column.key)
        return (best[1], best[2]) if best[2] else (next(iter(sheet.label_rows), 0), "")

    def measure(self, heading: str) -> Measure:
        """What a heading asks for: a sum it names, a value it names, or simply how many."""
        parts = [part for part in heading.split("/") if part]
        last = without_part(parts[-1]) if parts else ""
        for column in _summable(self.ledger):
            if self.words.is_same(last, column.title) or self.words.is_same("".join(parts), column.title):
                return Measure(column.key)
        if plain_heading(last) in self.words.counts:
            return Measure(COUNT)
        for text in dict.fromkeys([last, *(last.removesuffix(tail) for tail in _TAILS if last.endswith(tail))]):
            if text and (where := self._column_of(text, parts[:-1])):
                return Measure(COUNT, where, text)
        return Measure()

    def _column_of(self, value: str, groups: list[str]) -> str:
        """The column a value stands in: the one its group is called after, else the only one that knows it."""
        found = [column for column in self.ledger.columns if self.is_known(column, value)]
        for column in found:
            if any(self.words.is_same(group, column.title) for group in groups):
                return column.key
        return found[0].key if len(found) == 1 else ""


def first_figures(
    sheet: FigureSheet, ledger: Ledger, known: Known, way: str = "", *, place: int = 0, words: Words | None = None
) -> Figures:
    """The figures as they are proposed. `way` grid or form, by default what the sheet looks like; `place` the column of the
    labels when somebody chose it."""
    words = words or load_words()
    guess = Guess(ledger, known, words)
    way = way or (GRID if sheet.is_grid else FORM)
    if way == FORM or not sheet.label_rows:
        asked = [pair for pair in sheet.pairs if not _fact_beside(pair, words)]
        singles = tuple(Single(pair.cell, pair.label, guess.measure(pair.label)) for pair in asked)
        return Figures(FORM, sheet.name, singles=singles, cells=_facts_of(sheet, words))
    chosen, by = guess.best_by(sheet)
    if place in sheet.label_rows and place != chosen:
        chosen, by = guess.best_by(replace(sheet, label_rows={place: sheet.label_rows[place]}))
    columns = tuple(
        Figure(c.place, c.heading, Measure() if c.has_formula else guess.measure(c.heading))
        for c in sheet.layout.columns
        if c.place != chosen
    )
    head = (sheet.layout.head_first, sheet.layout.head_last)
    return Figures(GRID, sheet.name, *head, chosen, by, columns, cells=sheet.labels)


def _facts_of(sheet: FigureSheet, words: Words) -> tuple[Label, ...]:
    """Places for facts of a form: behind a colon, or in the empty cell beside a label like 填报单位."""
    beside = {pair.label.strip(":： "): pair.cell for pair in sheet.pairs if _fact_beside(pair, words)}
    behind = (replace(label, fact="") if label.label in beside else label for label in sheet.labels)
    return (*behind, *(Label(cell, "", words.fact_of(text)) for text, cell in beside.items()))


def _fact_beside(pair: Label, words: Words) -> str:
    """The fact (填报单位, 填报日期 …) an empty cell asks for by the label beside it; empty when it asks for something else."""
    return words.fact_of(pair.label.strip(":： "))


def check(figures: Figures, sheet: FigureSheet, ledger: Ledger) -> None:
    """LedgerError when figures cannot be filled: nothing chosen, an unknown column, a condition nobody can read."""
    columns = {column.key: column for column in ledger.columns}
    if figures.way == GRID and (figures.by not in columns or figures.label_place not in sheet.label_rows):
        raise LedgerError("还没有选好每一行是什么。请选表上的名目在哪一列，它对应台账的哪一列。")
    if not figures.measured:
        raise LedgerError("还没有一格选好要填什么数。请至少选一格，再保存。")
    for each in figures.measured:
        _check_measure(each, columns, ledger)
    targets = {single.cell for single in figures.singles if single.measure.what}
    for cell in figures.cells:
        if cell.fact and cell.fact not in FACTS:
            raise LedgerError(f"单元格 {cell.cell} 选的内容不认识，请重新选择。")
        if cell.fact and not cell.label and (cell.cell in targets or not _is_free(cell.cell, figures, sheet)):
            raise LedgerError(f"“{cell.cell}”不能填：请写表格上方或下方没有别的内容的单元格，例如 B2。")


def _check_measure(each: Figure | Single, columns: dict[str, Column], ledger: Ledger) -> None:
    name = each.heading if isinstance(each, Figure) else each.label
    measure = each.measure
    if measure.what != COUNT and (measure.what not in columns or columns[measure.what].type not in SUMMABLE):
        raise LedgerError(f"“{name}”选的内容，《{ledger.name}》里没有。请重新选择。")
    if bool(measure.where) != bool(measure.value):
        raise LedgerError(f"“{name}”的条件没有写完整：选了只算哪些，也要写等于什么；不要条件就都空着。")
    if not measure.where:
        return
    column = columns.get(measure.where)
    if column is None:
        raise LedgerError(f"“{name}”的条件，《{ledger.name}》里没有这一列。请重新选择。")
    if fits(column, measure.value, Known(), ANY_YEAR) is None:
        example = "16-24、50以上" if column.type in SUMMABLE else "3月、2026年3月、二季度"
        raise LedgerError(f"“{name}”的条件“{measure.value}”看不懂。“{column.title}”请写成这样：{example}。")


def _is_free(address: str, figures: Figures, sheet: FigureSheet) -> bool:
    from openpyxl.utils.cell import coordinate_to_tuple

    try:
        row, place = coordinate_to_tuple(address)
    except ValueError:
        return False
    if not 1 <= row <= 9999 or not 1 <= place <= 200:
        return False
    if figures.way == FORM:
        return True
    last = max((each.row for each in sheet.label_rows[figures.label_place]), default=figures.head_last)
    return row < figures.head_first or row > last


def carry_over(old: Figures, sheet: FigureSheet, ledger: Ledger, known: Known) -> Kept:
    """Next month's file: what has the same heading or label keeps its figure, wherever it stands now."""
    new = first_figures(sheet, ledger, known, old.way)
    if not new.by:
        new = first_figures(sheet, ledger, known, old.way, place=old.label_place)
    if new.way != old.way:
        raise LedgerError("新表里没有找到原来那样的名目，不像是同一张表。请核对文件；确实换了表，请另外“上传一张表”。")
    before = {plain_heading(each.heading): each.measure for each in old.columns}
    before |= {plain_heading(each.label): each.measure for each in old.singles}
    same: list[str] = []
    added: list[str] = []

    def kept(heading: str, proposed: Measure) -> Measure:
        held = before.get(plain_heading(heading))
        (added if held is None else same).append(heading)
        return proposed if held is None else held

    columns = tuple(replace(each, measure=kept(each.heading, each.measure)) for each in new.columns)
    singles = tuple(replace(each, measure=kept(each.label, each.measure)) for each in new.singles)
    facts = {(cell.cell, cell.label): cell.fact for cell in old.cells}
    cells = tuple(replace(cell, fact=facts.pop((cell.cell, cell.label), cell.fact)) for cell in new.cells)
    free = tuple(Label(cell, "", fact) for (cell, label), fact in facts.items() if not label and fact)
    found = replace(new, columns=columns, singles=singles, cells=(*cells, *free), by=old.by or new.by)
    now = {plain_heading(heading) for heading in same}
    gone = [e.heading if isinstance(e, Figure) else e.label for e in (*old.columns, *old.singles)]
    return Kept(found, same, added, [heading for heading in gone if plain_heading(heading) not in now])
