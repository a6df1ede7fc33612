"""合并单位: two files of one employer become one; every relation to an employer is handled by name, none is forgotten."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Substr

from renben.kernel import clock, employers, events
from renben.kernel.employer_names import ALIKE, likeness
from renben.kernel.merging import Merging, leave_all, move_all
from renben.kernel.models import Employer, EmployerContact, EmployerLicence, EmployerMerge

FILLED_FROM_MERGED = ("legal_person", "industry", "kind", "address", "phone")
DUPLICATE_LIMIT = 20
PAIR_LIMIT = 500
GROUP_LIMIT = 30
"""A sign that more employers than this share (the agency that registers many firms under one telephone) proves nothing."""


def _contacts(kept: Employer, merged: Employer) -> dict[str, Any]:
    """Contacts go along; the same person under the same number, or with the same account, is not listed twice: the merged file's
    entry is ended and its account stands with the kept one."""
    standing = list(EmployerContact.objects.filter(employer=kept, left_on=None).order_by("id"))
    held = {(c.name, employers.contact_phone(c)): c for c in standing}
    users = {c.user_id: c for c in standing if c.user_id}
    moved, ended = [], []
    for contact in EmployerContact.objects.filter(employer=merged).order_by("id"):
        twin = held.get((contact.name, employers.contact_phone(contact))) or users.get(contact.user_id)
        if contact.left_on is None and twin is not None:
            contact.left_on = clock.today()
            ended.append(contact.pk)
        contact.employer = kept
        contact.save(update_fields=["employer", "left_on"])
        if contact.user_id and twin is not None and not twin.user_id and contact.user_id not in users:
            twin.user_id = contact.user_id
            twin.save(update_fields=["user"])
            users[contact.user_id] = twin
        moved.append(contact.pk)
    return {"moved": moved, "note": f"ended {ended}" if ended else ""}


def _licences(kept: Employer, merged: Employer) -> dict[str, Any]:
    """Licences go along; one that the kept file has too stays readable at the merged file."""
    held = set(EmployerLicence.objects.filter(employer=kept).order_by().values_list("kind", "number"))
    moved, left = [], []
    for licence in EmployerLicence.objects.filter(employer=merged).order_by("id"):
        if (licence.kind, licence.number) in held:
            left.append(licence.pk)
            continue
        licence.employer = kept
        licence.save(update_fields=["employer"])
        moved.append(licence.pk)
    return {"moved": moved, "left": left}


def _settle(kept: Employer, merged: Employer) -> None:
    """The other's name becomes a former one; the merged file keeps its code and name and steps back behind the kept one."""
    former = employers.split_names(kept.former_names)
    for name in (merged.name, *employers.split_names(merged.former_names)):
        if name != kept.name and name not in former:
            former.append(name)
    kept.former_names = "；".join(former)[:300]
    merged.merged_into, merged.search_keys = kept, []
    merged.version += 1
    merged.save()
    kept.version += 1
    employers.refresh_keys(kept)
    kept.save()


EMPLOYERS = Merging(
    model=Employer,
    record=EmployerMerge,
    what="employer",
    filled=FILLED_FROM_MERGED,
    settle=_settle,
    done=events.EmployersMerged,
    same_text="这是同一家单位，不用合并。",
    reason_text="请写明合并的原因，例如“同一家单位，改名前后各建了一份”。",
    gone_text="其中一份已经并入别的单位，请从保留的那一份重新选择。",
)
register, unhandled = EMPLOYERS.register, EMPLOYERS.unhandled

for _relation in ("kernel.LabourSpell.employer", "kernel.Employer.merged_into"):
    register(_relation, move_all(_relation))
for _relation in ("kernel.EmployerMerge.kept", "kernel.EmployerMerge.merged"):
    register(_relation, leave_all)
register("kernel.EmployerContact.employer", _contacts)
register("kernel.EmployerLicence.employer", _licences)


def merge_employers(*, kept: Employer, merged: Employer, reason: str, by: Any) -> EmployerMerge:
    """Make one file of two. Everything of `merged` goes to `kept` or stays on record as left; both histories remain readable.

    Blank columns of the kept file are filled from the other; the merged file is no longer found by search and points to the
    kept one. MergeRefused as in `Merging.run`.
    """
    return EMPLOYERS.run(kept=kept, merged=merged, reason=reason, by=by)


@dataclass(frozen=True)
class Likely:
    """Another file that may be the same employer, and why. A higher `score` is more likely."""

    employer: Employer
    why: tuple[str, ...]
    score: int


@dataclass(frozen=True)
class Pair:
    """Two files that may be one employer, the older first."""

    one: Employer
    other: Employer
    why: tuple[str, ...]
    score: int


def _telephones(employer: Employer) -> set[str]:
    return {key for key in employer.search_keys if key.startswith("t:")}


def signs(one: Employer, other: Employer) -> tuple[tuple[str, ...], int]:
    """Why two files may be one employer, and how strongly; nothing when no rule holds.

    The rules, strongest first: same credit code however it was typed, or the same organisation code in it; the same name once
    brackets, spaces and legal form are aside; a similar name with the same legal representative or telephone.
    """
    same_code = one.uscc.upper() == other.uscc.upper()
    same_body = bool(one.uscc[8:17]) and one.uscc[8:17].upper() == other.uscc[8:17].upper()
    same_name = bool(one.plain_name) and one.plain_name == other.plain_name
    same_head = bool(one.legal_person) and one.legal_person == other.legal_person
    same_phone = bool(_telephones(one) & _telephones(other))
    alike = same_name or likeness(one.name, other.name) >= ALIKE
    if not (same_code or same_body or same_name or (alike and (same_head or same_phone))):
        return (), 0
    found = (
        (same_code, "信用代码相同", 6),
        (same_body and not same_code, "组织机构代码相同", 5),
        (same_name, "名称相同", 4),
        (alike and not same_name, "名称相近", 2),
        (same_head, "法定代表人相同", 2),
        (same_phone, "电话相同", 2),
        (one.organization_id == other.organization_id, "同一辖区", 1),
    )
    return tuple(text for holds, text, _ in found if holds), sum(points for holds, _, points in found if holds)


def find_duplicates(employer: Employer, rows: QuerySet | None = None) -> list[Likely]:
    """Files among `rows` (all employers) that may be the same employer, likeliest first, at most twenty."""
    rows = Employer.objects.all() if rows is None else rows
    near = Q(uscc__iexact=employer.uscc) | Q(search_keys__contains=[f"o:{employer.uscc[8:17]}"])
    if employer.plain_name:
        near |= Q(plain_name=employer.plain_name)
    if employer.legal_person:
        near |= Q(legal_person=employer.legal_person)
    if telephones := _telephones(employer):
        near |= Q(search_keys__overlap=sorted(telephones))
    found = []
    others = rows.filter(near, merged_into=None).exclude(pk=employer.pk)
    for other in others.select_related("organization").order_by("id")[: DUPLICATE_LIMIT * 10]:
        why, score = signs(employer, other)
        if why:
            found.append(Likely(other, why, score))
    return sorted(found, key=lambda likely: (-likely.score, likely.employer.pk))[:DUPLICATE_LIMIT]


def _groups(rows: QuerySet, field: str) -> list[list[int]]:
    """Keys of employers that share a value of a column or annotation, as many groups as lead to PAIR_LIMIT pairs."""
    shared = (
        rows.exclude(**{field: ""})
        .order_by()
        .values(field)
        .annotate(n=Count("pk"))
        .filter(n__gt=1, n__lte=GROUP_LIMIT)
        .order_by(field)
        .values_list(field, flat=True)[:PAIR_LIMIT]
    )
    groups: dict[str, list[int]] = defaultdict(list)
    for value, pk in rows.filter(**{f"{field}__in": list(shared)}).order_by("id").values_list(field, "pk"):
        groups[value].append(pk)
    return list(groups.values())


def find_pairs(rows: QuerySet) -> list[Pair]:
    """All likely doubles among `rows`, likeliest first, at most PAIR_LIMIT; one query per sign, none per employer."""
    rows = rows.filter(merged_into=None)
    with_body = rows.annotate(body=Substr("uscc", 9, 9))
    keys: set[tuple[int, int]] = set()
    for groups in (
        _groups(with_body, "body"),
        _groups(rows, "plain_name"),
        _groups(rows, "legal_person"),
        _groups(rows, "phone"),
        _same_contact(rows),
    ):
        for group in groups:
            keys |= set(combinations(sorted(group), 2))
    found = rows.select_related("organization").in_bulk({pk for pair in keys for pk in pair})
    pairs = []
    for one, other in sorted(keys):
        if one in found and other in found:
            why, score = signs(found[one], found[other])
            if why:
                pairs.append(Pair(found[one], found[other], why, score))
    return sorted(pairs, key=lambda pair: (-pair.score, pair.one.pk, pair.other.pk))[:PAIR_LIMIT]


def _same_contact(rows: QuerySet) -> list[list[int]]:
    """Employers with a contact whose telephone another one has too; the numbers themselves stay encrypted."""
    with_contacts = rows.filter(pk__in=EmployerContact.objects.exclude(phone_enc="").order_by().values("employer"))
    by_key: dict[str, list[int]] = defaultdict(list)
    for pk, search_keys in with_contacts.order_by("id").values_list("pk", "search_keys"):
        for key in search_keys:
            if key.startswith("t:"):
                by_key[key].append(pk)
    shared = [key for key, ids in by_key.items() if len(ids) <= GROUP_LIMIT]
    others = rows.filter(search_keys__overlap=shared).order_by("id").values_list("pk", "search_keys") if shared else []
    groups: dict[str, set[int]] = defaultdict(set)
    for pk, search_keys in others:
        for key in search_keys:
            if key in by_key:
                groups[key].add(pk)
    return [sorted(ids) for ids in groups.values() if 1 < len(ids) <= GROUP_LIMIT]
