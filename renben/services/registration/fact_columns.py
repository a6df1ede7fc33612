"""Columns of facts that registration knows: the person, work and joblessness, registration, archive, benefit."""

from __future__ import annotations

import datetime as dt

import numpy as np

from renben.engines.rules import columns, searching
from renben.engines.rules.columns import Column, Known, Source, Table, spread
from renben.kernel import rows
from renben.kernel.models import LabourSpell
from renben.services.exchange.models import OutsideFact
from renben.services.registration.codes import SeparationReason
from renben.services.registration.models import PersonnelArchive

Status = LabourSpell.Status
JOBLESS = [Status.JOBLESS.value, Status.REGISTERED_UNEMPLOYED.value]
BEIJING = "11"
"""The first two digits of every division of the city (GB/T 2260)."""
DAY = "datetime64[D]"

PERSON = (
    Column("person.sex", "性别", "U1"),
    Column("person.birth", "出生日期", DAY, "日"),
    Column("person.household", "户口性质", "U5"),
    Column("person.hukou_beijing", "本市户籍", "bool"),
    Column("person.disabled", "有残疾记录", "bool"),
)
LABOUR = (
    Column("labour.status", "就业状态", "U32"),
    Column("labour.since", "这种状态从哪天起", DAY, "日"),
    Column("labour.is_registered_work", "就业已登记", "bool"),
    Column("labour.jobless", "没有工作", "bool"),
    Column("labour.jobless_since", "从哪天起连续没有工作", DAY, "日"),
)
REGISTERED = (
    Column("registration.is_registered", "已办失业登记", "bool"),
    Column("registration.is_seeking", "有求职要求", "bool"),
    Column("registration.is_able", "有劳动能力", "bool"),
)
ARCHIVE = (
    Column("archive.is_held", "档案在本区", "bool"),
    Column("archive.is_deposited", "档案已存放", "bool"),
    Column("archive.of_unemployed", "有失业人员档案", "bool"),
    Column("archive.contribution_months", "累计缴费月数", "int64", "月", "档案接收日"),
    Column("archive.separation_reason", "离职原因", "U48"),
    Column("benefit.standing", "失业保险金办到哪一步", "int8"),
)

_SPELLS = """
WITH told AS (
    SELECT person_id, id, status, start_on, end_on, source, status = ANY(%(jobless)s) AS jobless
    FROM kernel_labourspell WHERE person_id BETWEEN %(low)s AND %(high)s AND start_on <= %(on)s
), marked AS (
    SELECT *, jobless AND NOT coalesce(lag(jobless) OVER w AND lag(end_on) OVER w = start_on, false) AS begins,
           row_number() OVER (PARTITION BY person_id ORDER BY start_on DESC, id DESC) AS place
    FROM told WINDOW w AS (PARTITION BY person_id ORDER BY start_on, id)
)
SELECT person_id,
       max(status) FILTER (WHERE place = 1 AND (end_on IS NULL OR end_on > %(on)s)),
       max(start_on) FILTER (WHERE place = 1 AND (end_on IS NULL OR end_on > %(on)s)),
       max(source) FILTER (WHERE place = 1),
       max(start_on) FILTER (WHERE begins)
FROM marked GROUP BY person_id
"""
_PEOPLE = """
SELECT id, sex, birth_on, nullif(hukou_kind, ''), left(hukou_region_id, 2) = %(city)s,
       CASE WHEN disability_enc <> '' OR EXISTS (
           SELECT FROM exchange_outsidefact o WHERE o.person_id = kernel_person.id AND o.kind = %(disability)s
                  AND o.verdict <> %(untrue)s AND o.start_on <= %(on)s AND (o.end_on IS NULL OR o.end_on > %(on)s)
       ) THEN true END
FROM kernel_person WHERE id BETWEEN %(low)s AND %(high)s
"""
_REGISTERED = """
SELECT person_id FROM registration_unemploymentregistration
WHERE person_id BETWEEN %(low)s AND %(high)s AND registered_on <= %(on)s AND state = 'active'
"""
_ARCHIVES = """
SELECT DISTINCT ON (a.person_id) a.person_id, a.kind = 'unemployed', a.contribution_months, nullif(a.separation_reason, ''),
    EXISTS (SELECT FROM registration_unemploymentbenefit b WHERE b.person_id = a.person_id
            AND b.determined_on >= a.received_on AND b.state <> 'ineligible')
FROM registration_personnelarchive a
WHERE a.person_id BETWEEN %(low)s AND %(high)s AND a.state = ANY(%(held)s) AND a.received_on <= %(on)s
ORDER BY a.person_id, a.received_on DESC, a.id DESC
"""


def _between(ids: np.ndarray, **more: object) -> dict[str, object]:
    low, high = (int(ids[0]), int(ids[-1])) if ids.size else (0, -1)
    return {"low": low, "high": high, **more}


def people(ids: np.ndarray, on: dt.date) -> Table:
    """Sex, birth, household registration; disability only where it is on file here or with the federation (外部数据)."""
    certified = {"disability": OutsideFact.Kind.DISABILITY.value, "untrue": OutsideFact.Verdict.FALSE.value, "on": on}
    found = rows.all_of(_PEOPLE, _between(ids, city=BEIJING, **certified))
    return spread(ids, found, {column.name: column.dtype for column in PERSON})


def labour(ids: np.ndarray, on: dt.date) -> Table:
    """The running spell and since when there has been no work without a gap. A day before birth cannot be told here."""
    found = rows.all_of(_SPELLS, _between(ids, jobless=JOBLESS, on=on))
    told = []
    for person, status, since, source, jobless_since in found:
        jobless = None if status is None else status in JOBLESS
        registered = True if source == "registration" else None
        told.append((person, status, since, registered, jobless, jobless_since if jobless else None))
    return spread(ids, told, {column.name: column.dtype for column in LABOUR})


def registered(ids: np.ndarray, on: dt.date) -> Table:
    """Whether a registration runs; who is registered has said that work is wanted and possible, others are not known to."""
    found = np.asarray([row[0] for row in rows.all_of(_REGISTERED, _between(ids, on=on))], dtype=np.int64)
    is_registered = np.isin(ids, found)
    return {
        "registration.is_registered": Known.of_all(is_registered),
        "registration.is_seeking": Known(is_registered, is_registered),
        "registration.is_able": Known(is_registered, is_registered),
    }


def archives(ids: np.ndarray, on: dt.date) -> Table:
    """The archive kept in the district now, and how far the benefit that follows from it has come."""
    found = rows.all_of(_ARCHIVES, _between(ids, on=on, held=list(PersonnelArchive.HELD)))
    known = {code.value for code in SeparationReason}
    told = [
        (person, True, True, of_unemployed, months, reason if reason in known else None, searching.GRANTED * granted)
        for person, of_unemployed, months, reason, granted in found
    ]
    table = spread(ids, told, {column.name: column.dtype for column in ARCHIVE})
    for name in ("archive.is_held", "archive.of_unemployed", "benefit.standing"):
        table[name] = Known.of_all(table[name].values)
    return table


def load() -> None:
    """Make the columns known to the rules engine."""
    for source in (
        Source("person", PERSON, people),
        Source("labour", LABOUR, labour),
        Source("registration", REGISTERED, registered),
        Source("archive", ARCHIVE, archives),
    ):
        columns.register_source(source)
