"""How merging two people or two employers treats loans: two running ones are debts of two files, so somebody has to look first."""

from __future__ import annotations

from typing import Any

from renben.kernel import employer_merge, merge
from renben.kernel.merging import MergeRefused, move_all
from renben.kernel.models import Employer, Person
from renben.services.support.loans.models import Loan


def loans(kept: Person, merged: Person) -> dict[str, Any]:
    """MergeRefused when both files have a loan that is asked for or not settled."""
    running = Loan.objects.running()
    if running.filter(person=kept).exists() and running.filter(person=merged).exists():
        raise MergeRefused("两份档案都有正在办理或没有还清的小额担保贷款，请先办结或还清其中一笔，再合并档案。")
    rows = Loan.objects.filter(person=merged)
    moved = sorted(rows.values_list("pk", flat=True))
    rows.update(person=kept)
    return {"moved": moved}


def firms(kept: Employer, merged: Employer) -> dict[str, Any]:
    """MergeRefused when both firms themselves have a loan that is asked for or not settled."""
    running = Loan.objects.running().filter(person=None)
    if running.filter(employer=kept).exists() and running.filter(employer=merged).exists():
        raise MergeRefused("两家单位都有正在办理或没有还清的小额担保贷款，请先办结或还清其中一笔，再合并。")
    rows = Loan.objects.filter(employer=merged)
    moved = sorted(rows.values_list("pk", flat=True))
    rows.update(employer=kept)
    return {"moved": moved}


def load() -> None:
    """Declare every relation."""
    merge.register("loans.Loan.person", loans)
    employer_merge.register("loans.Loan.employer", firms)
    merge.register("loans.LoanHire.person", move_all("loans.LoanHire.person"))
