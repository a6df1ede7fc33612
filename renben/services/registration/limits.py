"""Figures of the procedures that registration needs, read from the catalogue's version in force; none stands in code."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from renben.engines.procedures import catalogue, definitions
from renben.engines.procedures.schema import Deadline, Procedure

ARCHIVES, BENEFIT, UNEMPLOYMENT = "Q-1.2.2", "Q-1.2.3", "J-4.2.1"


@lru_cache(maxsize=4)
def _files(folder: Path) -> dict[str, Procedure]:
    return catalogue.load(folder).procedures


def procedure(procedure_id: str) -> Procedure:
    """The procedure in force; the catalogue's file where no version has been loaded yet."""
    try:
        return definitions.current(procedure_id)[1]
    except definitions.ProcedureUnknown:
        return _files(Path(settings.CATALOG_DIR))[procedure_id]


def deadline_of(procedure_id: str, step: str, key: str) -> Deadline:
    """A named limit of a step, as in force."""
    return next(d for d in procedure(procedure_id).step(step).deadlines if d.key == key)


def _working_days(procedure_id: str, step: str, deadline: str) -> int:
    found = deadline_of(procedure_id, step, deadline)
    if found.n is None or found.unit != "working_day":
        raise ValueError(f"{procedure_id}/{step}/{deadline} is not a number of working days")
    return found.n


def transfer_working_days() -> int:
    """Working days from the review of an archive to its transfer (Q-1.2.2 转移档案)."""
    return _working_days(ARCHIVES, "transfer", "transfer")


def register_working_days() -> int:
    """Working days a person has to register after being told (J-4.2.1 建立制度)."""
    return _working_days(UNEMPLOYMENT, "inform", "come_to_register")


def certificate_warning_line() -> int:
    """Stock below this many blank certificates calls for new ones (J-4.2.1 《就业失业登记证》发放)."""
    found = procedure(UNEMPLOYMENT).step("certificate").thresholds
    return int(next(t.value for t in found if t.op == "<" and t.unit == "本"))


def restock_working_days() -> int:
    """Working days to fetch new blanks once stock is low: what 及时 means for it (D-03)."""
    found = next(d for d in procedure(UNEMPLOYMENT).step("certificate").deadlines if d.key == "restock")
    return int(found.soft_n or 0)
