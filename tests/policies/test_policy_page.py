"""The page about rules (docs/政策规则.md) names every domain, every unit and no other."""

from __future__ import annotations

import re
from pathlib import Path

from renben.engines.rules import registry
from renben.engines.rules.parameters import UNITS
from renben.oversight import offers

PAGE = Path(__file__).resolve().parents[2] / "docs" / "政策规则.md"

offers.load_domains()


def test_the_page_lists_every_domain_and_no_other():
    text = PAGE.read_text(encoding="utf-8")
    table = text[text.index("## 三、") : text.index("## 四、")]
    rows = [row for row in table.splitlines() if row.startswith("| `")]
    assert set(re.findall(r"`([a-z_.]+)`", " ".join(row.split("|")[1] for row in rows))) == set(registry.names())


def test_the_page_lists_every_unit():
    line = next(
        line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.strip().startswith("unit: month")
    )
    assert set(line.partition("#")[2].split()) == UNITS
