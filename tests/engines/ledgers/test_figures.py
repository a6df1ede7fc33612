"""Tables of figures: what a label means, what goes into which cell, and that nothing of the table is overwritten."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renben.engines.ledgers.definitions import Ledger, LedgerError
from renben.engines.ledgers.template_figures import fill_figures
from renben.engines.ledgers.template_grids import COUNT, FORM, GRID, Figure, Figures, Measure, read_figures
from renben.engines.ledgers.template_labels import Known, Sorter, months_of, span_of
from renben.engines.ledgers.template_picture import picture
from renben.engines.ledgers.template_proposals import carry_over, check, first_figures
from tests.engines.ledgers.figure_samples import by_label, by_street, single_cells
from tests.engines.ledgers.template_samples import FACTS, saved

DAY = dt.date(2026, 11, 23)
LEDGER = Ledger(
    slug="sample",
    name="样本台账",
    title=["样本台账"],
    summary="测试用。",
    procedures=["J-4.2.1"],
    citation="测试",
    source="x:y",
    columns=[
        {"key": "name", "title": "姓名"},
        {"key": "sex", "title": "性别"},
        {"key": "age", "title": "年龄", "type": "int"},
        {"key": "cause", "title": "失业原因"},
        {"key": "on", "title": "登记日期", "type": "date"},
        {"key": "fen", "title": "金额（元）", "type": "fen", "total": "sum"},
        {"key": "office", "title": "管理机构"},
        {"key": "state", "title": "状态"},
    ],
)
OFFICES = [("胜利街道社会保障事务所", "胜利街道"), ("光明街道社会保障事务所", "光明街道")]
VALUES = {"sex": ["男", "女"], "cause": ["合同期满", "单位裁员"], "office": [OFFICES[0][0]], "state": ["登记失业"]}
KNOWN = Known.of(OFFICES, VALUES)


def rows() -> list[dict]:
    people = [
        ("男", 16, "合同期满", dt.date(2026, 1, 5), 10_050, "胜利街道社会保障事务所"),
        ("女", 24, "单位裁员", dt.date(2026, 1, 31), 20_000, "胜利街道社会保障事务所"),
        ("女", 50, "合同期满", dt.date(2026, 4, 1), None, "光明街道社会保障事务所"),
        ("男", 51, "别的原因", dt.date(2025, 1, 5), 5, "中心"),
    ]
    keys = ("sex", "age", "cause", "on", "fen", "office")
    return [dict(zip(keys, one, strict=True)) | {"state": "登记失业"} for one in people]


def filled(data: bytes, figures: Figures | None = None, lines: list[dict] | None = None, known: Known = KNOWN):
    figures = figures or first_figures(read_figures(data)[0], LEDGER, known)
    out = io.BytesIO()
    told = fill_figures(
        data,
        ledger=LEDGER,
        figures=figures,
        rows=rows() if lines is None else lines,
        facts=FACTS,
        known=known,
        as_of=DAY,
        out=out,
    )
    return openpyxl.load_workbook(io.BytesIO(out.getvalue())).active, told, out.getvalue()


@pytest.mark.parametrize(
    ("label", "span"),
    [
        ("16-24岁", (16, 24)),
        ("１６—２４ 周岁", (16, 24)),
        ("25至34", (25, 34)),
        ("50岁及以上", (50, None)),
        ("50岁以上（含50岁）", (50, None)),
        ("不满16岁", (0, 15)),
        ("24岁以下", (0, 24)),
        ("超过60岁", (61, None)),
        ("其中：16～24岁", (16, 24)),
        ("3", (3, 3)),
        ("34-25", None),
        ("青年", None),
    ],
)
def test_a_label_may_be_a_span_of_figures(label, span):
    assert span_of(label) == span


@pytest.mark.parametrize(
    ("label", "months"),
    [
        ("１月", {(2026, 1)}),
        (" 12 月份", {(2026, 12)}),
        ("十一月", {(2026, 11)}),
        ("2025年3月", {(2025, 3)}),
        ("2025-03", {(2025, 3)}),
        ("二季度", {(2026, 4), (2026, 5), (2026, 6)}),
        ("第4季度", {(2026, 10), (2026, 11), (2026, 12)}),
        ("上半年", {(2026, n) for n in range(1, 7)}),
        ("13月", None),
        ("3", None),
        ("合计", None),
    ],
)
def test_a_label_may_be_months(label, months):
    found = months_of(label, 2026)
    assert (None if found is None else set(found)) == months


def test_an_office_is_found_by_any_of_its_names_but_never_guessed():
    assert KNOWN.sign("胜 利 街 道") == KNOWN.sign("胜利街道社会保障事务所") != KNOWN.sign("光明街道")
    assert KNOWN.sign_of_label("胜利街道办事处") == KNOWN.sign("胜利街道")
    assert not KNOWN.sign_of_label("街道").startswith("@"), "two could be meant"
    twice = Known.of([("甲站", "一社区"), ("乙站", "一社区")], {})
    assert not twice.sign_of_label("一社区").startswith("@")


def test_a_figure_belongs_to_the_narrowest_span_and_to_each_part():
    age = next(column for column in LEDGER.columns if column.key == "age")
    sorter = Sorter(age, [(1, "16岁以上"), (2, "16-24岁"), (3, "其中：20-24岁")], KNOWN, 2026)
    assert [sorter.places(value) for value in (16, 22, 30, None)] == [(2,), (2, 3), (1,), ()]


def test_ages_are_counted_and_added_up_without_counting_parts_twice():
    data = by_label("年龄", "16－24岁", "其中:20-24", "25-49岁", "50岁及以上", "合 计", heading="人数")
    sheet, told, _ = filled(data)
    assert [sheet[f"B{row}"].value for row in range(3, 8)] == [2, 1, 0, 2, 4]
    assert (told.rows, told.unknown, told.outside) == (4, [], [])


def test_causes_streets_sums_and_money():
    figures = first_figures(read_figures(by_street(extra=("金额(元)",)))[0], LEDGER, KNOWN)
    assert figures.by == "office" and figures.columns[-1].measure == Measure("fen")
    sheet, told, _ = filled(by_street("胜利街道", "光明街道办事处", "天外", extra=("金额(元)",)))
    assert [[sheet[f"{c}{r}"].value for c in "BCDF"] for r in (5, 6, 7)] == [
        [2, 1, 1, 300.5],
        [1, 0, 1, 0],
        [None, None, None, None],
    ]
    assert sheet["F5"].number_format == "#,##0.00" and sheet["B5"].number_format == "0"
    assert (told.unknown, told.outside) == (["天外"], [("中心", 1)])
    causes, told, _ = filled(by_label("失业原因", "合同期满", "单位裁员", "别的原因", "从未有过"))
    assert [causes[f"B{row}"].value for row in range(3, 7)] == [2, 1, 1, None], "what stands in the ledger is known"
    assert told.unknown == ["从未有过"]


def test_subtotals_and_old_figures_are_not_left_as_if_they_were_new():
    book = openpyxl.load_workbook(io.BytesIO(by_label("失业原因", "合同期满", "小计", "从未有过", "单位裁员", "总计")))
    for row in range(3, 8):
        book.active[f"B{row}"] = 99
    sheet, told, _ = filled(saved(book))
    assert [sheet[f"B{row}"].value for row in range(3, 8)] == [2, None, None, 1, 3]
    assert set(told.unknown) == {"小计", "从未有过"}


def test_text_cells_get_texts_and_the_style_stays():
    book = openpyxl.load_workbook(io.BytesIO(by_label("失业原因", "合同期满", "单位裁员")))
    book.active["B3"].number_format = "@"
    book.active["B4"].number_format = "0.00"
    sheet, _, _ = filled(saved(book))
    assert (sheet["B3"].value, sheet["B4"].value, sheet["B4"].number_format) == ("2", 1, "0.00")
    assert sheet["B3"].border.left.style == "thin"


nasty = st.one_of(st.text(max_size=20), st.builds(str.__add__, st.sampled_from(list("=+-@\t'")), st.text(max_size=12)))


@settings(max_examples=40, deadline=None)
@given(nasty, nasty)
def test_no_value_of_the_ledger_reaches_the_sheet_as_a_formula(office, cause):
    """Only figures are written; formulas of the table are the only ones there are."""
    lines = [row | {"office": office, "cause": cause} for row in rows()]
    _, _, content = filled(by_street(), lines=lines)
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        xml = book.read("xl/worksheets/sheet1.xml").decode()
    assert xml.count("<f>") == 4, "three rows and 合计"


def test_a_foreign_formula_becomes_its_value():
    book = openpyxl.load_workbook(io.BytesIO(by_street()))
    book.active["E5"] = '=WEBSERVICE("http://a.example/"&B5)'
    sheet, _, _ = filled(saved(book))
    assert sheet["E5"].data_type != "f" and sheet["E6"].value == "=C6+D6"


def test_a_form_is_read_and_its_formula_kept():
    found = read_figures(single_cells())[0]
    assert not found.is_grid
    figures = first_figures(found, LEDGER, KNOWN)
    assert {single.cell: single.measure for single in figures.singles if single.measure.what} == {
        "B3": Measure(COUNT, "state", "登记失业"),
        "D3": Measure(COUNT, "sex", "女"),
    }
    sheet, told, _ = filled(single_cells(), figures)
    assert (sheet["B3"].value, sheet["D3"].value, sheet["B5"].value) == (4, 2, "=B3-D3")
    assert (told.filled, told.idle) == (2, [])


def test_what_is_kept_is_read_back_as_it_was():
    for data in (by_street(), single_cells()):
        figures = first_figures(read_figures(data)[0], LEDGER, KNOWN)
        assert Figures.from_json(figures.to_json()) == figures


def test_next_months_columns_may_move():
    old = first_figures(read_figures(by_street())[0], LEDGER, KNOWN)
    new = read_figures(by_street("胜利街道", "光明街道", extra=("金额（元）",)))[0]
    kept = carry_over(old, new, LEDGER, KNOWN)
    assert kept.new == ["金额（元）"] and not kept.gone
    assert kept.mapping.columns[-1].measure == Measure("fen")
    with pytest.raises(LedgerError, match="不像是同一张表"):
        carry_over(old, read_figures(single_cells())[0], LEDGER, KNOWN)


@pytest.mark.parametrize(
    ("measure", "says"),
    [
        (Measure("nothing"), "里没有"),
        (Measure("name"), "里没有"),
        (Measure(COUNT, "sex", ""), "没有写完整"),
        (Measure(COUNT, "nothing", "女"), "没有这一列"),
        (Measure(COUNT, "age", "青年"), "看不懂"),
        (Measure(COUNT, "on", "春天"), "看不懂"),
    ],
)
def test_figures_that_cannot_be_counted_are_told(measure, says):
    sheet = read_figures(by_street())[0]
    figures = Figures(GRID, "街镇", 3, 4, 1, "office", (Figure(2, "登记失业人数", measure),))
    with pytest.raises(LedgerError, match=says):
        check(figures, sheet, LEDGER)


def test_a_sheet_that_asks_for_nothing_is_refused():
    book = openpyxl.Workbook()
    book.active["A1"] = "只有一句话"
    with pytest.raises(LedgerError, match="没有找到要填数的地方"):
        read_figures(saved(book))
    with pytest.raises(LedgerError, match="工作表了"):
        filled(by_street(), Figures(FORM, "别的表"))


def test_the_picture_joins_merged_cells_and_marks_what_is_new():
    data = by_street("胜利街道", "光明街道")
    _, _, content = filled(data)
    seen = picture(content, data, "街镇")
    assert seen.lines[0][0].across == 5 and seen.lines[2][0].down == 2
    assert [cell.text for cell in seen.lines[4]] == ["胜利街道", "2", "1", "1", "（公式）"]
    assert [cell.is_new for cell in seen.lines[4]] == [False, True, True, True, False]
