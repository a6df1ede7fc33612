"""照表填报: any heading is found, nothing of the template is overwritten, the mapping is kept for next month."""

from __future__ import annotations

import datetime as dt
import io

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renben.engines.ledgers import definitions, template_fill, templates
from renben.engines.ledgers.definitions import LedgerError
from renben.engines.ledgers.template_words import load_words
from tests.engines.ledgers.template_samples import BOX, LEDGER, NUMBER, filled, monthly, rows, saved


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


def test_values_of_another_kind_than_the_column_are_text():
    line = rows(1)[0] | {"fen": "=1+1", "received_on": "去年"}
    sheet = filled(monthly(), [line])[0]["月报"]
    assert (sheet["F5"].value, sheet["F5"].data_type) == ("=1+1", "s") and sheet["E5"].value == "去年"


def test_a_drawn_table_keeps_its_columns_of_text_and_own_formats():
    book = openpyxl.load_workbook(io.BytesIO(monthly()))
    sheet = book.active
    sheet["E5"].number_format, sheet["F5"].number_format = 'yyyy"年"m"月"d"日"', "@"
    made = filled(saved(book), rows(2))[0]["月报"]
    assert made["E6"].number_format == 'yyyy"年"m"月"d"日"' and made["E6"].value.date() == dt.date(2026, 11, 2)
    assert (made["F6"].value, made["F6"].data_type) == ("100.50", "s")


@given(
    above=st.integers(0, 4),
    groups=st.booleans(),
    body=st.integers(0, 6),
    total=st.booleans(),
    notes=st.integers(0, 3),
    count=st.integers(0, 12),
    order=st.permutations(["序号", "姓名", "身份证号", "电话", "接收日期", "金额", "星座"]),
)
@settings(max_examples=80, deadline=None)
def test_whatever_stands_around_the_rows_stays(above, groups, body, total, notes, count, order):
    book = openpyxl.Workbook()
    sheet = book.active
    for row in range(1, above + 1):
        sheet.cell(row, 1, f"说明文字第{row}段")
        sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=7)
    head = above + 1
    if groups:
        sheet.cell(head, 2, "基本情况")
        sheet.merge_cells(start_row=head, start_column=2, end_row=head, end_column=4)
        head += 1
    for place, text in enumerate(order, start=1):
        sheet.cell(head, place, text)
    for row in range(head + 1, head + 1 + body):
        for place in range(1, 8):
            sheet.cell(row, place).border = BOX
    at = head + 1 + body
    if total:
        sheet.cell(at, 1, "合计")
        at += 1
    for row in range(at, at + notes):
        sheet.cell(row, 1, f"填表说明{row - at}")
        sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=7)
    made = filled(saved(book), rows(count))[0].active
    name = order.index("姓名") + 1
    assert [made.cell(head + n, name).value for n in range(1, count + 1)] == [f"李建国{n}" for n in range(count)]
    assert [made.cell(head, place).value for place in range(1, 8)] == order
    column = [made.cell(row, 1).value for row in range(1, made.max_row + 1)]
    assert [text for text in column if str(text).startswith("说明文字")] == [
        f"说明文字第{n}段" for n in range(1, above + 1)
    ]
    below = column[head + max(count, body) :] if total or notes else []
    assert [text for text in below if text] == ["合计"] * total + [f"填表说明{n}" for n in range(notes)]
