"""How merging two people or two employers treats what placement holds."""

from __future__ import annotations

from typing import Any

from renben.kernel import clock, employer_merge, events, merge
from renben.kernel.merging import MergeRefused, move_all
from renben.kernel.models import Employer, Person
from renben.services.placement.models import KeyProject, Referral, Seeker


def seekers(kept: Person, merged: Person) -> dict[str, Any]:
    """Two active registrations: the kept file's stays, the other one ends, its history moves."""
    rows = Seeker.objects.filter(person=merged)
    if Seeker.objects.active().filter(person=kept).exists():
        ended = sorted(rows.active().values_list("pk", flat=True))
        rows.filter(pk__in=ended).update(
            state=Seeker.State.WITHDRAWN, ended_on=clock.today(), ended_why="档案合并，以保留的一份为准"
        )
        for pk in ended:
            events.emit(events.SeekerChanged(pk))
    moved = sorted(rows.values_list("pk", flat=True))
    rows.update(person=kept)
    return {"moved": moved}


def referrals(kept: Person, merged: Person) -> dict[str, Any]:
    """MergeRefused when both were referred to one vacancy and neither is ended: someone has to say which it was."""
    running = (*Referral.UNDER_WAY, "hired")
    mine = Referral.objects.filter(person=kept, state__in=running).values("vacancy_id")
    doubled = Referral.objects.filter(person=merged, state__in=running, vacancy_id__in=mine).select_related("vacancy")
    if one := doubled.order_by("id").first():
        raise MergeRefused(f"两份档案都推荐到了“{one.vacancy.title}”，请先撤回其中一次推荐，再合并档案。")
    rows = Referral.objects.filter(person=merged)
    moved = sorted(rows.values_list("pk", flat=True))
    rows.update(person=kept)
    return {"moved": moved}


def projects(kept: Employer, merged: Employer) -> dict[str, Any]:
    """Two files may name one project: the merged file's is told apart by a word in its name."""
    mine = set(KeyProject.objects.filter(employer=kept).values_list("name", flat=True))
    moved = []
    for project in KeyProject.objects.filter(employer=merged).order_by("id"):
        if project.name in mine:
            project.name = f"{project.name[:90]}（并入）"
        project.employer = kept
        project.save(update_fields=["employer", "name"])
        moved.append(project.pk)
    return {"moved": moved}


def load() -> None:
    """Declare every relation."""
    merge.register("placement.Seeker.person", seekers)
    merge.register("placement.Referral.person", referrals)
    employer_merge.register("placement.Vacancy.employer", move_all("placement.Vacancy.employer"))
    employer_merge.register("placement.EmployerVisit.employer", move_all("placement.EmployerVisit.employer"))
    employer_merge.register("placement.KeyProject.employer", projects)
