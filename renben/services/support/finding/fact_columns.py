"""What support knows about people as columns: how far a subsidy has come, how many months were drawn."""

from __future__ import annotations

import datetime as dt

import numpy as np

from renben.engines.rules import columns, searching
from renben.engines.rules.columns import Column, Known, Source, Table, spread
from renben.kernel import rows
from renben.services.exchange.models import OutsideFact
from renben.services.support.codes import Disability
from renben.services.support.models import InsuranceSubsidy, SubsidyMonth

State = InsuranceSubsidy.State
HAS_IT = [State.APPROVED.value, State.DRAWING.value]

SUBSIDY = (
    Column("subsidy.standing", "社会保险补贴办到哪一步", "int8"),
    Column("subsidy.months_before", "已享受补贴月数", "int64", "月"),
)
OWN_WORD = (Column("person.disability", "残疾等级", "U8"),)

_SUBSIDIES = """
WITH drawn AS (
    SELECT person_id, count(DISTINCT month) AS months FROM support_subsidymonth
    WHERE person_id BETWEEN %(low)s AND %(high)s AND state = ANY(%(counted)s) GROUP BY person_id
), before AS (
    SELECT person_id, sum(months) AS months FROM support_subsidyopening
    WHERE person_id BETWEEN %(low)s AND %(high)s GROUP BY person_id
), running AS (
    SELECT person_id, bool_or(state = ANY(%(has)s)) AS granted FROM support_insurancesubsidy
    WHERE person_id BETWEEN %(low)s AND %(high)s AND state = ANY(%(running)s) GROUP BY person_id
)
SELECT person_id, CASE WHEN granted THEN %(granted)s WHEN granted IS NOT NULL THEN %(applied)s ELSE 0 END,
       coalesce(drawn.months, 0) + coalesce(before.months, 0)
FROM drawn FULL JOIN before USING (person_id) FULL JOIN running USING (person_id)
"""
_DISABILITY = """
SELECT DISTINCT ON (person_id) person_id, degree FROM (
    SELECT person_id, role AS degree, 0 AS after, start_on AS since, id FROM exchange_outsidefact
    WHERE person_id BETWEEN %(low)s AND %(high)s AND kind = %(kind)s AND role = ANY(%(degrees)s) AND verdict <> %(untrue)s
          AND start_on <= %(on)s AND (end_on IS NULL OR end_on > %(on)s)
    UNION ALL
    SELECT person_id, disability, 1, applied_on, id FROM support_insurancesubsidy
    WHERE person_id BETWEEN %(low)s AND %(high)s
) told ORDER BY person_id, after, since DESC, id DESC
"""


def _between(ids: np.ndarray) -> dict[str, object]:
    return {"low": int(ids[0]), "high": int(ids[-1])} if ids.size else {"low": 0, "high": -1}


def subsidies(ids: np.ndarray, on: dt.date) -> Table:
    """The running application and the months drawn under either subsidy, before go-live and since."""
    asked = _between(ids) | {
        "counted": list(SubsidyMonth.COUNTED),
        "running": list(InsuranceSubsidy.RUNNING),
        "has": HAS_IT,
        "granted": searching.GRANTED,
        "applied": searching.APPLIED,
    }
    table = spread(ids, rows.all_of(_SUBSIDIES, asked), {column.name: column.dtype for column in SUBSIDY})
    return {name: Known.of_all(known.values) for name, known in table.items()}


def disability(ids: np.ndarray, on: dt.date) -> Table:
    """The degree on the certificate by the federation's file (外部数据), else as it was last declared for a subsidy; nobody
    else's is known."""
    asked = _between(ids) | {
        "kind": OutsideFact.Kind.DISABILITY.value,
        "untrue": OutsideFact.Verdict.FALSE.value,
        "degrees": Disability.values,
        "on": on,
    }
    return spread(ids, rows.all_of(_DISABILITY, asked), {column.name: column.dtype for column in OWN_WORD})


def load() -> None:
    """Make the columns known to the rules engine."""
    columns.register_source(Source("subsidy", SUBSIDY, subsidies))
    columns.register_source(Source("disability", OWN_WORD, disability))
