"""照表填报 in a real browser: the superior's table is uploaded, its columns confirmed, the filled file downloaded."""

from __future__ import annotations

import openpyxl
import pytest

from tests.journeys.conftest import DESK, PHONE
from tests.journeys.test_procedures import looked_at

pytestmark = pytest.mark.browser


def superiors_table(folder) -> str:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (["失业人员档案月报表"], ["填报单位："], ["序号", "人员信息", None, "接收时间", "备注事项"]):
        sheet.append(row)
    sheet.append([None, "人员姓名", "公民身份号码", None, None])
    for area in ("A1:E1", "A3:A4", "B3:C3", "D3:D4", "E3:E4"):
        sheet.merge_cells(area)
    sheet["A6"], sheet["A7"] = "合计", "填表人："
    path = folder / "月报.xlsx"
    book.save(path)
    return str(path)


def filled(one, tmp_path) -> list:
    with one.page.expect_download() as coming:
        one.page.locator('main button:has-text("填好下载")').click()
    path = tmp_path / "filled.xlsx"
    coming.value.save_as(path)
    return [list(row) for row in openpyxl.load_workbook(path).active.iter_rows(values_only=True)]


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_table_is_mapped_once_and_filled(visitor, tmp_path, size):
    label = "phone" if size == PHONE else "desk"
    one = visitor("reviewer", size=size, for_axe=True)
    looked_at(one, f"{label}-templates-empty", "/ledgers/templates/")
    looked_at(one, f"{label}-template-new", "/ledgers/templates/new/")
    one.page.set_input_files("[name=file]", superiors_table(tmp_path))
    one.page.fill("[name=name]", f"月报 {label}")
    one.page.select_option("[name=ledger]", "unemployed_archives")
    one.press("上传，去对列")
    looked_at(one, f"{label}-template-columns")
    assert "没有对上，会留空：备注事项" in one.text()
    one.press("保存对照")
    looked_at(one, f"{label}-template")
    rows = filled(one, tmp_path)
    assert rows[1][0].startswith("填报单位：顺义") and rows[4][0] == 1 and len(rows[4][2]) == 18
    assert [row[0] for row in rows[-2:]][0] == "合计" and rows[-1][0].startswith("填表人：")
    at = one.page.url.split("/ledgers", 1)[1]
    looked_at(one, f"{label}-template-replace", f"/ledgers{at}replace/")
    looked_at(one, f"{label}-template-retire", f"/ledgers{at}retire/")
    looked_at(one, f"{label}-templates", "/ledgers/templates/")


def superiors_grid(folder) -> str:
    """Streets in rows, two rows of heading, 合计 below with a formula in one column."""
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (
        ["失业人员管理台账统计表"],
        ["填报单位："],
        ["街道", "登记失业人数", "性别", None],
        [None, None, "男", "女"],
    ):
        sheet.append(row)
    for row in (["胜利街道"], ["光 明 街道"], ["外省"], ["合　计", "=SUM(B5:B7)"], ["填表人："]):
        sheet.append(row)
    for area in ("A1:D1", "A3:A4", "B3:B4", "C3:D3"):
        sheet.merge_cells(area)
    path = folder / "统计.xlsx"
    book.save(path)
    return str(path)


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_grid_is_mapped_once_looked_at_and_filled(visitor, tmp_path, size):
    label = "phone" if size == PHONE else "desk"
    one = visitor("reviewer", size=size, for_axe=True)
    one.go("/ledgers/templates/new/")
    one.page.set_input_files("[name=file]", superiors_grid(tmp_path))
    one.page.fill("[name=name]", f"统计 {label}")
    one.press("上传，去对列")
    looked_at(one, f"{label}-template-figures")
    assert "对应的行会留空：外省" in one.text()
    one.press("保存对照")
    one.press("先看一遍")
    looked_at(one, f"{label}-template-preview")
    assert "这些行没有填：外省" in one.text()
    rows = filled(one, tmp_path)
    assert all(row[1] == row[2] + row[3] for row in rows[4:6]) and sum(row[1] for row in rows[4:6]) > 0
    assert rows[6][1] is None and rows[7][1] == "=SUM(B5:B7)" and rows[7][2] == rows[4][2] + rows[5][2]


def test_it_works_without_javascript(visitor, tmp_path):
    one = visitor("reviewer", java_script_enabled=False)
    one.go("/ledgers/templates/new/")
    one.page.set_input_files("[name=file]", superiors_table(tmp_path))
    one.page.fill("[name=name]", "月报 无脚本")
    one.press("上传，去对列")
    one.press("保存对照")
    assert filled(one, tmp_path)[4][0] == 1
