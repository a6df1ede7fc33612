"""How merging two employers treats what the service keeps of firms."""

from __future__ import annotations

from typing import Any

from renben.kernel import clock, employer_merge
from renben.kernel.merging import MergeRefused, move_all
from renben.kernel.models import Employer
from renben.services.placement.firms.models import VacancyAgreement


def agreements(kept: Employer, merged: Employer) -> dict[str, Any]:
    """MergeRefused when both files hold an agreement in force: one has to be ended first."""
    running = VacancyAgreement.objects.of_state("running", clock.today())
    if running.filter(employer=kept).exists() and running.filter(employer=merged).exists():
        raise MergeRefused("两份档案都有有效的空岗报告协议，请先解除其中一份，再合并单位。")
    return move_all("firms.VacancyAgreement.employer")(kept, merged)


def load() -> None:
    """Declare every relation."""
    employer_merge.register("firms.VacancyAgreement.employer", agreements)
    for relation in ("firms.Inspection.employer", "firms.CreditAppeal.employer"):
        employer_merge.register(relation, move_all(relation))
