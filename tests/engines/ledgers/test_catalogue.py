"""The ledgers of the catalogue: exact names, strict files, sources that exist."""

from __future__ import annotations

import pytest
from django.conf import settings

from renben.engines.ledgers import bench
from renben.engines.ledgers.definitions import LedgerError, all_ledgers, find, load_ledgers, problems
from renben.services.registration.catalog import LEDGERS

GOOD = """name: 甲名录
summary: 试验
procedures: [J-4.2.1]
citation: 试验
source: renben.engines.ledgers.cells:clean
columns:
  - {key: name, title: 姓名}
"""


@pytest.fixture
def catalogue(tmp_path):
    (tmp_path / "ledgers").mkdir()

    def put(**files):
        for name, text in files.items():
            (tmp_path / "ledgers" / f"{name}.yaml").write_text(text, encoding="utf-8")
        return tmp_path

    return put


def test_every_ledger_that_registration_offers_is_defined():
    assert problems(settings.CATALOG_DIR, LEDGERS) == []
    assert {ledger.name for ledger in all_ledgers()} >= set(LEDGERS)


@pytest.mark.parametrize(
    "name", ["失业人员管理台帐", "失业人员管理台账", "《失业人员管理台账》", "unemployment_management"]
)
def test_both_spellings_find_the_ledger(name):
    assert find(name).name == "失业人员管理台帐"


OF_REGISTRATION = [one for one in all_ledgers() if one.source.startswith("renben.services.registration.")]


@pytest.mark.parametrize("ledger", OF_REGISTRATION, ids=lambda ledger: ledger.slug)
def test_sources_fill_exactly_the_columns(ledger, place, write, db):
    import datetime as dt

    from renben.engines.ledgers.engine import iter_rows
    from tests import build

    day, person = dt.date(2026, 6, 1), build.person(place.village)
    write.registration(person, place.street, day)
    handover = write.handover(place.street, day, "DZ-1")
    for kind in ("unemployed", "student", "new"):
        archive = write.archive(person, place.street, day, kind=kind, number=kind)
        write.move(archive, "sent", day, giver=place.centre, to=place.street, handover=handover)
    for heading in ("ui_monthly", "ui_lump_sum"):
        write.paid(place.street, [person], day, 1, day, heading=heading)
    rows = list(iter_rows(ledger, as_of=day, scope_paths=place.all))
    assert rows
    assert {column.key for column in ledger.columns} <= set(rows[0]), "每一列都要有来源"


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (GOOD + "colour: red\n", "colour"),
        (GOOD.replace("title: 姓名", "title: 姓名, total: sum"), "只有数量和金额"),
        (GOOD + "  - {key: name, title: 又一个}\n", "重名"),
        (GOOD + "filters:\n  - {key: a, title: 甲}\n", "选项"),
        (GOOD.replace("cells:clean", "cells.clean"), "模块:函数"),
        (GOOD.replace("key: name", "key: _person"), "下划线"),
        ("- 一\n- 二\n", "名称: 值"),
        ("name: [\n", "YAML"),
    ],
)
def test_a_wrong_file_is_named(catalogue, wrong, says):
    folder = catalogue(bad=wrong)
    with pytest.raises(LedgerError, match="bad.yaml") as caught:
        load_ledgers(folder)
    assert says in str(caught.value)
    assert problems(folder) == [str(caught.value)]


def test_names_are_given_once(catalogue):
    with pytest.raises(LedgerError, match=r"甲名录.*a\.yaml.*b\.yaml"):
        load_ledgers(catalogue(a=GOOD, b=GOOD.replace("name: 甲名录", "name: 乙名录\naliases: [甲名录]")))


def test_names_that_lead_nowhere_are_told(catalogue):
    folder = catalogue(
        a=GOOD.replace("甲名录", "甲").replace("cells:clean", "cells:nothing"),
        b=GOOD.replace("甲名录", "乙").replace("ledgers.cells", "ledgers.nowhere"),
        c=GOOD.replace("甲名录", "丙"),
    )
    found = problems(folder, ["丙", "丁"])
    assert len(found) == 3
    assert "甲" in found[0] and "没有 nothing" in found[0]
    assert "乙" in found[1] and "找不到模块" in found[1]
    assert "丁" in found[2]


def test_bench_writes_a_book():
    found = bench.run(rows=300)
    assert found["seconds"] > 0
    assert found["file_mb"] > 0
