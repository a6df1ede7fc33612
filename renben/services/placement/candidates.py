"""合适的人 for an employer: those who let employers find them, without name and telephone (`applicants` says what is told later)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from renben.engines.search.asking import Note
from renben.kernel.regions_data import code_table
from renben.services.placement import finding_seekers, matching, matching_words
from renben.services.placement.applicants import SHOWN, State, label_of
from renben.services.placement.codes import Visibility
from renben.services.placement.models import Referral, Seeker, SeekerWish, Vacancy


@dataclass(frozen=True)
class Skills:
    """Facts of a seeker that bear on work and tell nobody who it is."""

    label: str
    wish: str
    education: str
    years: int
    skills: str
    certificates: str
    needs_housing: bool
    accepts_nights: bool


def skills_of(seeker: Seeker, wish: SeekerWish | None = None) -> Skills:
    """Reads the person's education; free text is left out, since people write names and telephones there."""
    wish = wish or seeker.wishes.order_by("rank").first()
    code = seeker.person.education
    return Skills(
        label=seeker.person.name if seeker.visibility == Visibility.OPEN else label_of(seeker),
        wish=wish.title if wish is not None else "",
        education=code_table("education").get(code, "").removesuffix("教育"),
        years=seeker.experience_years,
        skills="、".join(seeker.skills),
        certificates="、".join(seeker.certificates),
        needs_housing=seeker.needs_housing,
        accepts_nights=seeker.accepts_nights,
    )


@dataclass(frozen=True)
class Candidate:
    """Somebody who suits a vacancy and lets employers find them: the seeker's key, points and why, facts without a name."""

    seeker: Seeker
    wish: SeekerWish
    score: int
    parts: dict[str, int]
    facts: Skills


def visible(vacancy: Vacancy) -> QuerySet[Seeker]:
    """Those who chose to be found by employers; whoever is on the way to this vacancy already, or declined before, is left out."""
    taken = Referral.objects.filter(vacancy=vacancy).exclude(state=State.WITHDRAWN).values("person_id")
    return Seeker.objects.active().filter(visibility__in=SHOWN).exclude(person__in=taken)


@dataclass(frozen=True)
class Looked:
    """Somebody found by words: facts without a name, points with their parts told; `failed` are the demands that do not agree."""

    seeker: Seeker
    facts: Skills
    score: int
    parts: list[dict[str, Any]]
    failed: list[str]


@dataclass(frozen=True)
class Search:
    """One page of what was found, and everything that was widened, in words."""

    rows: list[Looked]
    notes: list[Note]
    page: int
    pages: int


def search(vacancy: Vacancy, text: str, *, page: int = 1, size: int = 10) -> Search:
    """找人 by words among those who chose to be found, and how each suits the vacancy."""
    found = finding_seekers.find_visible(finding_seekers.Wanted(text=text, page=page), size=size)
    open_ones = set(visible(vacancy).filter(pk__in=[one.pk for one in found.rows]).values_list("pk", flat=True))
    rows = []
    for seeker in found.rows:
        if seeker.pk in open_ones:
            pair = matching_words.of_pair(seeker, vacancy)
            rows.append(Looked(seeker, skills_of(seeker), pair.score, pair.parts, pair.failed))
    return Search(rows, found.notes, found.page, found.pages)


def candidates(vacancy: Vacancy, *, size: int = 10) -> list[Candidate]:
    """合适的人 among those who may be shown, best first."""
    only = list(visible(vacancy).order_by().values_list("pk", flat=True))
    found = matching.for_vacancy(vacancy, size=size, only=only).top
    rows = Seeker.objects.active().filter(pk__in=[one.number for one in found]).select_related("person")
    held = {seeker.pk: seeker for seeker in rows.prefetch_related("wishes").order_by("id")}
    made = []
    for one in found:
        seeker = held.get(one.number)
        wishes = sorted(seeker.wishes.all(), key=lambda wish: wish.rank) if seeker is not None else []
        if one.wish < len(wishes):
            wish = wishes[one.wish]
            made.append(Candidate(seeker, wish, one.score, one.parts, skills_of(seeker, wish)))
    return made
