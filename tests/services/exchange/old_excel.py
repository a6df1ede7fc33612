"""A writer of old Excel files (.xls: BIFF8 in a compound file), just enough to prove that they are read."""

from __future__ import annotations

import struct

SECTOR = 512
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def _record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _workbook(rows: list[list[object]]) -> bytes:
    """Globals with one sheet, then its cells: LABEL for text, NUMBER for numbers."""
    start = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0x0DBB, 0x07CC, 0, 0))
    name = "花名册".encode("utf-16-le")
    sheet_head = lambda place: _record(  # noqa: E731 - two uses, one of them only for its length
        0x0085, struct.pack("<IBBBB", place, 0, 0, len(name) // 2, 1) + name
    )
    end = _record(0x000A, b"")
    place = len(start) + len(sheet_head(0)) + len(end)
    cells = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0x0DBB, 0x07CC, 0, 0))
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            if isinstance(cell, str):
                text = cell.encode("utf-16-le")
                cells += _record(0x0204, struct.pack("<HHHHB", r, c, 0, len(text) // 2, 1) + text)
            else:
                cells += _record(0x0203, struct.pack("<HHHd", r, c, 0, cell))
    return start + sheet_head(place) + end + cells + end


def old_excel(rows: list[list[object]], *, stream: str = "Workbook") -> bytes:
    """Bytes of an .xls with one sheet. `stream` renames the stream, for files that only look like Excel."""
    body = _workbook(rows)
    body += bytes(max(4096 - len(body), 0))  # below 4,096 bytes a stream would live in the mini stream
    body += bytes(-len(body) % SECTOR)
    count = len(body) // SECTOR
    fat = [_FAT, _END, *range(3, 2 + count), _END]
    fat += [_FREE] * (SECTOR // 4 - len(fat))
    assert len(fat) == SECTOR // 4, "one FAT sector holds 126 sectors of data"

    def entry(name: str, kind: int, child: int, first: int, size: int) -> bytes:
        text = name.encode("utf-16-le") + b"\0\0"
        head = text.ljust(64, b"\0") + struct.pack("<HBB", len(text), kind, 1)
        return head + struct.pack("<III", _FREE, _FREE, child) + bytes(36) + struct.pack("<IQ", first, size)

    directory = entry("Root Entry", 5, 1, _END, 0) + entry(stream, 2, _FREE, 2, len(body)) + bytes(256)
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIIII", 0, 1, 1, 0, 4096, _END, 0, _END, 0, 0) + struct.pack("<108I", *[_FREE] * 108)
    return header + struct.pack("<128I", *fat) + directory + body
