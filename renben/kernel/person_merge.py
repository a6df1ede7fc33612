"""合并重复档案: everything of one file goes to the other, except histories that would contradict each other.

What stays with the merged file remains readable there; `PersonMerge.moved` lists every row that went over, so that both
histories can be told apart and the merge can be explained.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction

from renben.kernel import audit, clock, events
from renben.kernel.models import HouseholdMember, IdentityDocument, LabourSpell, Person, PersonMerge

MOVE = "move"
STAY = "stay"
PLAN = {
    "kernel.IdentityDocument.person": MOVE,
    "kernel.LabourSpell.person": STAY,  # two histories of one time would overlap
    "kernel.HouseholdMember.person": STAY,
    "kernel.Mandate.person": MOVE,
    "kernel.Mandate.agent": MOVE,
    "kernel.Task.person": MOVE,
    "kernel.User.person": STAY,  # a person signs in with one account
    "kernel.Person.merged_into": MOVE,
    "kernel.PersonMerge.kept": STAY,
    "kernel.PersonMerge.merged": STAY,
    "procedures.Case.person": MOVE,
    "procedures.FollowUp.person": MOVE,
    "documents.IssuedDocument.holder_person": MOVE,
    "payments.PaymentLine.person": MOVE,
    "rules.Determination.person": MOVE,
    "exchange.ImportRow.person": MOVE,
    "registration.PersonnelArchive.person": MOVE,
    "registration.InformRecord.person": MOVE,
    "registration.UnemploymentRegistration.person": MOVE,
    "registration.RegistrationCertificate.person": MOVE,
    "registration.UnemploymentBenefit.person": MOVE,
    "registration.DynamicRecord.person": MOVE,
}
"""Every relation to a person and what a merge does with it. A new relation must be decided here (guard test)."""

ONLY_ONE = {
    "registration.UnemploymentRegistration.person": ("state", ("active", "suspended"), "正在执行的失业登记"),
    "registration.RegistrationCertificate.person": ("state", ("valid", "reissued"), "有效的《就业失业登记证》"),
    "registration.UnemploymentBenefit.person": (
        "state",
        ("determined", "enrolled", "paying", "blocked"),
        "正在执行的失业保险待遇",
    ),
}
"""Rights a person can hold once. When both files hold one, an official must end one first."""


class CannotMerge(Exception):
    """Why the files stay apart, in Chinese; `reasons` lists each point."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("".join(reasons))
        self.reasons = reasons


def relations() -> dict[str, Any]:
    """Every relation that points to a person: `app.Model.field` → relation."""
    return {
        f"{r.related_model._meta.app_label}.{r.related_model.__name__}.{r.field.name}": r
        for r in Person._meta.related_objects
    }


def obstacles(kept: Person, merged: Person) -> list[str]:
    """What an official must settle before the two files can become one. Empty: go ahead."""
    reasons = []
    if kept.pk == merged.pk:
        return ["两份档案是同一份，不用合并。"]
    if kept.merged_into_id or merged.merged_into_id:
        reasons.append("其中一份已经并入别的档案，请从保留的那一份重新选择。")
    known = relations()
    for name, (column, states, label) in ONLY_ONE.items():
        rows = known[name].related_model._base_manager.filter(
            **{f"{known[name].field.name}__in": [kept, merged], f"{column}__in": states}
        )
        if rows.order_by().values(known[name].field.attname).distinct().count() > 1:
            reasons.append(f"两份档案都有{label}，请先注销其中一项。")
    return reasons


@transaction.atomic
def merge_people(*, kept: Person, merged: Person, reason: str, by: Any) -> PersonMerge:
    """`merged` goes into `kept`. Raises CannotMerge with every obstacle; then nothing is changed."""
    people = {p.pk: p for p in Person.objects.select_for_update().filter(pk__in=[kept.pk, merged.pk]).order_by("pk")}
    kept, merged = people[kept.pk], people[merged.pk]
    if reasons := obstacles(kept, merged):
        raise CannotMerge(reasons)
    known = relations()
    if undecided := sorted(set(known) - set(PLAN)):
        raise CannotMerge([f"系统还没有规定怎样合并：{'、'.join(undecided)}。请联系系统管理员。"])
    moved: dict[str, list[int]] = {}
    for name, relation in known.items():
        rows = relation.related_model._base_manager.filter(**{relation.field.name: merged})
        if PLAN[name] == STAY:
            continue
        ids = sorted(rows.order_by().values_list("pk", flat=True))
        if not ids:
            continue
        if relation.related_model is IdentityDocument:
            rows.update(person=kept, is_primary=False)
        else:
            rows.update(**{relation.field.name: kept})
        moved[name] = ids
    HouseholdMember.objects.filter(person=merged, end_on=None, start_on__lt=clock.today()).update(end_on=clock.today())
    LabourSpell.objects.filter(person=merged, end_on=None, start_on__lt=clock.today()).update(end_on=clock.today())
    kept.search_keys = sorted(set(kept.search_keys) | set(merged.search_keys))
    kept.version += 1
    kept.save(update_fields=["search_keys", "version", "updated_at"])
    merged.merged_into = kept
    merged.version += 1
    merged.save(update_fields=["merged_into", "version", "updated_at"])
    record = PersonMerge.objects.create(
        kept=kept, merged=merged, moved=moved, reason=reason, merged_by=by, merged_at=clock.now()
    )
    events.emit(events.PersonsMerged(kept.pk, merged.pk))
    audit.record(
        action="person.merge",
        subject=f"person:{kept.pk}",
        detail={"merged": merged.pk, "rows": {name: len(ids) for name, ids in moved.items()}, "reason": reason},
        by=by,
        organization=kept.organization_id,
    )
    return record
