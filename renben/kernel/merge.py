"""合并档案: two files of one human being become one; every relation to a person is handled by name, none is forgotten."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from renben.kernel import clock, events, taskboard
from renben.kernel.merging import Merging, leave_all, move_all
from renben.kernel.models import HouseholdMember, IdentityDocument, LabourSpell, Person, PersonMerge, User

FILLED_FROM_MERGED = (
    "ethnicity",
    "education",
    "hukou_kind",
    "hukou_region",
    "phone_enc",
    "address_enc",
    "health",
    "disability_enc",
    "id_masked",
)
DUPLICATE_LIMIT = 20


def _documents(kept: Person, merged: Person) -> dict[str, Any]:
    """All papers go along; the kept file's main paper stays the main one."""
    rows = IdentityDocument.objects.filter(person=merged)
    moved = sorted(rows.values_list("pk", flat=True))
    if IdentityDocument.objects.filter(person=kept, is_primary=True).exists():
        rows.update(is_primary=False)
    IdentityDocument.objects.filter(pk__in=moved).update(person=kept)
    return {"moved": moved}


def _overlap(one: LabourSpell, other: LabourSpell) -> bool:
    end, other_end = one.end_on or dt.date.max, other.end_on or dt.date.max
    return one.start_on < other_end and other.start_on < end


def _spells(kept: Person, merged: Person) -> dict[str, Any]:
    """Spells that fit into the kept history move; a contradicting one stays readable at the merged file and becomes a task."""
    held = list(LabourSpell.objects.filter(person=kept))
    moved, left = [], []
    for spell in LabourSpell.objects.filter(person=merged).order_by("start_on", "id"):
        if any(_overlap(spell, other) for other in held):
            left.append(spell)
            continue
        spell.person = kept
        spell.save(update_fields=["person"])
        held.append(spell)
        moved.append(spell.pk)
    contradictions = [s for s in left if not any(o.status == s.status and _overlap(o, s) for o in held)]
    if contradictions:
        texts = "；".join(f"{s.start_on}起{s.get_status_display()}" for s in contradictions)
        taskboard.open_task(
            key=f"merge.status:{kept.pk}:{merged.pk}",
            title=f"核对 {kept.name} 的就业状态",
            reason=f"合并档案时，两份档案的就业经历互相矛盾：{texts}"[:300],
            organization=kept.organization,
            person=kept,
            cleared_by="LabourStatusConfirmed",
        )
    return {"moved": moved, "left": [spell.pk for spell in left]}


def _memberships(kept: Person, merged: Person) -> dict[str, Any]:
    """A person lives in one household: when both do, the merged file's membership ends today."""
    today, note = clock.today(), ""
    rows = HouseholdMember.objects.filter(person=merged)
    if HouseholdMember.objects.filter(person=kept, end_on=None).exists():
        ended = sorted(rows.filter(end_on=None).values_list("pk", flat=True))
        rows.filter(pk__in=ended).update(end_on=today)
        note = f"ended {ended}" if ended else ""
    moved = sorted(rows.values_list("pk", flat=True))
    rows.update(person=kept)
    return {"moved": moved, "note": note}


def _user(kept: Person, merged: Person) -> dict[str, Any]:
    """One account per person: a second one is switched off and stays with the merged file."""
    user = User.objects.filter(person=merged).first()
    if user is None:
        return {}
    if User.objects.filter(person=kept).exists():
        user.is_active = False
        user.save(update_fields=["is_active"])
        return {"left": [user.pk], "note": "switched off"}
    user.person = kept
    user.save(update_fields=["person"])
    return {"moved": [user.pk]}


def _settle(kept: Person, merged: Person) -> None:
    """Found under the names and numbers of both, with the newest status; the merged one steps back behind it."""
    kept.search_keys = sorted({*kept.search_keys, *merged.search_keys})
    last = LabourSpell.objects.filter(person=kept).order_by("-start_on", "-id").first()
    kept.labour_status = last.status if last is not None and last.end_on is None else ""
    kept.version += 1
    kept.save()
    merged.merged_into, merged.search_keys = kept, []
    merged.version += 1
    merged.save()


PEOPLE = Merging(
    model=Person,
    record=PersonMerge,
    what="person",
    filled=FILLED_FROM_MERGED,
    settle=_settle,
    done=events.PersonsMerged,
    same_text="这是同一份档案，不用合并。",
    reason_text="请写明合并的原因，例如“同一人两次建档，证件号码录错一位”。",
    gone_text="其中一份已经并入别的档案，请从保留的那一份重新选择。",
)
register, unhandled = PEOPLE.register, PEOPLE.unhandled

for _relation in ("kernel.Mandate.person", "kernel.Mandate.agent", "kernel.Task.person", "kernel.Person.merged_into"):
    register(_relation, move_all(_relation))
for _relation in ("kernel.PersonMerge.kept", "kernel.PersonMerge.merged"):
    register(_relation, leave_all)
register("kernel.IdentityDocument.person", _documents)
register("kernel.LabourSpell.person", _spells)
register("kernel.HouseholdMember.person", _memberships)
register("kernel.User.person", _user)


def merge_people(*, kept: Person, merged: Person, reason: str, by: Any) -> PersonMerge:
    """Make one file of two. Everything of `merged` goes to `kept` or stays on record as left; both histories remain readable.

    Blank columns of the kept file are filled from the other; the merged file is no longer found by search and points to the
    kept one. MergeRefused as in `Merging.run`.
    """
    return PEOPLE.run(kept=kept, merged=merged, reason=reason, by=by)


@dataclass(frozen=True)
class Likely:
    """Another file that may be the same person, and why. A higher `score` is more likely."""

    person: Person
    why: tuple[str, ...]
    score: int


def find_duplicates(person: Person) -> list[Likely]:
    """Files that may be the same human being: same name and birth date, same birth date and last four digits, or same name and
    phone tail. Nothing is merged by itself. At most twenty, likeliest first."""
    tails = [key for key in person.search_keys if key.startswith("t:")]
    fours = [key for key in person.search_keys if key.startswith("i:")]
    alike = Q(name=person.name, birth_on=person.birth_on)
    if fours:
        alike |= Q(birth_on=person.birth_on, search_keys__overlap=fours)
        alike |= Q(name=person.name, search_keys__overlap=fours)
    if tails:
        alike |= Q(name=person.name, search_keys__overlap=tails)
    rows = Person.objects.filter(alike, merged_into=None).exclude(pk=person.pk).select_related("organization")
    found = []
    for other in rows.order_by("id")[: DUPLICATE_LIMIT * 5]:
        signs = (
            (other.name == person.name, "姓名相同", 2),
            (other.birth_on == person.birth_on, "出生日期相同", 3),
            (bool(set(fours) & set(other.search_keys)), "证件后四位相同", 3),
            (bool(set(tails) & set(other.search_keys)), "电话后四位相同", 2),
            (other.organization_id == person.organization_id, "同一社区（村）", 1),
        )
        why = tuple(text for holds, text, _ in signs if holds)
        found.append(Likely(other, why, sum(points for holds, _, points in signs if holds)))
    return sorted(found, key=lambda likely: (-likely.score, likely.person.pk))[:DUPLICATE_LIMIT]
