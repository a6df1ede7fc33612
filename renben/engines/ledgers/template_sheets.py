"""Reading a superior's .xlsx: is it safe to open, where its heading stands, what is body, what is total and signature.

Pure over bytes: no database, no clock. Everything that is refused is refused with one Chinese sentence (`LedgerError`).
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from renben.engines.ledgers.definitions import LedgerError
from renben.engines.ledgers.template_words import Words, forms
from renben.kernel import files
from renben.kernel.textnorm import halfwidth

SEARCH_ROWS, MAX_DEPTH, MAX_COLUMNS = 15, 3, 120
MAX_BYTES = 5 * 1024 * 1024
MAX_PARTS = 12 * 1024 * 1024
"""A table to be filled is small; a workbook whose sheets unpack to more is data, and would cost gigabytes to open."""
_DATE = re.compile(r"(?:\d{4}|[ _]{1,16})\s*年[ _\d]{0,12}月(?:[ _\d]{0,12}日)?")
_ORDINALS = ("123456789", "甲乙丙丁戊己庚辛壬", "ABCDEFGHI", "一二三四五六七八九")


@dataclass(frozen=True)
class TemplateColumn:
    """One column of the table. `heading` joins the rows of the heading (组/列); `samples` are what stands below it."""

    place: int
    heading: str
    samples: tuple[str, ...] = ()
    has_formula: bool = False

    @property
    def letter(self) -> str:
        return get_column_letter(self.place)

    @property
    def name(self) -> str:
        return self.heading.rsplit("/", 1)[-1]


@dataclass(frozen=True)
class Label:
    """A place around the table for a fact: the label `填报单位` in cell A2. A date to be filled in has the label 年月日."""

    cell: str
    label: str
    fact: str


@dataclass(frozen=True)
class TemplateSheet:
    """The structure of one sheet; rows counted from 1. The body is `body_first..body_last` (empty when last < first);
    `has_foot`: something stands below it that must not be overwritten. `totals` are the rows of 合计."""

    name: str
    head_first: int
    head_last: int
    columns: tuple[TemplateColumn, ...]
    body_first: int
    body_last: int
    has_foot: bool
    totals: tuple[int, ...]
    labels: tuple[Label, ...]
    known: int
    title: str = ""

    @property
    def has_content(self) -> bool:
        """Whether rows below the heading hold something already; it will be replaced."""
        return any(column.samples for column in self.columns)


def open_template(data: bytes, name: str = "", *, data_only: bool = False) -> Workbook:
    """The workbook, without macros and without links to other files. LedgerError for whatever is no safe .xlsx."""
    try:
        kind = files.check_bytes(data, name, {"xlsx", "xls"})
    except files.Refused as refused:
        raise LedgerError(str(refused)) from refused
    if kind.code == "xls":
        raise LedgerError("这是旧版 Excel（.xls），不能照着填。请用 Excel 或 WPS 打开，另存为 .xlsx 后再上传。")
    if len(data) > MAX_BYTES:
        raise LedgerError("这份表超过 5 MB。照表填报只要空表：请删掉往月的数据、图片和多余的工作表，另存后再上传。")
    _check_parts(data)
    try:
        return load_workbook(io.BytesIO(data), data_only=data_only, keep_vba=False, keep_links=False)
    except Exception as error:  # a damaged workbook fails in any way it likes
        raise LedgerError("这份表打不开，可能已损坏。请用 Excel 或 WPS 打开，另存为 .xlsx 后再上传。") from error


def _check_parts(data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as bundle:
        members = bundle.infolist()
        names = [member.filename.lower() for member in members]
        if any(n.endswith(("workbook.bin", "vbaproject.bin")) or "/macrosheets/" in n for n in names):
            raise LedgerError("这不是普通的 .xlsx 表（二进制格式或带有宏）。请另存为“Excel 工作簿（.xlsx）”后再上传。")
        parts = [m for m in members if m.filename.lower().endswith((".xml", ".rels"))]
        if sum(part.file_size for part in parts) > MAX_PARTS:
            raise LedgerError("这份表里的内容太多。照表填报只要空表：请删掉往月的数据和多余的工作表，另存后再上传。")
        for part in parts:
            try:
                text = bundle.read(part)
            except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError, ValueError) as error:
                raise LedgerError("这份表打不开，可能已损坏。请用 Excel 重新另存后再上传。") from error
            except Exception as error:  # zlib says it in its own words
                raise LedgerError("这份表打不开，可能已损坏。请用 Excel 重新另存后再上传。") from error
            if b"<!DOCTYPE" in text.replace(b"\0", b"") or b"<!ENTITY" in text.replace(b"\0", b""):
                raise LedgerError("文件内部结构不正常，已拒收。请用 Excel 重新另存后再上传。")


def read_sheets(book: Workbook, words: Words) -> list[TemplateSheet]:
    """The visible sheets in which a heading is found, in order of the file."""
    found = (read_sheet(sheet, words) for sheet in book.worksheets if sheet.sheet_state == "visible")
    return [sheet for sheet in found if sheet is not None]


def read_sheet(sheet: Worksheet, words: Words, head: tuple[int, int] | None = None) -> TemplateSheet | None:
    """The structure of one sheet, or None when no heading is found. `head` are the heading's rows when they are known."""
    return _Reader(sheet, words).read(head)


class _Reader:
    def __init__(self, sheet: Worksheet, words: Words) -> None:
        self.sheet, self.words = sheet, words
        filled = [(r, c) for (r, c), cell in sheet._cells.items() if cell.value is not None and c <= MAX_COLUMNS]
        self.width = max((c for _, c in filled), default=0)
        self.height = max((r for r, _ in filled), default=0)
        self.merged = [m for m in sheet.merged_cells.ranges if m.min_col <= MAX_COLUMNS]
        self.top = {(r, c): self.text(r, c) for r, c in filled if r <= SEARCH_ROWS + 2 * MAX_DEPTH}
        for area in self.merged:
            if area.min_row <= SEARCH_ROWS + MAX_DEPTH and (value := self.text(area.min_row, area.min_col)):
                for row in range(area.min_row, min(area.max_row, SEARCH_ROWS + 2 * MAX_DEPTH) + 1):
                    for column in range(area.min_col, min(area.max_col, self.width) + 1):
                        self.top[row, column] = value

    def text(self, row: int, column: int) -> str:
        cell = self.sheet._cells.get((row, column))
        return "" if cell is None or cell.value is None else str(cell.value).strip()

    def read(self, head: tuple[int, int] | None) -> TemplateSheet | None:
        head = head or self.find_head()
        if head is None:
            return None
        first, last = head
        names = self.names(first, last)
        if not names:
            return None
        low, high = min(names), max(names)
        start = last + 1
        totals = []
        if self.is_total_above(start, low, high):
            totals.append(start)
            start += 1
        foot = next((row for row in range(start, self.height + 1) if self.is_foot(row, low, high)), None)
        end = self.body_end(start, foot, low, high)
        if foot is not None:
            totals += [row for row in range(foot, min(foot + 6, self.height + 1)) if self.is_total(row)]
        return TemplateSheet(
            name=self.sheet.title,
            head_first=first,
            head_last=last,
            columns=tuple(self.column(place, heading, start, end) for place, heading in names.items()),
            body_first=start,
            body_last=end,
            has_foot=foot is not None,
            totals=tuple(totals),
            labels=tuple(self.labels(first, end)),
            known=len({heading for heading in names.values() if self.knows(heading)}),
            title=" ".join([self.sheet.title, *(text for row in range(1, first) for _, text in self.row_texts(row))]),
        )

    def knows(self, heading: str) -> bool:
        last = heading.rsplit("/", 1)[-1]
        return bool({*forms(last), *forms(heading)} & self.words.known)

    # the heading

    def find_head(self) -> tuple[int, int] | None:
        best: tuple[int, int, int] = (0, 0, 0)
        for first in range(1, min(SEARCH_ROWS, self.height) + 1):
            for depth in range(1, MAX_DEPTH + 1):
                names = self.deepest(first, first + depth - 1)
                score = len({name for name in names.values() if self.knows(name)})
                if (score, -depth) > (best[0], -best[2]) and score:
                    best = (score, first, depth)
        if best[0] < 2:
            found = self.guess_head()
            if found is None:
                return None
            best = (0, found, 1)
        first, last = best[1], best[1] + best[2] - 1
        for area in self.merged:
            if first <= area.min_row <= last < area.max_row < area.min_row + MAX_DEPTH:
                last = max(last, area.max_row)
        while last - first + 1 < MAX_DEPTH and first > 1 and self.is_group_row(first - 1, last):
            first -= 1
        return first, last + 1 if self.is_ordinal_row(last + 1) else last

    def guess_head(self) -> int | None:
        """The fullest row of short different words; for tables whose headings nobody knows."""
        best, found = 2, None
        for row in range(1, min(SEARCH_ROWS, self.height) + 1):
            texts = {self.text(row, column) for column in range(1, self.width + 1)} - {""}
            count = sum(len(text) <= 20 and not text[0].isdigit() and not _DATE.search(text) for text in texts)
            if count > best:
                best, found = count, row
        return found

    def deepest(self, first: int, last: int) -> dict[int, str]:
        names = {}
        for column in range(1, self.width + 1):
            text = next((t for row in range(last, first - 1, -1) if (t := self.top.get((row, column), ""))), "")
            if text and len(text) <= 40:
                names[column] = text
        return names

    def is_group_row(self, row: int, last: int) -> bool:
        for area in self.merged:
            if area.min_row <= row < area.max_row <= last:
                return True
        texts = {}
        for column in range(1, self.width + 1):
            if text := self.text(row, column):
                texts[column] = text
        plain = [t for t in texts.values() if len(t) <= 20 and not re.search(r"[:：]", t) and not _DATE.search(t)]
        if len(plain) < len(texts) or not texts or any(self.words.fact_of(t) for t in plain):
            return False
        if len(texts) > 1:
            return True
        spans = [a for a in self.merged if a.min_row == row and a.min_col in texts]
        return any(1 < area.max_col - area.min_col + 1 < 0.8 * self.width for area in spans)

    def is_ordinal_row(self, row: int) -> bool:
        """A line of column numbers (1 2 3, 甲 乙 丙) below the heading."""
        texts = [self.text(row, column).strip("()（）栏第列 ") for column in range(1, self.width + 1)]
        texts = [text for text in texts if text]
        if len(texts) < 3 or any(len(text) > 2 for text in texts):
            return False
        numbers = [int(text) for text in texts if text.isascii() and text.isdigit()]
        if len(numbers) >= 2:
            return numbers == list(range(numbers[0], numbers[0] + len(numbers))) and numbers[0] <= 3
        return any("".join(texts).startswith(series[: len(texts)]) for series in _ORDINALS)

    def names(self, first: int, last: int) -> dict[int, str]:
        if last > first and self.is_ordinal_row(last):
            last -= 1
        grid = {(r, c): self.top.get((r, c), "") for r in range(first, last + 1) for c in range(1, self.width + 1)}
        for row in range(first, last):
            for column in range(2, self.width + 1):
                left, below = grid[row, column - 1], (grid[last, column - 1], grid[last, column])
                if not grid[row, column] and left and all(below) and below[0] != left:
                    grid[row, column] = left  # a group written once, its cells not merged
        names = {}
        for column in range(1, self.width + 1):
            inner = any(a.min_row <= last <= a.max_row and a.min_col < column <= a.max_col for a in self.merged)
            parts = list(
                dict.fromkeys(t for row in range(first, last + 1) if (t := " ".join(grid[row, column].split())))
            )
            if parts and not inner:
                names[column] = "/".join(parts)[:80]
        return names

    # below the heading

    def row_texts(self, row: int) -> list[tuple[int, str]]:
        return [(c, text) for c in range(1, self.width + 1) if (text := self.text(row, c))]

    def is_total(self, row: int) -> bool:
        texts = self.row_texts(row)[:2]
        return any("".join(halfwidth(t).split()).strip(":") in self.words.totals for _, t in texts)

    def is_total_above(self, row: int, low: int, high: int) -> bool:
        """合计 right below the heading, as some tables have it: rows follow it, or it sums what is below."""
        if not self.is_total(row):
            return False
        sums = " ".join(text for _, text in self.row_texts(row) if text.startswith("="))
        if any(int(number) > row for number in re.findall(r"[A-Z](\d+)", sums)):
            return True
        follows = bool(self.row_texts(row + 1)) or self.has_line(row + 1, low, high)
        return follows and not self.is_foot(row + 1, low, high)

    def is_foot(self, row: int, low: int, high: int) -> bool:
        texts = self.row_texts(row)
        if not texts:
            return False
        first = "".join(halfwidth(texts[0][1]).split())
        if self.is_total(row) or first.startswith(self.words.footers):
            return True
        if len(texts) > 1:
            return False
        spans = [a for a in self.merged if a.min_row == row and a.min_col == texts[0][0]]
        return len(first) > 8 and any(a.max_col - a.min_col + 1 > (high - low + 1) / 2 for a in spans)

    def body_end(self, start: int, foot: int | None, low: int, high: int) -> int:
        """The last row of the body. Blank rows without lines before the signatures do not belong to it."""
        end = (foot or max([self.height, *(r for r, _ in self.sheet._cells)], default=start)) - (foot is not None)
        while end >= start and not self.row_texts(end) and not self.has_line(end, low, high):
            end -= 1
        if foot is not None and end < start and foot > start:
            return foot - 1  # an unlined table: the blank rows are all there is
        if foot is None and end < start and any(row == start for row, _ in self.sheet._cells):
            return start  # a blank row that only shows the form
        return end

    def has_line(self, row: int, low: int, high: int) -> bool:
        cells = (self.sheet._cells.get((row, column)) for column in range(low, high + 1))
        return any(c is not None and (c.border.left.style or c.border.bottom.style) for c in cells)

    def column(self, place: int, heading: str, start: int, end: int) -> TemplateColumn:
        samples: list[str] = []
        for row in range(start, min(end, start + 200) + 1):
            text = self.text(row, place)
            if text and not text.startswith("="):
                samples.append(text[:30])
            if len(samples) == 3:
                break
        cell = self.sheet._cells.get((start, place))
        return TemplateColumn(place, heading, tuple(samples), cell is not None and cell.data_type == "f")

    # around the table

    def labels(self, head_first: int, body_last: int) -> Iterator[Label]:
        for (row, column), cell in sorted(self.sheet._cells.items()):
            if head_first <= row <= body_last or column > MAX_COLUMNS or not isinstance(cell.value, str):
                continue
            if cell.data_type == "f" or row > body_last + 12:
                continue
            seen = False
            for label, fact, _, _ in labelled(cell.value, self.words):
                seen = True
                yield Label(cell.coordinate, label, fact)
            if not seen and (match := _DATE.search(halfwidth(cell.value))):
                yield Label(cell.coordinate, "年月日", "as_of" if match[0].endswith("日") else "month")


def labelled(text: str, words: Words) -> list[tuple[str, str, int, int]]:
    """The labels in a text with room behind their colon: (label, fact, start of the room, its end)."""
    found = []
    for match in re.finditer(r"(?<![^\s_:：；;，,])([^\s_:：；;，,]{1,14})\s*[:：]", text):
        if fact := words.fact_of(match[1]):
            following = re.search(r"\s+[^\s_:：]{1,14}[:：]", text[match.end() :])
            stop = match.end() + following.start() if following else len(text)
            found.append((match[1], fact, match.end(), stop))
    return found


def date_room(text: str) -> tuple[int, int] | None:
    """Where in a text a date is to be filled in."""
    match = _DATE.search(halfwidth(text))
    return match.span() if match else None
