"""The official workbook, read back by two other readers: nothing becomes a formula, nothing loses a digit."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from renben.engines.ledgers import workbook
from renben.engines.ledgers.cells import clean
from renben.engines.ledgers.definitions import Ledger, LedgerError

DAY = dt.date(2026, 6, 30)
LEDGER = Ledger(
    slug="sample",
    name="试验名录",
    title=["某某区", "试验名录"],
    summary="试验",
    procedures=["J-4.2.1"],
    citation="试验规定第一条 A&B",
    source="a:b",
    columns=[
        {"key": "name", "title": "姓名", "total": "count"},
        {"key": "id_number", "title": "证件号码", "type": "id", "width": 22},
        {"key": "on", "title": "日期", "type": "date"},
        {"key": "month", "title": "月份", "type": "month"},
        {"key": "n", "title": "次数", "type": "int", "total": "sum"},
        {"key": "fen", "title": "金额", "type": "fen", "total": "sum"},
    ],
    signatures=["审核人", "负责人"],
)
HEAD = 4


def made(rows, ledger=LEDGER) -> bytes:
    out = io.BytesIO()
    count = workbook.to_xlsx(ledger, iter(rows), out, office_name="胜利街道", as_of=DAY, made_by="张晓明")
    assert count == len(rows)
    return out.getvalue()


def cells(data: bytes) -> list[list]:
    return CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python(skip_empty_area=False)


def sheet_xml(data: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        return book.read("xl/worksheets/sheet1.xml").decode()


nasty = st.one_of(
    st.text(max_size=40),
    st.builds(str.__add__, st.sampled_from(list("=+-@\t\r\n'＝＋－＠")), st.text(max_size=20)),
    st.sampled_from(
        [
            "=1+1",
            '=HYPERLINK("http://a.example","点我")',
            "@SUM(A1)",
            "+86 10 8888",
            "-3",
            "\t=1",
            "\r=cmd|'/c calc'!A1",
            "{=1+1}",
            "https://a.example",
            "mailto:a@b.example",
            "_x0041_",
            "<r><t>甲</t></r>",
            "<r>&</r>",
            "</t></is></c>",
            "0012",
            "1E5",
            "110113197503080029",
        ]
    ),
)


@settings(max_examples=120, deadline=None)
@given(st.lists(st.tuples(nasty, nasty), min_size=1, max_size=6))
def test_no_text_ever_becomes_a_formula_or_a_link(texts):
    data = made([{"name": name, "id_number": number} for name, number in texts])
    xml = sheet_xml(data)
    assert "<f>" not in xml and "<f " not in xml and "hyperlink" not in xml
    read = openpyxl.load_workbook(io.BytesIO(data))["试验名录"]
    for line, (name, number) in enumerate(texts, start=HEAD + 1):
        for place, text in ((2, name), (3, number)):
            cell = read.cell(line, place)
            wanted = clean(text)
            assert cell.data_type in ("s", "inlineStr", "n")
            assert cell.value is None if not wanted else isinstance(cell.value, str)
            if wanted[:1] in ("=", "+", "-", "@", "\t", "\r"):
                assert cell.quotePrefix
    lines = [row[1:3] for row in cells(data)[HEAD : HEAD + len(texts)]]
    flat = [[_same(cell) for cell in line] for line in lines]
    assert flat == [[_same(clean(name)), _same(clean(number))] for name, number in texts]


def _same(text) -> str:
    """XML readers know one kind of line end."""
    return str(text).replace("\r\n", "\n").replace("\r", "\n")


def test_eighteen_digits_stay_text_and_types_are_what_they_say():
    row = {
        "name": "李建国",
        "id_number": "110113197503080029",
        "on": dt.date(2026, 6, 1),
        "month": dt.date(2026, 5, 1),
        "n": 3,
        "fen": 195_050,
    }
    data = made([row, row | {"id_number": "11011319750308002X", "fen": None, "on": None}])
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    first, second = list(sheet.iter_rows(min_row=HEAD + 1, max_row=HEAD + 2, values_only=True))
    assert first == (
        1,
        "李建国",
        "110113197503080029",
        dt.datetime(2026, 6, 1),
        dt.datetime(2026, 5, 1),
        3,
        1950.5,
    )
    assert second[2:4] + second[6:] == ("11011319750308002X", None, None)
    assert sheet.cell(HEAD + 1, 3).number_format == "@"
    assert [type(value) for value in cells(data)[HEAD][1:3]] == [str, str]


def test_official_layout():
    data = made([{"name": f"人{i}", "n": i, "fen": 10 * i + 1} for i in range(50)])
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    assert [sheet.cell(line, 1).value for line in (1, 2)] == ["某某区", "试验名录"]
    assert "单位：胜利街道" in sheet["A3"].value
    assert "截至日期：2026-06-30" in sheet["A3"].value
    assert "制表时间：2026-11-23 10:00" in sheet["A3"].value
    assert [c.value for c in sheet[HEAD]] == ["序号", "姓名", "证件号码", "日期", "月份", "次数", "金额"]
    assert all(c.border.left.style == c.border.bottom.style == "thin" for c in sheet[HEAD])
    assert sheet.freeze_panes == "C5"
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.page_setup.fitToWidth in (None, 1), "one page wide is what a missing number means"
    assert sheet.page_setup.fitToHeight == 0
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.print_title_rows == "$1:$4"
    assert {str(area) for area in sheet.merged_cells.ranges} == {"A1:G1", "A2:G2", "A3:G3", "A56:G56"}
    total = [c.value for c in sheet[HEAD + 51]]
    assert total == ["合计", "共50条", None, None, None, sum(range(50)), sum(10 * i + 1 for i in range(50)) / 100]
    assert re.match(r"制表人：张晓明 +审核人： +负责人：", sheet["A56"].value)
    assert "第 &P 页 共 &N 页" in sheet_xml(data).replace("&amp;", "&")


def test_no_rows_and_narrow_ledgers_make_a_readable_book():
    one = LEDGER.model_copy(update={"columns": LEDGER.columns[:1], "numbered": False, "landscape": False})
    for ledger in (LEDGER, one):
        assert cells(made([], ledger))[HEAD][0] in ("合计", "共0条")


def test_very_old_dates_are_text_because_spreadsheets_miscount_them():
    sheet = openpyxl.load_workbook(io.BytesIO(made([{"name": "老", "on": dt.date(1899, 12, 31)}]))).active
    assert sheet.cell(HEAD + 1, 4).value == "1899-12-31"


def test_more_rows_than_a_sheet_holds_are_refused(monkeypatch):
    monkeypatch.setattr(workbook, "MAX_ROWS", 3)
    with pytest.raises(LedgerError, match="筛选"):
        workbook.to_xlsx(
            LEDGER, ({"name": "人"} for _ in range(4)), io.BytesIO(), office_name="", as_of=DAY, made_by=""
        )


def test_a_very_long_text_is_cut_to_what_a_cell_holds():
    """A cell counts units of UTF-16: characters beyond the first plane count twice and are not cut in half."""
    data = made([{"name": "字" * 40_000, "id_number": "𠮷" * 40_000}, {"name": "短"}])
    first, second = cells(data)[HEAD : HEAD + 2]
    assert first[1] == "字" * 32_767 and first[2] == "𠮷" * 16_383
    assert second[1] == "短"


def test_a_figure_that_is_none_is_refused():
    with pytest.raises(ValueError, match="n: nan"):
        made([{"name": "甲", "n": float("nan")}])
