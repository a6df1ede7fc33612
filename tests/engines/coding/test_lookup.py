"""A code is found by its name, by what people call the trade, by first letters and by itself."""

from __future__ import annotations

import pytest

from renben.engines.coding import lookup


@pytest.mark.parametrize(
    ("table", "text", "code"),
    [
        ("occupation", "仓储管理员", "4-02-06-01"),
        ("occupation", "ccgly", "4-02-06-01"),
        ("occupation", "cangchuguanli", "4-02-06-01"),
        ("occupation", "4-02-06-01", "4-02-06-01"),
        ("occupation", "４－０２－０６－０１", "4-02-06-01"),
        ("industry", "nongye", "A01"),
        ("industry", "a01", "A01"),
        ("education", "dxbk", "20"),
        ("region", "胜利街道", "110113001"),
    ],
)
def test_what_is_meant_comes_first(table, text, code):
    assert lookup.find(table, text)[0].code.startswith(code)


def test_a_local_title_finds_its_trade():
    titles = {one.code for one in lookup.find("occupation", "库管")}
    assert "4-02-06-01" in titles


def test_nothing_is_found_for_nothing():
    assert lookup.find("occupation", "  ") == [] and lookup.find("occupation", "龘龘龘") == []
    assert len(lookup.find("occupation", "员", 5)) == 5


def test_warming_reads_every_table_once():
    lookup.entries.cache_clear()
    lookup.warm()
    assert lookup.entries.cache_info().currsize == len(lookup.TABLES)
    misses = lookup.entries.cache_info().misses
    lookup.find("industry", "nongye")
    assert lookup.entries.cache_info().misses == misses


def test_one_row_or_none():
    found = lookup.entries("occupation")["4-02-06-01"]
    for text in (found.text, found.code, found.name, f" {found.name} "):
        assert lookup.exactly("occupation", text) == found
    assert lookup.exactly("occupation", "仓储") is None and lookup.exactly("occupation", "") is None


def test_the_stem_of_a_group_holds_its_members_and_no_neighbours():
    assert [lookup.stem(code) for code in ("4-02-06-01", "4-02-00-00", "6-10-00-00", "1-00-00-00")] == [
        "4-02-06-01", "4-02", "6-10", "1",
    ]  # fmt: skip
