"""What a reader's ledger may hold, so that the labels of a superior's table are recognised: offices, codes, values that occur."""

from __future__ import annotations

from itertools import islice

from renben.engines.ledgers import engine
from renben.engines.ledgers.cells import text_of
from renben.engines.ledgers.definitions import Ledger
from renben.engines.ledgers.template_labels import Known
from renben.kernel import clock
from renben.kernel.models import Organization
from renben.kernel.policy import Principal
from renben.services.records.choices import choices

USE, KEEP = "ledger.view", "ledger.template"
LOOKED_AT, DIFFERENT = 2000, 60
"""So many rows are looked at for the values that occur; a column with more different ones names people or things, not kinds."""


def values_of(principal: Principal, ledger: Ledger) -> dict[str, list[str]]:
    """Texts that stand or may stand in each column of a ledger, by key; columns that take anything are left out."""
    found = choices(ledger)
    seen: dict[str, dict[str, None]] = {c.key: {} for c in ledger.columns if c.type == "text"}
    rows = engine.iter_rows(ledger, as_of=clock.today(), scope_paths=principal.paths(USE))
    for row in islice(rows, LOOKED_AT):
        for column in ledger.columns:
            if column.key in seen and (text := text_of(column, row.get(column.key))):
                seen[column.key][text] = None
    for key, texts in seen.items():
        if 0 < len(texts) <= DIFFERENT:
            found[key] = list(dict.fromkeys([*found.get(key, []), *texts]))
    return found


def known_of(principal: Principal, ledger: Ledger, values: dict[str, list[str]] | None = None) -> Known:
    """Offices of the reader's territory by every name, and the values of a ledger (`values_of` when not given)."""
    offices = Organization.objects.filter(principal.within("path", USE)).order_by("path")
    names = list(offices.values_list("name", "short_name"))
    return Known.of(names, values_of(principal, ledger) if values is None else values)
