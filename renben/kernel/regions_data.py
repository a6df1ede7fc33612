"""Reading the region and area tables of `catalog/codes`.

`regions_110113.csv` is the tree of the demonstration district; `areas.csv` the county-level codes in force, `former_areas.csv`
some that were abolished but live on in identity numbers.
"""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

CODES_DIR = Path(__file__).resolve().parents[2] / "catalog" / "codes"


@dataclass(frozen=True, slots=True)
class RegionRow:
    """One administrative region: `code` is 6 (district), 9 (street/town) or 12 digits (community/village);
    `level` is province, city, district, street or village; `parent_code` is empty for the root."""

    code: str
    name: str
    parent_code: str
    level: str

    @property
    def is_rural(self) -> bool:
        """Whether a village-level row is a rural village (村) rather than an urban neighbourhood (居委会)."""
        return self.level == "village" and self.name.endswith(("村委会", "村民委员会", "村"))


def read_regions(path: Path | str) -> list[RegionRow]:
    """The rows of a region table (`code,name,parent_code,level`), parents before children.

    Raises ValueError (Chinese text, with the line) for a doubled code or a parent that does not come earlier in the file.
    """
    rows: list[RegionRow] = []
    seen: set[str] = set()
    for number, row in enumerate(read_table(path), start=2):
        region = RegionRow(row["code"], row["name"], row["parent_code"], row["level"])
        if region.code in seen:
            raise ValueError(f"{Path(path).name} 第{number}行：代码 {region.code} 重复。")
        if region.parent_code and region.parent_code not in seen:
            raise ValueError(f"{Path(path).name} 第{number}行：上级 {region.parent_code} 不存在或排在后面。")
        seen.add(region.code)
        rows.append(region)
    return rows


def read_table(path: Path | str) -> list[dict[str, str]]:
    """The rows of any code table of the catalogue (UTF-8 CSV with a header line) as dictionaries."""
    with Path(path).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@cache
def code_table(name: str) -> dict[str, str]:
    """`{code: label}` of `catalog/codes/<name>.csv`, for tables with the columns `code` and `name`; read once."""
    return {row["code"]: row["name"] for row in read_table(CODES_DIR / f"{name}.csv")}


@cache
def area_names() -> dict[str, str]:
    """`{6-digit code: name}` of every county-level area in force plus the recorded former ones (marked 原)."""
    former = {code: f"原{name}" for code, name in code_table("former_areas").items()}
    return former | code_table("areas")
