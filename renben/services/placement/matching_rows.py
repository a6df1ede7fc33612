"""Seekers and vacancies as the columns of the matching table (catalog/content/matching/placement.yaml).

Only what the table names is read: no sex, ethnicity, household registration or the like can get in here. Units: wages in ten yuan,
days as ordinals from 2020, flags as bits. A district has fewer than 64 streets; area 0 is a place that is not known closer.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

from renben.engines.rules.parameters import Reader, load_parameters
from renben.kernel.models import Organization, Region
from renben.kernel.regions_data import code_table
from renben.services.placement.codes import Access, Shift, WorkKind
from renben.services.placement.models import Seeker, SeekerWish, Vacancy
from renben.services.registration.conditions import age_on

EPOCH = dt.date(2020, 1, 1).toordinal()
MOST_HOURS = 24 * 7
MOST_WAGE = 32_767
DEGREES = {"1": 6, "2": 5, "3": 4, "4": 3, "6": 3, "7": 2, "8": 1}
"""Steps of education by the first digit of GB/T 4658; vocational and general upper secondary stand side by side."""
OFFER_SKILLS, WISH_SKILLS, PAPERS = 5, 8, 15
KIND_BITS = {kind: 1 << place for place, kind in enumerate(WorkKind.values)}
ACCESS_BITS = {need: 1 << place for place, need in enumerate(Access.values)}
ANY_KIND = sum(KIND_BITS.values())


def day_number(day: dt.date) -> int:
    return day.toordinal() - EPOCH


@cache
def _occupations() -> dict[str, int]:
    """Every code of 职业分类大典 with a number from 1 on, in the order of the table."""
    return {code: place for place, code in enumerate(code_table("occupations"), start=1)}


@cache
def _groups() -> dict[str, int]:
    """中类 → number from 0 on: codes whose last two parts are zero and whose second is not."""
    middle = [c for c in code_table("occupations") if c.endswith("-00-00") and not c.endswith("-00-00-00")]
    return {code: place for place, code in enumerate(middle)}


def occupation_columns(code: str) -> tuple[int, dict[str, int]]:
    """(group, columns) of an occupation code; -1 and zeros for one the table does not have."""
    numbers, parts = _occupations(), code.split("-")
    if code not in numbers or len(parts) != 4:
        return -1, {"detail": 0, "small": 0}
    small, middle = "-".join([*parts[:3], "00"]), "-".join([*parts[:2], "00", "00"])
    detail = numbers[code] if parts[3] != "00" else 0
    return _groups().get(middle, -1), {"detail": detail, "small": numbers.get(small, 0) if parts[2] != "00" else 0}


@dataclass
class Vocabulary:
    """Numbers for words that both sides use (skills, certificates), and for places. One per index, it only grows."""

    words: dict[str, int] = field(default_factory=dict)
    papers: dict[str, int] = field(default_factory=dict)
    areas: dict[str, int] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of_district(cls) -> Vocabulary:
        """With every street and village on file; streets are the areas."""
        made, streets = cls(), []
        for code, level in Region.objects.order_by("code").values_list("code", "level"):
            made.places[code] = len(made.places) + 1
            if level == "street":
                streets.append(code)
        made.areas = {code[:9]: place for place, code in enumerate(streets, start=1)}
        return made

    def word(self, text: str) -> int:
        """The number of a skill, the same however it is spaced or cased; 0 for nothing."""
        plain = "".join(text.split()).casefold()
        return self.words.setdefault(plain, len(self.words) + 1) if plain else 0

    def paper(self, text: str, *, learn: bool) -> int:
        """The bit of a certificate. The first fifteen that vacancies ask for have one; others are told on the page only."""
        plain = "".join(text.split()).casefold()
        if plain not in self.papers and learn and len(self.papers) < PAPERS:
            self.papers[plain] = 1 << len(self.papers)
        return self.papers.get(plain, 0)

    def area(self, region: str) -> int:
        """The street a region lies in; 0 when it is not known closer."""
        return self.areas.get(region[:9], 0)

    def place_columns(self, region: str) -> dict[str, int]:
        """Village and street of a region as numbers; 0 where it is not known."""
        street = self.places.get(f"{region[:9]}000", 0) if self.area(region) else 0
        return {"village": 0 if region.endswith("000") else self.places.get(region, 0), "street": street}


def _skills(texts: Iterable[str], vocabulary: Vocabulary, size: int) -> dict[str, int]:
    numbers = list(dict.fromkeys(filter(None, (vocabulary.word(text) for text in texts))))[:size]
    return {f"skill{place + 1}": numbers[place] if place < len(numbers) else 0 for place in range(size)}


def _bits(codes: Iterable[str], bits: Mapping[str, int]) -> int:
    return sum({bits[code] for code in codes if code in bits})


@dataclass(frozen=True)
class Row:
    """One side of a pair: number, which of its wishes, group, area (vacancy) or mask of areas (wish), columns."""

    number: int
    variant: int
    group: int
    area: int
    columns: dict[str, int]


def degree_of(code: str) -> int:
    """0 for unknown or none asked, up to 6 for postgraduates."""
    return DEGREES.get(code[:1], 0)


def vacancy_row(vacancy: Vacancy, vocabulary: Vocabulary) -> Row:
    """A vacancy as it stands. `price` is what the night worked out for a post that too many are shown."""
    group, occupation = occupation_columns(vacancy.occupation)
    top = max(vacancy.month_high_fen, vacancy.month_low_fen)
    posted = vacancy.published_at.date() if vacancy.published_at else vacancy.registered_on
    columns = {
        **occupation,
        **vocabulary.place_columns(vacancy.region_id),
        **_skills(vacancy.skills, vocabulary, OFFER_SKILLS),
        "wage_top": min(top // 1000, MOST_WAGE),
        "degree": degree_of(vacancy.education),
        "years": vacancy.experience_years,
        "nights": int(vacancy.shift != Shift.DAY),
        "hours": vacancy.hours_week or 0,
        "housing": int(vacancy.offers_housing),
        "access": _bits(vacancy.access, ACCESS_BITS),
        "kind": KIND_BITS.get(vacancy.work_kind, 0),
        "papers": sum({vocabulary.paper(text, learn=True) for text in vacancy.certificates}),
        "posted": day_number(posted),
        "until": day_number(vacancy.valid_until),
        "crowd": vacancy.price,
    }
    return Row(vacancy.pk, 0, group, vocabulary.area(vacancy.region_id), columns)


def wish_rows(seeker: Seeker, wishes: list[SeekerWish], vocabulary: Vocabulary, today: dt.date) -> list[Row]:
    """The wishes of a seeker; where the person lives is where their office is. No region wished for: anywhere."""
    person, home = seeker.person, _home(seeker)
    common = {
        **vocabulary.place_columns(home),
        **_skills([*seeker.skills, *seeker.certificates], vocabulary, WISH_SKILLS),
        "degree": degree_of(person.education),
        "years": seeker.experience_years,
        "nights": int(seeker.accepts_nights),
        "hours": seeker.hours_week_max or MOST_HOURS,
        "housing": int(seeker.needs_housing),
        "access": _bits(seeker.needs, ACCESS_BITS),
        "papers": sum({vocabulary.paper(text, learn=False) for text in seeker.certificates}),
        "age": age_on(person.birth_on, today),
        "since": day_number(seeker.registered_on),
    }
    rows = []
    for place, wish in enumerate(wishes[:8]):
        group, occupation = occupation_columns(wish.occupation)
        columns = common | occupation
        columns["wage"] = min(-(-wish.wage_min_fen // 1000), MOST_WAGE)
        columns["kind"] = KIND_BITS.get(wish.work_kind, ANY_KIND)
        rows.append(Row(seeker.pk, place, group, area_mask(wish.regions, vocabulary), columns))
    return rows


def area_mask(regions: Iterable[str], vocabulary: Vocabulary) -> int:
    """Bits of the streets wished for, and of area 0; 0 is anywhere."""
    areas = {vocabulary.area(code) for code in regions}
    return 0 if not areas or 0 in areas else 1 | sum(1 << area for area in areas)


def _home(seeker: Seeker) -> str:
    office: Organization = seeker.person.organization
    return office.region_id or ""


def context(today: dt.date) -> dict[str, int]:
    """The figures of the day: the day itself and the statutory age."""
    return {"today": day_number(today), "age_from": int(Reader(load_parameters(), today)("labour.working_age_from"))}
