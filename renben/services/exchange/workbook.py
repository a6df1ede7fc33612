"""Opening what someone uploaded as a roster: what it really is, whether it is safe to read, and its cells.

Everything that is no readable table is refused with one Chinese sentence that says what to do (`RefusedFile`).
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

MAX_BYTES = 30 * 1024 * 1024
MAX_INFLATED = 300 * 1024 * 1024
MAX_RATIO, RATIO_FROM = 200, 20 * 1024 * 1024
MAX_CELLS = 3_000_000
"""The reader lays a sheet out as one rectangle of cells (~32 bytes each), so one stray cell far away would cost gigabytes."""

SAVE_AS = "请用 Excel 或 WPS 打开，另存为 .xlsx 后再上传。"


class RefusedFile(Exception):
    """The file as a whole cannot be taken. The message is a Chinese sentence for whoever uploaded it."""


@dataclass
class Grid:
    """One sheet: `rows` yields lists of cells (str, float, int, bool, date, datetime, time); row 1 of the file first.

    `left` is the number of empty columns before the first cell of each row. `merged` are inclusive 0-based ranges
    ((row, column), (row, column)) in the coordinates of the file.
    """

    name: str
    height: int
    left: int = 0
    merged: list[tuple[tuple[int, int], tuple[int, int]]] = field(default_factory=list)
    _rows: object = None

    def rows(self) -> Iterator[list]:
        """The rows from the top; may be asked for more than once."""
        return self._rows()


def open_grids(data: bytes, name: str = "") -> list[Grid]:
    """The visible sheets of an .xlsx, .xls or .csv file. `name` only serves the wording.

    Raises RefusedFile for everything else: other formats, programs, macros, passwords, zip bombs, damage.
    """
    if not data.strip(b"\0 \r\n\t"):
        raise RefusedFile("文件是空的，里面没有内容。请检查后重新上传。")
    _refuse_foreign(data)
    if len(data) > MAX_BYTES:
        size = len(data) / 1024 / 1024
        raise RefusedFile(
            f"文件有 {size:.0f} MB，超过了 {MAX_BYTES // 1024 // 1024} MB。花名册用不了这么大，请去掉图片和多余的工作表，或分成几个文件上传。"
        )
    if data[:4] == b"PK\x03\x04":
        _check_zip(data)
        return _open_excel(data)
    if data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        _check_ole(data)
        return _open_excel(data)
    return [_open_csv(data)]


_FOREIGN = [
    (
        b"MZ",
        "这是一个可执行程序，不是 Excel 表格，系统没有打开它。请上传 .xlsx 花名册；如果它是别人发来的，请不要双击。",
    ),
    (b"\x7fELF", "这是一个可执行程序，不是 Excel 表格，系统没有打开它。请上传 .xlsx 花名册。"),
    (b"#!", "这是一个脚本程序，不是 Excel 表格，系统没有打开它。请上传 .xlsx 花名册。"),
    (b"%PDF", "这是 PDF 文件（可能是扫描件），系统读不出里面的表格。请向移交单位要 Excel 花名册（.xlsx）。"),
    (b"\x89PNG", "这是一张图片，系统读不出里面的表格。请上传 Excel 花名册（.xlsx）。"),
    (b"\xff\xd8\xff", "这是一张图片，系统读不出里面的表格。请上传 Excel 花名册（.xlsx）。"),
    (b"GIF8", "这是一张图片，系统读不出里面的表格。请上传 Excel 花名册（.xlsx）。"),
    (b"Rar!", "这是压缩包，请先解压，再上传里面的 .xlsx 花名册。"),
    (b"7z\xbc\xaf\x27\x1c", "这是压缩包，请先解压，再上传里面的 .xlsx 花名册。"),
    (b"\x1f\x8b", "这是压缩包，请先解压，再上传里面的 .xlsx 花名册。"),
    (b"{\\rtf", "这是 Word 文档，不是 Excel 表格。请把花名册放进 Excel，存为 .xlsx 后再上传。"),
]


def _refuse_foreign(data: bytes) -> None:
    for magic, sentence in _FOREIGN:
        if data.startswith(magic):
            raise RefusedFile(sentence)
    head = data[:2048].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if head.startswith((b"<html", b"<!doctype html", b"<table", b"<?xml", b"<meta", b"<style")):
        raise RefusedFile(f"这个文件是网页格式，只是名字像 Excel。{SAVE_AS}")


_CELL = re.compile(rb'<(?:\w+:)?c(?=\s)[^>]*?\sr="([A-Z]{1,3})(\d{1,7})"[^>]*?(?<!/)>')


def _check_zip(data: bytes) -> None:
    """Refuse bombs, macros and other zip formats; the sizes are those really inflated, not those the file claims."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise RefusedFile(f"文件已损坏，打不开。请在自己电脑上打开确认，{SAVE_AS}") from error
    names = {member.filename.lower() for member in members}
    _refuse_other_zip(names)
    inflated = 0
    for member in members:
        if member.flag_bits & 1:
            raise RefusedFile("文件设了密码，系统打不开。请在 Excel 里去掉密码后再上传。")
        inflated += _inflate(archive, member, MAX_INFLATED - inflated)
        if inflated > RATIO_FROM and inflated > MAX_RATIO * len(data):
            raise _bomb()
    types = archive.read("[Content_Types].xml") if "[Content_Types].xml" in archive.namelist() else b""
    if b"macroenabled" in types.lower() or any(name.endswith("vbaproject.bin") for name in names):
        raise RefusedFile(f"文件里带有宏程序，为了安全系统没有打开它。{SAVE_AS.replace('.xlsx', '不带宏的 .xlsx')}")


def _bomb() -> RefusedFile:
    return RefusedFile(
        "文件解压后大得不正常，为了安全系统没有打开它。请把花名册内容复制到新的 Excel 文件，存为 .xlsx 后再上传。"
    )


def _refuse_other_zip(names: set[str]) -> None:
    if "word/document.xml" in names:
        raise RefusedFile("这是 Word 文档，不是 Excel 表格。请把花名册放进 Excel，存为 .xlsx 后再上传。")
    if "ppt/presentation.xml" in names:
        raise RefusedFile("这是演示文稿，不是 Excel 表格。请上传 .xlsx 花名册。")
    if "xl/workbook.bin" in names or "content.xml" in names:
        raise RefusedFile(f"这种表格格式（.xlsb 或 .ods）系统不读。{SAVE_AS}")
    if "xl/workbook.xml" not in names:
        raise RefusedFile("这是压缩包，不是 Excel 表格。请先解压，再上传里面的 .xlsx 花名册。")


def _inflate(archive: zipfile.ZipFile, member: zipfile.ZipInfo, allowed: int) -> int:
    """Bytes `member` really inflates to; stops at `allowed`. Sheets are also searched for cells far away."""
    member.file_size = allowed + 1  # zipfile would stop at the size the file claims
    is_sheet = member.filename.lower().startswith("xl/worksheets/") and member.filename.lower().endswith(".xml")
    size, tail, right, bottom = 0, b"", b"", 0
    try:
        with archive.open(member) as stream:
            while chunk := stream.read(1 << 20):
                size += len(chunk)
                if size > allowed:
                    raise _bomb()
                if is_sheet:
                    text = tail + chunk
                    for letters, row in _CELL.findall(text):
                        if (len(letters), letters) > (len(right), right):
                            right = letters
                        if int(row) > bottom:
                            bottom = int(row)
                    cut = text.rfind(b"<")
                    tail = text[cut:][-4096:] if cut >= 0 else b""
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
        raise RefusedFile(f"文件已损坏，打不开。请在自己电脑上打开确认，{SAVE_AS}") from error
    width = 0
    for letter in right:
        width = width * 26 + letter - 64
    if width * bottom > MAX_CELLS:
        raise RefusedFile(
            f"表格太大：内容一直到第 {bottom} 行、{right.decode()} 列。请删掉表格右边和下面多余的内容，或分成几个文件上传。"
        )
    return size


def _check_ole(data: bytes) -> None:
    """Old .xls, or an encrypted .xlsx, which looks the same from outside."""

    def holds(name: str) -> bool:
        return name.encode("utf-16-le") in data

    if holds("EncryptedPackage") or holds("EncryptionInfo"):
        raise RefusedFile("文件设了打开密码，系统打不开。请在 Excel 里去掉密码（文件—信息—保护工作簿）后再上传。")
    if holds("_VBA_PROJECT"):
        raise RefusedFile(f"文件里带有宏程序，为了安全系统没有打开它。{SAVE_AS.replace('.xlsx', '不带宏的 .xlsx')}")
    if holds("WordDocument"):
        raise RefusedFile("这是 Word 文档，不是 Excel 表格。请把花名册放进 Excel，存为 .xlsx 后再上传。")
    if not (holds("Workbook") or holds("Book")):
        raise RefusedFile(f"系统认不出这个文件。{SAVE_AS}")


def _open_excel(data: bytes) -> list[Grid]:
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        grids = []
        for place, sheet in enumerate(workbook.sheets_metadata):
            if sheet.typ is not SheetTypeEnum.WorkSheet or sheet.visible is not SheetVisibleEnum.Visible:
                continue
            found = workbook.get_sheet_by_index(place)
            if found.end is None:
                continue
            left = found.start[1]
            grids.append(Grid(sheet.name, found.end[0] + 1, left, found.merged_cell_ranges or [], found.iter_rows))
    except PasswordError as error:
        raise RefusedFile("文件设了打开密码，系统打不开。请在 Excel 里去掉密码后再上传。") from error
    except (CalamineError, OSError, ValueError) as error:
        raise RefusedFile(f"文件已损坏，打不开。请在自己电脑上打开确认，{SAVE_AS}") from error
    return grids


def _open_csv(data: bytes) -> Grid:
    text = _decode(data)
    head = text[:4000]
    delimiter = max(",\t;", key=head.count)
    if delimiter not in head or sum(ch < " " and ch not in "\t\r\n\f\x1a" for ch in head) > 2:
        raise RefusedFile("系统认不出这个文件，它不是 Excel 表格。请上传 .xlsx 花名册。")

    def rows() -> Iterator[list]:
        try:
            yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        except csv.Error as error:
            raise RefusedFile(f"这个 CSV 文件有读不通的地方。{SAVE_AS}") from error

    return Grid("", text.count("\n") + 1, 0, [], rows)


def _decode(data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise RefusedFile("系统认不出这个文件，它不是 Excel 表格。请上传 .xlsx 花名册。")
