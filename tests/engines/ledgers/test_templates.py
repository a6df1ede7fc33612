"""照表填报: any heading is found, nothing of the template is overwritten, no text ever becomes a formula."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.styles import Border, Font, PatternFill, Side

from renben.engines.ledgers import definitions, template_fill, templates
from renben.engines.ledgers.cells import clean
from renben.engines.ledgers.definitions import Ledger, LedgerError
from renben.engines.ledgers.template_formulas import followed, is_plain
from renben.engines.ledgers.template_sheets import open_template
from renben.engines.ledgers.template_words import load_words

LINE = Side(style="thin")
BOX = Border(left=LINE, right=LINE, top=LINE, bottom=LINE)
NUMBER = "110113197503020015"
FACTS = {
    "office": "胜利街道社会保障事务所",
    "as_of": "2026年11月23日",
    "month": "2026年11月",
    "by": "张晓明",
    "made_on": "2026年11月23日",
}
LEDGER = Ledger(
    slug="sample",
    name="样本台账",
    title=["样本台账"],
    summary="测试用。",
    procedures=["J-4.2.1"],
    citation="测试",
    source="x:y",
    columns=[
        {"key": "name", "title": "姓名", "total": "count"},
        {"key": "id_number", "title": "证件号码", "type": "id"},
        {"key": "phone", "title": "联系电话"},
        {"key": "received_on", "title": "接收日期", "type": "date"},
        {"key": "fen", "title": "金额（元）", "type": "fen", "total": "sum"},
        {"key": "state", "title": "状态"},
    ],
)


def rows(count: int) -> list[dict]:
    return [
        {
            "name": f"李建国{n}",
            "id_number": NUMBER,
            "phone": "13800000000",
            "received_on": dt.date(2026, 11, n % 28 + 1),
            "fen": 10_050,
            "state": "在管",
        }
        for n in range(count)
    ]


def saved(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def monthly(body: int = 2) -> bytes:
    """Title, unit and date above; a heading of two rows; a few lined rows; 合计 with a formula; signatures."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "月报"
    sheet["A1"] = "失业人员档案接收情况月报表"
    sheet.merge_cells("A1:G1")
    sheet["A2"], sheet["E2"] = "填报单位：          填表人：", "    年   月   日"
    for area, text in (("A3:A4", "序号"), ("B3:D3", "人员信息"), ("E3:F3", "档案"), ("G3:G4", "备注事项")):
        sheet.merge_cells(area)
        sheet[area.split(":")[0]] = text
    for place, text in zip("BCDEF", ("人员姓名", "公民身份号码", "手机", "接收时间", "金额(元)"), strict=True):
        sheet[f"{place}4"] = text
    for row in range(5, 5 + body):
        sheet.row_dimensions[row].height = 27
        for place in "ABCDEFG":
            sheet[f"{place}{row}"].border = BOX
            sheet[f"{place}{row}"].font = Font(name="仿宋", size=11)
    sheet["B5"] = "例：张三"
    end = 5 + body
    sheet[f"A{end}"], sheet[f"F{end}"] = "合 计", f"=SUM(F5:F{end - 1})"
    sheet[f"F{end}"].font = Font(bold=True)
    sheet.merge_cells(f"A{end}:B{end}")
    sheet.row_dimensions[end].height = 33
    sheet[f"A{end + 1}"] = "单位负责人：            审核："
    sheet.merge_cells(f"A{end + 1}:G{end + 1}")
    return saved(book)


def filled(data: bytes, lines: list[dict], mapping: templates.Mapping | None = None):
    sheet = templates.sheet_named(templates.sheets_of(data), "")
    mapping = mapping or templates.first_mapping(sheet, LEDGER)
    out = io.BytesIO()
    template_fill.fill(data, ledger=LEDGER, mapping=mapping, rows=lines, facts=FACTS, out=out)
    return openpyxl.load_workbook(io.BytesIO(out.getvalue())), out.getvalue()


def test_a_heading_of_two_rows_is_joined_and_proposed():
    sheet = templates.sheets_of(monthly())[0]
    assert (sheet.head_first, sheet.head_last) == (3, 4)
    assert [column.heading for column in sheet.columns] == [
        "序号",
        "人员信息/人员姓名",
        "人员信息/公民身份号码",
        "人员信息/手机",
        "档案/接收时间",
        "档案/金额(元)",
        "备注事项",
    ]
    assert (sheet.body_first, sheet.body_last, sheet.totals) == (5, 6, (7,))
    found = templates.propose(sheet, LEDGER)
    assert [proposal.key for proposal in found] == ["#", "name", "id_number", "phone", "received_on", "fen", ""]
    assert [(label.cell, label.label, label.fact) for label in sheet.labels] == [
        ("A2", "填报单位", "office"),
        ("A2", "填表人", "by"),
        ("E2", "年月日", "as_of"),
    ]


def test_rows_are_put_in_and_nothing_is_overwritten():
    book, _ = filled(monthly(), rows(40))
    sheet = book["月报"]
    assert [sheet[f"{c}5"].value for c in "ABC"] == [1, "李建国0", NUMBER]
    assert sheet["A44"].value == 40 and sheet["B44"].value == "李建国39"
    assert sheet["A45"].value == "合 计" and sheet["F45"].value == "=SUM(F5:F44)" and sheet["F45"].font.bold
    assert sheet["A46"].value.startswith("单位负责人：")
    assert {"A45:B45", "A46:G46", "A1:G1", "A3:A4"} <= {str(area) for area in sheet.merged_cells.ranges}
    assert sheet.row_dimensions[45].height == 33 and sheet.row_dimensions[44].height == 27
    assert sheet["A2"].value == "填报单位：胜利街道社会保障事务所          填表人：张晓明"
    assert sheet["E2"].value == "2026年11月23日"


def test_styles_are_those_of_the_first_row_and_numbers_stay_whole():
    book, _ = filled(monthly(), rows(5))
    sheet = book["月报"]
    for row in range(5, 10):
        assert sheet[f"B{row}"].font.name == "仿宋" and sheet[f"G{row}"].border.left.style == "thin"
        assert (sheet[f"C{row}"].value, sheet[f"C{row}"].data_type) == (NUMBER, "s")
        assert sheet[f"C{row}"].number_format == "@"
    assert sheet["E5"].value.date() == dt.date(2026, 11, 1) and sheet["F5"].value == 100.5


def test_fewer_rows_leave_the_lined_rows_and_no_example():
    sheet = filled(monthly(6), rows(1))[0]["月报"]
    assert sheet["B6"].value is None and sheet["B6"].border.left.style == "thin"
    assert sheet["A11"].value == "合 计"
    empty = filled(monthly(), [])[0]["月报"]
    assert empty["B5"].value is None and empty["A7"].value == "合 计"


def test_a_total_without_a_formula_gets_the_sum():
    book = openpyxl.load_workbook(io.BytesIO(monthly()))
    book.active["F7"] = None
    sheet = filled(saved(book), rows(4))[0]["月报"]
    assert sheet["F9"].value == 402


def test_a_total_above_the_rows_stays_above():
    book = openpyxl.Workbook()
    for row in (["姓名", "证件号码", "金额"], ["合计", None, "=SUM(C3:C4)"], [None, None, None], [None, None, None]):
        book.active.append(row)
    sheet = filled(saved(book), rows(5))[0].active
    assert sheet["A2"].value == "合计" and sheet["A3"].value == "李建国0" and sheet["A7"].value == "李建国4"
    assert sheet["C2"].value == "=SUM(C3:C7)"


def test_heading_unmerged_in_two_rows_with_a_line_of_ordinals_below():
    book = openpyxl.Workbook()
    for row in (
        ["单位：", None, None, None],
        ["本人", None, "档案", None],
        ["姓名", "身份证号", "档案号", "接收日期"],
        [1, 2, 3, 4],
    ):
        book.active.append(row)
    sheet = templates.sheets_of(saved(book))[0]
    assert [c.heading for c in sheet.columns] == ["本人/姓名", "本人/身份证号", "档案/档案号", "档案/接收日期"]
    assert (sheet.head_first, sheet.head_last, sheet.body_first) == (2, 4, 5)


def test_three_rows_and_cells_merged_sideways_in_the_body():
    book = openpyxl.Workbook()
    sheet = book.active
    for address, text in {
        "A1": "人员",
        "A2": "基本情况",
        "A3": "姓名",
        "B3": "证件号码",
        "D1": "联系",
        "D2": "方式",
        "D3": "电话",
    }.items():
        sheet[address] = text
    for area in ("A1:C1", "A2:C2", "B3:C3", "B4:C4"):
        sheet.merge_cells(area)
    found = templates.sheets_of(saved(book))[0]
    assert [c.heading for c in found.columns] == ["人员/基本情况/姓名", "人员/基本情况/证件号码", "联系/方式/电话"]
    made = filled(saved(book), rows(3))[0].active
    assert {"B4:C4", "B5:C5", "B6:C6"} <= {str(area) for area in made.merged_cells.ranges}
    assert made["B6"].value == NUMBER and made["D6"].value == "13800000000"


def test_unknown_columns_stay_empty_and_only_look_alike():
    book = openpyxl.Workbook()
    book.active.append(["姓名", "证件号码", "当前办理状态", "星座"])
    sheet = templates.sheets_of(saved(book))[0]
    found = templates.propose(sheet, LEDGER)
    assert [(p.key, p.maybe) for p in found] == [("name", ""), ("id_number", ""), ("", "state"), ("", "")]
    made = filled(saved(book), rows(2))[0].active
    assert made["D2"].value is None and made["A3"].value == "李建国1"


def test_a_name_is_filled_once():
    book = openpyxl.Workbook()
    book.active.append(["配偶姓名", "姓名", "名字", "电话"])
    assert [p.key for p in templates.propose(templates.sheets_of(saved(book))[0], LEDGER)] == ["", "name", "", "phone"]


def test_next_month_keeps_the_mapping_wherever_the_columns_stand():
    book = openpyxl.Workbook()
    book.active.append(["姓名", "证件号码", "办理情况"])
    sheet = templates.sheets_of(saved(book))[0]
    mapped = templates.first_mapping(sheet, LEDGER)
    chosen = [templates.Mapped(c.place, c.heading, c.key or "state") for c in mapped.columns]
    old = templates.Mapping(mapped.sheet, 1, 1, tuple(chosen), ())
    assert templates.Mapping.from_json(old.to_json()) == old
    later = openpyxl.Workbook()
    later.active.append(["填报单位：", None, None])
    later.active.append(["序号", "办理 情况", "姓名", "联系电话"])
    kept = templates.carry_over(old, templates.sheets_of(saved(later))[0], LEDGER)
    assert [(c.heading, c.key) for c in kept.mapping.columns] == [
        ("序号", "#"),
        ("办理 情况", "state"),
        ("姓名", "name"),
        ("联系电话", "phone"),
    ]
    assert kept.new == ["序号", "联系电话"] and kept.gone == ["证件号码"]


def test_the_best_ledger_is_found_by_the_columns():
    book = openpyxl.Workbook()
    book.active.append(
        ["档案编号", "姓名", "身份证号码", "原工作单位", "解除终止日期", "离职原因", "接收日期", "转移日期"]
    )
    sheet = templates.sheets_of(saved(book))[0]
    assert templates.best_ledger(sheet, definitions.all_ledgers()).slug == "unemployed_archives"
    few = openpyxl.Workbook()
    for row in (["失业人员档案月报表"], ["姓名", "身份证号码"]):
        few.active.append(row)
    sheet = templates.sheets_of(saved(few))[0]
    assert templates.best_ledger(sheet, definitions.all_ledgers()).slug == "unemployed_archives"
    strange = openpyxl.Workbook()
    strange.active.append(["星座", "血型", "爱好", "座右铭"])
    assert templates.best_ledger(templates.sheets_of(saved(strange))[0], definitions.all_ledgers()) is None


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
    made, data = filled(saved(book), rows(3))
    assert [made["月报"][f"G{row}"].value for row in (5, 7)] == ["=LEN(C5)", "=LEN(C7)"]
    assert made["汇总"]["A1"].value == "=月报!F8+SUM(月报!F5:F7)"
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


def test_a_mapping_that_cannot_be_used_is_refused():
    sheet = templates.sheets_of(monthly())[0]
    good = templates.first_mapping(sheet, LEDGER)
    templates.check(good, sheet, LEDGER)
    nothing = templates.Mapping(good.sheet, 3, 4, tuple(templates.Mapped(c.place, c.heading) for c in good.columns))
    with pytest.raises(LedgerError, match="还没有一列"):
        templates.check(nothing, sheet, LEDGER)
    inside = templates.Mapping(good.sheet, 3, 4, good.columns, (templates.Label("B5", "", "office"),))
    with pytest.raises(LedgerError, match="不能填"):
        templates.check(inside, sheet, LEDGER)


def test_more_rows_than_a_sheet_should_hold_are_refused(monkeypatch):
    monkeypatch.setattr(template_fill, "MAX_ROWS", 3)
    with pytest.raises(LedgerError, match="超过两万行"):
        filled(monthly(), rows(4))


def test_the_words_are_read():
    words = load_words()
    assert words.is_same("公民身份号码", "证件号码") and words.fact_of("填报单位") == "office"
    assert not words.is_same("姓名", "性别")
