"""The code tables of the catalogue."""

import re

import pytest

from renben.kernel.regions_data import CODES_DIR, area_names, code_table, read_regions, read_table
from tests.shared import SHARED, needs_shared


def test_the_tree_of_the_district():
    rows = read_regions(CODES_DIR / "regions_110113.csv")
    by_level = {level: [row for row in rows if row.level == level] for level in ("district", "street", "village")}
    assert {level: len(found) for level, found in by_level.items()} == {"district": 1, "street": 25, "village": 601}
    assert all(row.code.startswith(row.parent_code) for row in rows)
    lengths = {"district": 6, "street": 9, "village": 12}
    assert all(len(row.code) == lengths[row.level] and row.code.isdigit() for row in rows)
    assert 0 < sum(row.is_rural for row in rows) < 601


@pytest.mark.parametrize(
    ("lines", "match"),
    [("110113,甲,,district\n110113,乙,,district", "第3行.*重复"), ("110113001,甲,110113,street", "第2行.*上级")],
)
def test_a_bad_region_file_names_its_line(tmp_path, lines, match):
    path = tmp_path / "regions.csv"
    path.write_text(f"code,name,parent_code,level\n{lines}\n", encoding="utf-8")
    with pytest.raises(ValueError, match=match):
        read_regions(path)


@pytest.mark.parametrize("path", sorted(CODES_DIR.glob("*.csv")), ids=lambda path: path.stem)
def test_every_table_has_unique_keys_and_no_empty_key(path):
    rows = read_table(path)
    keys = [next(iter(row.values())) for row in rows]
    assert rows and len(set(keys)) == len(keys)
    assert all(keys) and not any(None in row or None in row.values() for row in rows)
    assert all(value == value.strip() for row in rows for value in row.values())


def test_known_sizes_of_national_tables():
    assert len(code_table("ethnicity")) == 56 and code_table("ethnicity")["56"] == "基诺族"
    assert code_table("education")["21"] == "大学本科毕业"
    assert {"M", "F"} == set(code_table("sex"))
    assert len(area_names()) > 2950 and all(re.fullmatch(r"\d{6}", code) for code in area_names())
    assert {code[:2] for code in area_names()} <= set(code_table("provinces"))


def test_no_former_area_is_still_in_force():
    assert not set(code_table("former_areas")) & set(code_table("areas"))


@needs_shared
def test_separation_reasons_are_those_of_the_rules():
    contract = (SHARED / "facts" / "rule_domains.md").read_text(encoding="utf-8")
    line = next(line for line in contract.splitlines() if line.startswith("| `ui.eligibility`"))
    counting, not_counting = re.search(r"involuntary: ([\w, ]+); not: ([\w, ]+)", line).groups()
    table = {row["code"]: row["is_involuntary"] for row in read_table(CODES_DIR / "separation_reasons.csv")}
    assert {code for code, counts in table.items() if counts == "yes"} == set(counting.split(", "))
    assert {code for code, counts in table.items() if counts == "no"} == set(not_counting.split(", "))


def test_tables_and_columns_know_the_same_codes():
    from renben.kernel.identity import KINDS
    from renben.kernel.models import IdentityDocument, LabourSpell
    from renben.kernel.models.people import HukouKind, Sex

    assert dict(LabourSpell.Status.choices) == code_table("labour_status")
    assert dict(HukouKind.choices) == code_table("household_kind")
    assert dict(Sex.choices) == code_table("sex")
    assert dict(IdentityDocument.Kind.choices) == KINDS
