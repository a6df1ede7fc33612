"""How merging two employers treats what the service keeps of firms."""

from __future__ import annotations

from typing import Any

from renben.kernel import clock, employer_merge
from renben.kernel.merging import MergeRefused, move_all
from renben.kernel.models import Employer
from renben.services.placement.firms.models import FirmPage, Membership, VacancyAgreement


def agreements(kept: Employer, merged: Employer) -> dict[str, Any]:
    """MergeRefused when both files hold an agreement in force: one has to be ended first."""
    running = VacancyAgreement.objects.of_state("running", clock.today())
    if running.filter(employer=kept).exists() and running.filter(employer=merged).exists():
        raise MergeRefused("两份档案都有有效的空岗报告协议，请先解除其中一份，再合并单位。")
    return move_all("firms.VacancyAgreement.employer")(kept, merged)


def memberships(kept: Employer, merged: Employer) -> dict[str, Any]:
    """MergeRefused when both files are members or apply: one has to go first."""
    live = Membership.objects.in_force(clock.today()) | Membership.objects.filter(state=Membership.State.APPLIED)
    if live.filter(employer=kept).exists() and live.filter(employer=merged).exists():
        raise MergeRefused("两份档案都是会员或都在申请，请先退掉其中一份，再合并单位。")
    return move_all("firms.Membership.employer")(kept, merged)


def pages(kept: Employer, merged: Employer) -> dict[str, Any]:
    """The merged file's pages move as history; of two versions in work the kept file's goes on."""
    rows = FirmPage.objects.filter(employer=merged)
    if FirmPage.objects.filter(employer=kept, state__in=FirmPage.OPEN).exists():
        left = sorted(rows.filter(state__in=FirmPage.OPEN).values_list("pk", flat=True))
    else:
        left = []
    moved = sorted(rows.exclude(pk__in=left).values_list("pk", flat=True))
    rows.filter(pk__in=moved).update(employer=kept)
    return {"moved": moved, "left": left}


def load() -> None:
    """Declare every relation."""
    employer_merge.register("firms.VacancyAgreement.employer", agreements)
    employer_merge.register("firms.Membership.employer", memberships)
    employer_merge.register("firms.FirmPage.employer", pages)
    for relation in ("firms.Inspection.employer", "firms.CreditAppeal.employer", "firms.EmployerCall.employer"):
        employer_merge.register(relation, move_all(relation))
