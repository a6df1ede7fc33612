"""What assistance knows about people as columns: how far recognition as somebody in difficulty has come (J-5.5.1).

Who draws the minimum living allowance is known from the civil affairs office's file (外部数据); whoever it does not name stays
unknown, and so does a zero-employment family until it is recognised.
"""

from __future__ import annotations

import datetime as dt

import numpy as np

from renben.engines.rules import columns, searching
from renben.engines.rules.columns import Column, Known, Source, Table, read, spread
from renben.kernel import rows
from renben.services.exchange.models import OutsideFact

PROCEDURE = "J-5.5.1"
ZERO = "零就业"
"""How a clerk names that kind in the field 就业困难类型."""

STANDING = (
    Column("hardship.standing", "就业困难认定办到哪一步", "int8"),
    Column("zero_family.standing", "零就业家庭认定办到哪一步", "int8"),
)
FAMILY = (
    Column("family.dibao", "享受最低生活保障", "bool"),
    Column("family.is_zero", "已认定的零就业家庭", "bool"),
)

_RECOGNISED = """
c.state = 'done' OR EXISTS (SELECT FROM procedures_casestep s WHERE s.case_id = c.id AND s.key = 'identify'
                            AND s.state = 'done' AND s.outcome = 'recognised')
"""
_HARDSHIP = f"""
SELECT DISTINCT ON (c.person_id) c.person_id, CASE WHEN {_RECOGNISED} THEN %(granted)s ELSE %(applied)s END,
       (c.opened_at AT TIME ZONE 'Asia/Shanghai')::date
FROM procedures_case c
WHERE c.person_id BETWEEN %(low)s AND %(high)s AND c.procedure_id = %(procedure)s AND c.state IN ('open', 'done')
ORDER BY c.person_id, c.opened_at DESC, c.id DESC
"""
_ZERO = f"""
SELECT me.person_id, max(CASE WHEN {_RECOGNISED} THEN %(granted)s ELSE %(applied)s END)
FROM kernel_householdmember me
JOIN kernel_householdmember home ON home.household_id = me.household_id AND home.end_on IS NULL
JOIN procedures_case c ON c.person_id = home.person_id AND c.procedure_id = %(procedure)s AND c.state IN ('open', 'done')
WHERE me.person_id BETWEEN %(low)s AND %(high)s AND me.end_on IS NULL AND c.data ->> 'hardship_type' LIKE %(zero)s
GROUP BY me.person_id
"""

_DIBAO = """
SELECT DISTINCT person_id, true FROM exchange_outsidefact
WHERE person_id BETWEEN %(low)s AND %(high)s AND kind = %(kind)s AND verdict <> %(untrue)s
      AND start_on <= %(on)s AND (end_on IS NULL OR end_on > %(on)s)
"""


def standing(ids: np.ndarray, on: dt.date) -> Table:
    """The latest case of each person; one from before the present joblessness is over and counts no more."""
    asked = {
        "low": int(ids[0]) if ids.size else 0,
        "high": int(ids[-1]) if ids.size else -1,
        "procedure": PROCEDURE,
        "zero": f"%{ZERO}%",
        "granted": searching.GRANTED,
        "applied": searching.APPLIED,
    }
    found = spread(ids, rows.all_of(_HARDSHIP, asked), {"standing": "int8", "opened": "datetime64[D]"})
    since = read(ids, on, ["labour.jobless_since"])["labour.jobless_since"]
    is_over = found["opened"].known & since.known & (found["opened"].values < since.values)
    zero = spread(ids, rows.all_of(_ZERO, asked), {"standing": "int8"})["standing"]
    return {
        "hardship.standing": Known.of_all(np.where(is_over, 0, found["standing"].values)),
        "zero_family.standing": Known.of_all(zero.values),
    }


def family(ids: np.ndarray, on: dt.date) -> Table:
    """Who drew the allowance on the day by the civil affairs office's file, unless a look found that untrue; nobody's family."""
    asked = {
        "low": int(ids[0]) if ids.size else 0,
        "high": int(ids[-1]) if ids.size else -1,
        "kind": OutsideFact.Kind.DIBAO.value,
        "untrue": OutsideFact.Verdict.FALSE.value,
        "on": on,
    }
    nobody = np.zeros(ids.size, dtype=bool)
    drawn = spread(ids, rows.all_of(_DIBAO, asked), {"family.dibao": "bool"})
    return {"family.dibao": drawn["family.dibao"], "family.is_zero": Known(nobody, nobody)}


def load() -> None:
    """Make the columns known to the rules engine."""
    columns.register_source(Source("hardship", STANDING, standing))
    columns.register_source(Source("family", FAMILY, family))
