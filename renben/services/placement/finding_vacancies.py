"""找工作: words and wishes in, vacancies out, with everything that was widened or left out said in words.

Reads the search index for the order and PostgreSQL for the rows: what was filled or withdrawn a moment ago is not shown.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from renben.engines.coding import occupations
from renben.engines.search import changes, searching
from renben.engines.search.asking import Answer, AnyOf, Ask, Between, Filter, Likely, Note, Offer
from renben.kernel import clock
from renben.kernel.models import Region
from renben.services.placement import search_meaning
from renben.services.placement.codes import Access, Shift, WorkKind
from renben.services.placement.models import Vacancy
from renben.services.placement.search_meaning import above
from renben.services.placement.search_sources import HOUSING, MEALS, VACANCIES, degree

SORTS = {"": "最合适的在前", "new": "最新发布的在前", "wage": "工资高的在前", "near": "离得近的在前"}
_ORDERS = {"new": "published", "wage": "wage"}
OFFERS = {HOUSING: "提供住宿", MEALS: "提供工作餐"}
PAGE = 20
MOST_FACETS = 20


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody asks for. Empty means no matter. `education`: the highest the person has (GB/T 4658); `near`: the region to
    be near to; `office`: the path of the office that registered the vacancy; `offers`: housing, meals."""

    text: str = ""
    regions: Sequence[str] = ()
    occupation: str = ""
    wage_from_fen: int = 0
    education: str = ""
    experience_years: int | None = None
    hours_week_max: int | None = None
    shifts: Sequence[str] = ()
    kinds: Sequence[str] = ()
    offers: Sequence[str] = ()
    access: Sequence[str] = ()
    near: str = ""
    office: str = ""
    sort: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class Facet:
    """A place or occupation among the results, with how many it has."""

    code: str
    name: str
    total: int


@dataclass(frozen=True, slots=True)
class Found:
    """One page of vacancies in order. `notes` is what the search did beside what was asked, to be shown above the rows;
    `offers` what leaving out one wish would bring."""

    rows: list[Vacancy]
    total: int
    literal: int
    page: int
    pages: int
    notes: list[Note]
    offers: list[Offer]
    meanings: list[occupations.Guess] = field(default_factory=list)
    regions: list[Facet] = field(default_factory=list)
    occupations: list[Facet] = field(default_factory=list)


def find(wanted: Wanted, *, today: dt.date | None = None, size: int = PAGE, facets: bool = True) -> Found:
    """Vacancies that recruit today. Never empty-handed while any vacancy recruits: what could not be met is said in `notes`."""
    today = today or clock.today()
    meanings = search_meaning.meanings(wanted.text)
    page = max(wanted.page, 1)
    ask = Ask(
        text=wanted.text,
        filters=_filters(wanted, today),
        likely=search_meaning.likely(meanings),
        order=_ORDERS.get(wanted.sort, ""),
        near=_near(wanted.near),
        offset=(page - 1) * size,
        limit=size,
        facets=("region", "occupation") if facets else (),
    )
    try:
        answer = searching.search(VACANCIES, ask)
    except changes.Busy:
        answer = _by_title(wanted, today, size, page)
    pages = max(1, -(-min(answer.total, searching.FURTHEST) // size))
    return Found(
        rows=_records(answer.keys, today),
        total=answer.total,
        literal=answer.literal,
        page=page,
        pages=pages,
        notes=answer.notes,
        offers=answer.offers,
        meanings=meanings[:5],
        regions=_region_facets(answer.facets.get("region", {})),
        occupations=_occupation_facets(answer.facets.get("occupation", {})),
    )


def similar(vacancy: Vacancy, *, today: dt.date | None = None, size: int = 5) -> list[Vacancy]:
    """Other vacancies like this one: the same occupation first, near its place."""
    today = today or clock.today()
    group = Likely("occupation", occupations.group_of(vacancy.occupation), 1.0, vacancy.title)
    ask = Ask(
        text=vacancy.title,
        filters=_always(today),
        likely=[group] if vacancy.occupation else [],
        near=_near(vacancy.region_id),
        limit=size + 1,
    )
    answer = searching.search(VACANCIES, ask)
    if any(note.kind == "all" for note in answer.notes):
        return []
    return [row for row in _records(answer.keys, today) if row.pk != vacancy.pk][:size]


def _always(today: dt.date) -> list[Filter]:
    return [
        Between("until", today.toordinal(), None, "在有效期内", required=True),
        Between("left", 1, None, "还有名额", required=True),
    ]


def _filters(wanted: Wanted, today: dt.date) -> list[Filter]:
    """In the order in which people give things up: hours and extras before pay, pay before the place, the trade last."""
    found: list[Filter] = []
    found += [AnyOf("offers", (one,), OFFERS[one]) for one in wanted.offers if one in OFFERS]
    if wanted.hours_week_max:
        found.append(Between("hours", None, wanted.hours_week_max, f"每周不超过{wanted.hours_week_max}小时"))
    found += _choices("shift", wanted.shifts, dict(Shift.choices))
    found += _choices("kind", wanted.kinds, dict(WorkKind.choices))
    if wanted.experience_years is not None:
        found.append(Between("years", None, wanted.experience_years, f"要求工作不超过{wanted.experience_years}年"))
    if step := degree(wanted.education):
        found.append(Between("degree", None, step, "学历够得上"))
    if wanted.wage_from_fen:
        found.append(Between("wage", wanted.wage_from_fen, None, f"月薪{wanted.wage_from_fen // 100}元以上"))
    if wanted.office:
        found.append(AnyOf("office", (wanted.office,), "本机构登记的"))
    found += _places(wanted.regions)
    if wanted.occupation:
        found.append(search_meaning.trade(wanted.occupation))
    # A need is not a wish: a place that cannot be reached by wheelchair is no near miss.
    words = dict(Access.choices)
    found += [AnyOf("access", (need,), words[need], required=True) for need in wanted.access if need in words]
    return found + _always(today)


def _choices(name: str, chosen: Sequence[str], words: dict[str, str]) -> list[Filter]:
    held = tuple(one for one in chosen if one in words)
    return [AnyOf(name, held, "或".join(words[one] for one in held))] if held else []


def _places(codes: Sequence[str]) -> list[Filter]:
    """The places asked for; widened to the street, then to the district."""
    regions = list(Region.objects.filter(code__in=codes).select_related("parent__parent").order_by("code"))
    if not regions:
        return []
    wider, here = [], regions
    while above := list({one.parent.code: one.parent for one in here if one.parent}.values()):
        wider.append((tuple(one.code for one in above), "、".join(one.name for one in above)))
        here = above
    asked = tuple(one.code for one in regions)
    return [AnyOf("region", asked, "、".join(one.name for one in regions), wider=tuple(wider))]


def _near(code: str) -> tuple[str, tuple[str, ...]] | None:
    """A place, its street and its district: each one shared ranks a vacancy higher."""
    region = Region.objects.filter(code=code).select_related("parent__parent").first() if code else None
    return ("region", tuple(one.code for one in above(region))) if region else None


def _records(keys: Sequence[int], today: dt.date) -> list[Vacancy]:
    """The rows as they are now, in the order of the keys."""
    held = (
        Vacancy.objects.open_on(today)
        .filter(pk__in=keys)
        .select_related("employer", "region__parent", "organization")
        .order_by("id")
    )
    rows = {row.pk: row for row in held}
    return [rows[key] for key in keys if key in rows]


def _by_title(wanted: Wanted, today: dt.date, size: int, page: int) -> Answer:
    """While the index is being built for longer than anybody should wait: the newest with the words in the title."""
    rows = Vacancy.objects.open_on(today).filter(title__icontains=wanted.text.strip()).order_by("-published_at", "id")
    keys = list(rows.values_list("pk", flat=True)[(page - 1) * size : page * size])
    total = rows.count()
    return Answer(keys, total, total, [Note("busy", "检索正在整理，先按岗位名称查找，其他条件没有用上。请稍后再试。")])


def _region_facets(counts: dict[str, int]) -> list[Facet]:
    """Streets, the fullest first."""
    streets = Region.objects.filter(code__in=counts, level="street").values_list("code", "name")
    return _fullest({code: (name, counts[code]) for code, name in streets})


def _occupation_facets(counts: dict[str, int]) -> list[Facet]:
    """小类, the fullest first."""
    tree = occupations.tree()
    held = {code: n for code, n in counts.items() if code in tree and code == occupations.group_of(code)}
    held = {code: n for code, n in held.items() if not code.endswith("-00-00")}
    return _fullest({code: (tree.name(code), n) for code, n in held.items()})


def _fullest(found: dict[str, tuple[str, int]]) -> list[Facet]:
    facets = [Facet(code, name, n) for code, (name, n) in found.items()]
    return sorted(facets, key=lambda one: (-one.total, one.code))[:MOST_FACETS]
