"""找人: words and demands in, people who look for work out, with everything that was widened or left out said in words.

The index gives the order inside the reader's territory; PostgreSQL gives the rows, inside the same territory once more, so that
neither a stale index nor a fault of it shows another street's person.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Q, QuerySet

from renben.engines.coding import occupations
from renben.engines.search import changes, searching
from renben.engines.search.asking import Answer, AnyOf, Ask, Between, Filter, Note, Offer
from renben.kernel.models import Region
from renben.kernel.regions_data import code_table
from renben.services.placement import search_meaning
from renben.services.placement.codes import SeekerClass, Visibility, WorkKind
from renben.services.placement.matching_rows import DEGREES
from renben.services.placement.models import Seeker, SeekerWish
from renben.services.placement.search_sources import degree
from renben.services.placement.seeker_source import ANYWHERE, NIGHTS, SEEKERS

SORTS = {"": "最合适的在前", "new": "最近登记的在前", "wage": "要求工资低的在前", "until": "快到期的在前"}
_ORDERS = {"new": ("registered", True), "wage": ("wage", False), "until": ("until", False)}
FOR_EMPLOYERS = (Visibility.MASKED.value, Visibility.OPEN.value)
PAGE = 20


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whom somebody looks for. Empty means no matter. `region`: where the work is; `wage_fen`: what it pays a month;
    `education`: the least the person should have (GB/T 4658); `desk`: the path of the office that registered them; `ends_from`,
    `ends_to`: days between which the registration ends, both included."""

    text: str = ""
    occupation: str = ""
    region: str = ""
    wage_fen: int = 0
    education: str = ""
    nights: bool = False
    kind: str = ""
    seeker_class: str = ""
    desk: str = ""
    ends_from: dt.date | None = None
    ends_to: dt.date | None = None
    sort: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class Found:
    """One page of seekers in order. `notes` is what the search did beside what was asked, to be shown above the rows;
    `offers` what leaving out one demand would bring."""

    rows: list[Seeker]
    total: int
    page: int
    pages: int
    notes: list[Note]
    offers: list[Offer]
    meanings: list[occupations.Guess] = field(default_factory=list)


def find(wanted: Wanted, *, scope: QuerySet[Seeker], paths: Sequence[str], size: int = PAGE) -> Found:
    """People who look for work, inside `paths` (territory as path prefixes) and inside `scope` (the same as rows).

    Never empty-handed while the territory has anybody: what could not be met is said in `notes`.
    """
    return _find(wanted, scope, [AnyOf("office", tuple(paths), "本机构范围内", required=True)], size)


def find_visible(wanted: Wanted, *, size: int = PAGE) -> Found:
    """The same for an employer: only those who chose to be found by employers, wherever they belong. What of a row may be shown
    to an employer, and that it has no name and telephone, is for `candidates.skills_of` to say."""
    scope = Seeker.objects.filter(visibility__in=FOR_EMPLOYERS)
    return _find(wanted, scope, [AnyOf("visibility", FOR_EMPLOYERS, "愿意让单位看到的", required=True)], size)


def _find(wanted: Wanted, scope: QuerySet[Seeker], always: list[Filter], size: int) -> Found:
    meanings = search_meaning.meanings(wanted.text)
    page = max(wanted.page, 1)
    order, descending = _ORDERS.get(wanted.sort, ("", True))
    ask = Ask(
        text=wanted.text,
        filters=[*_filters(wanted), *always],
        likely=search_meaning.likely(meanings),
        order=order,
        descending=descending,
        near=("region", (wanted.region,)) if wanted.region else None,
        offset=(page - 1) * size,
        limit=size,
    )
    try:
        answer = searching.search(SEEKERS, ask)
    except changes.Busy:
        answer = _by_title(wanted, scope, size, page)
    pages = max(1, -(-min(answer.total, searching.FURTHEST) // size))
    return Found(
        rows=_records(answer.keys, scope),
        total=answer.total,
        page=page,
        pages=pages,
        notes=answer.notes,
        offers=answer.offers,
        meanings=meanings[:5],
    )


def _filters(wanted: Wanted) -> list[Filter]:
    """In the order in which a demand is given up: extras before education, education before pay, the place before the trade."""
    found: list[Filter] = []
    if wanted.ends_from or wanted.ends_to:
        low, high = (day.toordinal() if day else None for day in (wanted.ends_from, wanted.ends_to))
        found.append(Between("until", low, high, "快到期" if high else "还没快到期"))
    if wanted.desk:
        found.append(AnyOf("desk", (wanted.desk,), "这个机构登记的"))
    if wanted.seeker_class in SeekerClass.values:
        found.append(AnyOf("class", (wanted.seeker_class,), SeekerClass(wanted.seeker_class).label))
    if wanted.nights:
        found.append(AnyOf("can", (NIGHTS,), "能上夜班"))
    if wanted.kind in WorkKind.values:
        found.append(AnyOf("kind", (wanted.kind,), WorkKind(wanted.kind).label))
    if step := degree(wanted.education):
        name = code_table("education").get(wanted.education, wanted.education).removesuffix("教育")
        found.append(Between("degree", step, None, f"{name}以上"))
    if wanted.wage_fen:
        found.append(Between("wage", None, wanted.wage_fen, f"月工资{wanted.wage_fen // 100}元能接受"))
    if wanted.region:
        region = Region.objects.filter(code=wanted.region).first()
        if region is not None:
            found.append(AnyOf("region", (region.code, ANYWHERE), f"愿意在{region.name}上班"))
    if wanted.occupation in occupations.tree():
        found.append(search_meaning.trade(wanted.occupation))
    return found


def exactly(rows: QuerySet[Seeker], wanted: Wanted) -> QuerySet[Seeker]:
    """The same demands over rows of any state, without widening anything; the words are for the caller to look for."""
    wishes = SeekerWish.objects.filter(seeker=OuterRef("pk"))
    if wanted.region:
        rows = rows.filter(Exists(wishes.filter(Q(regions=[]) | Q(regions__contains=[wanted.region]))))
    if wanted.wage_fen:
        rows = rows.filter(Exists(wishes.filter(wage_min_fen__lte=wanted.wage_fen)))
    if wanted.occupation:
        rows = rows.filter(Exists(wishes.filter(occupation__startswith=wanted.occupation.replace("-00", ""))))
    if wanted.kind:
        rows = rows.filter(Exists(wishes.filter(work_kind=wanted.kind)))
    if wanted.nights:
        rows = rows.filter(accepts_nights=True)
    if step := degree(wanted.education):
        digits = [digit for digit, height in DEGREES.items() if height >= step]
        rows = rows.filter(person__education__regex=f"^[{''.join(digits)}]")
    return rows


def _records(keys: Sequence[int], scope: QuerySet[Seeker]) -> list[Seeker]:
    """The rows as they are now and as far as they may be seen, in the order of the keys."""
    held = scope.filter(pk__in=keys, state=Seeker.State.ACTIVE).select_related("person__organization", "organization")
    rows = {row.pk: row for row in held.prefetch_related("wishes").order_by("id")}
    return [rows[key] for key in keys if key in rows]


def _by_title(wanted: Wanted, scope: QuerySet[Seeker], size: int, page: int) -> Answer:
    """While the index is being built for longer than anybody should wait: the latest with the words in a wish."""
    rows = scope.filter(state=Seeker.State.ACTIVE, wishes__title__icontains=wanted.text.strip()).distinct()
    keys = list(rows.order_by("-registered_on", "-id").values_list("pk", flat=True)[(page - 1) * size : page * size])
    total = rows.count()
    note = "检索正在整理，先按“想干的工作”查找，其他条件没有用上。请稍后再试。"
    return Answer(keys, total, total, [Note("busy", note)])
