"""The printed table: every page has its heading and number, the last one totals and signatures."""

from __future__ import annotations

import datetime as dt

import pypdfium2
import pytest

from renben.engines.ledgers import bench, pdf
from renben.engines.ledgers.definitions import LedgerError, all_ledgers, find

DAY = dt.date(2026, 6, 30)


def pages_of(data: bytes, *, lines: bool = False) -> list[str]:
    """Text of each page; without white space unless `lines` are asked for."""
    book = pypdfium2.PdfDocument(data)
    try:
        texts = []
        for number in range(len(book)):
            page = book[number]
            words = page.get_textpage()
            text = words.get_text_range()
            texts.append(text if lines else "".join(text.split()).replace("\ufffe", ""))
            words.close()
            page.close()
        return texts
    finally:
        book.close()


def printed(ledger, rows, **how):
    return pages_of(pdf.to_pdf(ledger, rows, office_name="胜利街道", as_of=DAY, made_by="张晓明"), **how)


def test_heading_and_page_number_on_every_page_totals_on_the_last():
    ledger = find("实发失业保险金人员名录")
    rows = list(bench.made_up_rows(ledger, 70))
    pages = printed(ledger, rows)
    assert len(pages) > 1
    for number, text in enumerate(pages, start=1):
        assert f"第{number}页共{len(pages)}页" in text
        assert "证件号码" in text
    assert "单位：胜利街道" in pages[0] and "截至日期：2026-06-30" in pages[0]
    total = f"{sum(row['fen'] for row in rows) / 100:,.2f}"
    assert total in pages[-1] and "共70条" in pages[-1]
    assert total not in "".join(pages[:-1])
    assert "制表人：张晓明" in pages[-1] and "财务负责人：" in pages[-1]


@pytest.mark.parametrize("ledger", all_ledgers(), ids=lambda ledger: ledger.slug)
def test_identity_numbers_stand_on_one_line_in_every_ledger(ledger):
    keys = [column.key for column in ledger.columns if column.type == "id"]
    rows = [row | dict.fromkeys(keys, "110113197503080029") for row in bench.made_up_rows(ledger, 2)]
    text = "".join(printed(ledger, rows, lines=True))
    assert text.count("110113197503080029") == 2 * len(keys)


def test_text_is_never_markup():
    ledger = find("学生档案")
    row = next(bench.made_up_rows(ledger, 1)) | {
        "name": '#panic("x")',
        "source": "*粗*_斜_$x$[]<a>@b\\",
        "roster": "A" * 90,
    }
    text = "".join(printed(ledger, [row]))
    assert '#panic("x")' in text and "*粗*_斜_$x$[]<a>@b\\" in text
    assert text.count("A") >= 90


def test_an_empty_ledger_says_so():
    assert "没有记录" in "".join(printed(find("新建档案"), []))


def test_too_long_to_print(monkeypatch):
    monkeypatch.setattr(pdf, "MAX_ROWS", 5)
    ledger = find("新建档案")
    with pytest.raises(LedgerError, match="Excel"):
        printed(ledger, bench.made_up_rows(ledger, 6))
