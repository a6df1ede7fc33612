"""Where the heading stands, what else stands on the sheet, and files that are no roster."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import pytest

from renben.services.exchange import workbook
from renben.services.exchange.reader import RefusedFile
from renben.services.exchange.sample import COLUMNS, demo_roster, synthetic_people, write_roster

from .conftest import TODAY
from .old_excel import old_excel

PEOPLE = synthetic_people(4, places=[("胜利街道", "义宾社区居委会")], today=TODAY)
HEAD = ["姓名", "身份证号"]
ROWS = [[person["姓名"], person["身份证号码"]] for person in PEOPLE]


@pytest.mark.parametrize("row", range(1, 11))
def test_the_heading_anywhere_in_the_first_ten_rows(read, row):
    target = io.BytesIO()
    write_roster(target, PEOPLE, header_row=row)
    reading, rows = read(target.getvalue())
    assert [found.number for found in rows] == [row + 1 + i for i in range(4)]
    assert not any(found.problems for found in rows)
    assert len(reading.fields) == len(COLUMNS) - 1  # 序号 is nobody's field


def test_a_heading_in_row_eleven_is_not_looked_for(read, sheet):
    with pytest.raises(RefusedFile, match="前10行里没有找到表头"):
        read(sheet([*[["x"]] * 10, HEAD, *ROWS]))


def test_two_rows_of_heading_with_merged_cells(read, sheet):
    person = PEOPLE[0]
    rows = [
        ["档案转移花名册"],
        ["序号", "姓名", "公民身份号码", "解除劳动合同情况", "", "街道"],
        ["", "", "", "时间", "原因", ""],
        [1, person["姓名"], person["身份证号码"], "2026.10.31", "合同到期", "胜利街道"],
    ]
    merged = [
        (0, 0, 0, 5, "档案转移花名册"),
        (1, 3, 1, 4, "解除劳动合同情况"),
        (1, 0, 2, 0, "序号"),
        (1, 1, 2, 1, "姓名"),
    ]
    _, found = read(sheet(rows, merged=merged))
    assert [row.number for row in found] == [4]
    assert not found[0].problems
    assert f"{found[0].values['separated_on']}" == "2026-10-31"
    assert found[0].values["separation_reason"] == "contract_expired"
    assert found[0].values["organization"] == 2


def test_an_employer_merged_down_counts_for_each_person(read, sheet):
    rows = [[*HEAD, "原单位"], *[[*row, ""] for row in ROWS]]
    _, found = read(sheet(rows, merged=[(1, 2, 3, 2, "顺义纺织厂")]))
    assert [row.values.get("source_employer") for row in found] == ["顺义纺织厂"] * 3 + [None]


def test_a_table_that_begins_in_the_middle_of_the_sheet(read, sheet):
    rows = [[], [], ["", "", *HEAD], *[["", "", *row] for row in ROWS]]
    _, found = read(sheet(rows))
    assert [(row.number, row.values["name"]) for row in found] == [(4 + i, PEOPLE[i]["姓名"]) for i in range(4)]


def test_every_sheet_is_read_hidden_and_foreign_ones_are_not(read, sheet):
    data = sheet([HEAD, *ROWS[:2]], [["填表说明"], ["一律用文本格式"]], [HEAD, *ROWS[2:]], [HEAD, *ROWS], hidden={3})
    reading, found = read(data)
    assert [(row.sheet, row.number) for row in found] == [("Sheet1", 2), ("Sheet1", 3), ("Sheet3", 2), ("Sheet3", 3)]
    assert any("Sheet2" in note for note in reading.notes)


def test_the_same_person_on_two_sheets(read, sheet):
    _, found = read(sheet([HEAD, ROWS[0]], [HEAD, ROWS[0]]))
    assert "工作表“Sheet1”第2行重复" in found[1].problems[0].text


def test_what_is_no_person_is_left_out(read, sheet):
    rows = [
        ["序号", *HEAD, "缴费月数"],
        ["(1)", "1", "2", "3"],
        [1, *ROWS[0], 12],
        [2],
        [],
        ["序号", *HEAD, "缴费月数"],
        [3, *ROWS[1], 24],
        ["合 计", "2人", "", 36],
        ["制表人：张三", "", "审核人：李四"],
        ["", "说明：本表一式两份，移交单位和接收单位各一份。"],
    ]
    reading, found = read(sheet(rows))
    assert [row.number for row in found] == [3, 7]
    assert not any(row.problems for row in found)
    assert any("第8行是合计行" in note for note in reading.notes)


def test_a_person_without_a_number_is_not_lost(read, sheet):
    _, found = read(sheet([[*HEAD, "电话"], ["张三", "", "13800138000"]]))
    assert found[0].problems[0].field == "id_number"


def test_unknown_columns_are_named(read, sheet):
    reading, _ = read(sheet([[*HEAD, "血型"], [*ROWS[0], "A"]]))
    assert any("血型" in note for note in reading.notes)
    assert not reading.has_archives


def test_the_required_column_is_named(read, sheet):
    with pytest.raises(RefusedFile, match="没有找到“身份证号”这一列"):
        read(sheet([["姓名", "性别"], ["张三", "男"]]))


def test_a_heading_without_people(read, sheet):
    with pytest.raises(RefusedFile, match="一行人员也没有"):
        read(sheet([HEAD]))


def test_more_rows_than_allowed(read, sheet, people_layout):
    import dataclasses

    small = dataclasses.replace(people_layout, max_rows=3)
    assert len(read(sheet([HEAD, *ROWS[:3], *[[]] * 20, ["合计"]]), small)[1]) == 3
    with pytest.raises(RefusedFile, match="一次最多导入 3 行"):
        read(sheet([HEAD, *ROWS]), small)
    assert people_layout.max_rows == 50_000


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_csv(read, encoding, delimiter):
    lines = ["花名册", delimiter.join(HEAD), *[delimiter.join(["䶮" + row[0], row[1]]) for row in ROWS]]
    _, found = read("\r\n".join(lines).encode(encoding))
    assert [row.values["name"] for row in found] == ["䶮" + row[0] for row in ROWS]
    assert [row.number for row in found] == [3, 4, 5, 6]


def test_the_demonstration_roster_has_good_rows_and_typical_mistakes(read):
    from renben.services.exchange.sample import district_places
    from renben.services.exchange.territory import street_key

    assert len({street_key(street) for street, _ in district_places()}) == 25
    target = demo_roster(today=TODAY)
    from renben.services.exchange.reader import read_roster

    reading = read_roster(target, _layout(), today=TODAY)
    rows = list(reading.rows())
    assert [bool(row.problems) for row in rows].count(True) == 6
    assert len(rows) == 12


def _layout():
    from renben.services.exchange.layout import layout_of

    from .conftest import FOLDER

    return layout_of("people", FOLDER)


def zipped(**members: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, data in members.items():
            bundle.writestr(name.replace("__", "/").replace("_xml", ".xml").replace("_bin", ".bin"), data)
    return target.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
ODD = {
    "executable": (b"MZ\x90\x00" + bytes(3000), "可执行程序"),
    "elf": (b"\x7fELF" + bytes(3000), "可执行程序"),
    "script": (b"#!/bin/sh\nrm -rf /\n", "脚本"),
    "empty": (b"", "文件是空的"),
    "blank": (b"\r\n  \r\n", "文件是空的"),
    "pdf of 40 MB": (b"%PDF-1.4\n" + bytes(40 * 1024 * 1024), "PDF 文件（可能是扫描件）"),
    "picture": (b"\x89PNG\r\n\x1a\n" + bytes(100), "图片"),
    "web page": (b"<html><table><tr><td>\xe5\xa7\x93\xe5\x90\x8d</td></tr></table>", "网页格式"),
    "macros": (zipped(xl__workbook_xml=b"<x/>", xl__vbaProject_bin=b"x"), "宏程序"),
    "word": (zipped(word__document_xml=b"<x/>"), "Word 文档"),
    "zip": (zipped(a=b"x"), "压缩包"),
    "xlsb": (zipped(xl__workbook_bin=b"x"), "系统不读"),
    "password": (OLE + "EncryptedPackage".encode("utf-16-le"), "设了打开密码"),
    "old macros": (OLE + "Workbook_VBA_PROJECT_CUR".encode("utf-16-le"), "宏程序"),
    "old word": (OLE + "WordDocument".encode("utf-16-le"), "Word 文档"),
    "broken xls": (OLE + "Workbook".encode("utf-16-le"), "已损坏"),
    "some ole": (OLE, "认不出"),
    "cut zip": (demo_roster(today=TODAY)[:3000], "已损坏"),
    "large": (b"PK\x03\x04" + bytes(31 * 1024 * 1024), "超过了 30 MB"),
    "noise": (bytes(range(256)) * 40, "认不出"),
    "prose": ("这是一封信，没有表格。".encode(), "认不出"),
}


@pytest.mark.parametrize("what", sorted(ODD))
def test_odd_files_are_refused_with_a_sentence(read, what):
    data, words = ODD[what]
    with pytest.raises(RefusedFile, match=words) as refused:
        read(data)
    assert str(refused.value).endswith("。")


def test_a_zip_bomb_is_not_inflated(read):
    with pytest.raises(RefusedFile, match="大得不正常"):
        read(zipped(xl__workbook_xml=b"<x/>", xl__worksheets__sheet1_xml=bytes(64 * 1024 * 1024)))


def test_a_bomb_that_lies_about_its_size(read):
    data = bytearray(zipped(xl__workbook_xml=b"<x/>", xl__worksheets__sheet1_xml=bytes(64 * 1024 * 1024)))
    real, claimed = struct.pack("<L", 64 * 1024 * 1024), struct.pack("<L", 1000)
    assert data.count(real) >= 1
    with pytest.raises(RefusedFile, match="大得不正常"):
        read(bytes(data.replace(real, claimed)))


def test_one_stray_cell_far_away_does_not_eat_the_memory(read):
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(demo_roster(today=TODAY))) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                far = b'<row r="1048576"><c r="XFD1048576" t="n"><v>1</v></c></row></sheetData>'
                data = data.replace(b"</sheetData>", far)
            new.writestr(name, data)
    with pytest.raises(RefusedFile, match="1048576 行、XFD 列"):
        read(target.getvalue())


def test_a_damaged_member_is_noticed(read):
    data = bytearray(demo_roster(today=TODAY))
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as bundle:
        member = bundle.getinfo("xl/worksheets/sheet1.xml")
    start = member.header_offset + 30 + len(member.filename) + 20
    data[start : start + 40] = bytes(40)
    with pytest.raises(RefusedFile, match="已损坏"):
        read(bytes(data))


def test_the_limits_leave_room_for_the_largest_roster():
    """50,000 rows × 20 columns, the size promised, stays far below every limit."""
    assert workbook.MAX_CELLS > 50_100 * 20
    assert zlib.ZLIB_VERSION and workbook.MAX_INFLATED > 50_000 * 20 * 100


def test_old_excel(read):
    rows = [["档案转移花名册"], [*HEAD, "缴费月数"], *[[*row, 38] for row in ROWS]]
    _, found = read(old_excel(rows))
    assert [row.values["name"] for row in found] == [person["姓名"] for person in PEOPLE]
    assert {row.values["contribution_months"] for row in found} == {38}
    assert (found[0].sheet, found[0].number) == ("花名册", 3)


def test_old_word_that_calls_itself_excel(read):
    with pytest.raises(RefusedFile, match="Word 文档"):
        read(old_excel([HEAD], stream="WordDocument"))


def test_layouts_claim_no_heading_twice(people_layout, tmp_path):
    from renben.services.exchange.layout import layout_of, read_layout

    from .conftest import FOLDER

    assert layout_of("employers", FOLDER).required_labels() == {"uscc": "统一社会信用代码", "name": "单位名称"}
    for column in people_layout.columns:
        assert column.names and all(name == name.strip() for name in column.names)
    text = (FOLDER / "employers.yaml").read_text("utf-8").replace("names: [行业,", "names: [行业, 单位名称,")
    (tmp_path / "twice.yaml").write_text(text, "utf-8")
    with pytest.raises(ValueError, match="单位名称"):
        read_layout(tmp_path / "twice.yaml")
