"""Vacancies as they are searched: those that recruit now, with everything seekers ask for as codes and numbers.

Only what is public stands in the index. Units: wages in fen a month, days as ordinals, education as steps (`DEGREES`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from django.db.models import QuerySet

from renben.engines.coding import occupations
from renben.engines.search import changes
from renben.engines.search.sources import Document, SearchSource, register
from renben.kernel import events
from renben.services.placement.codes import Access, Shift, WorkKind
from renben.services.placement.matching_rows import DEGREES
from renben.services.placement.models import Vacancy
from renben.services.placement.search_meaning import above, offices_above

VACANCIES = "vacancies"
CHUNK = 2000
HOUSING, MEALS = "housing", "meals"


def degree(education: str) -> int:
    """The step of an education code; 0 for none asked."""
    return DEGREES.get(education[:1], 0) if education else 0


def _recruiting() -> QuerySet[Vacancy]:
    return Vacancy.objects.public().select_related("employer", "region__parent__parent", "organization").order_by("id")


def rows() -> Iterator[Document]:
    """Every vacancy that recruits."""
    return map(document, _recruiting().iterator(chunk_size=CHUNK))


def row_of(keys: Sequence[int]) -> Iterable[Document]:
    """Those of these that recruit."""
    return map(document, _recruiting().filter(pk__in=keys))


def count() -> int:
    return Vacancy.objects.public().count()


def document(vacancy: Vacancy) -> Document:
    """What of a vacancy is found by words, by code and by number."""
    offers = [HOUSING] * vacancy.offers_housing + [MEALS] * vacancy.offers_meals
    return Document(
        key=vacancy.pk,
        title=vacancy.title,
        text="\n".join(_texts(vacancy)),
        codes={
            "occupation": occupations.tree().ancestry(vacancy.occupation),
            "region": [one.code for one in above(vacancy.region)],
            "office": offices_above(vacancy.organization.path),
            "shift": [vacancy.shift],
            "kind": [vacancy.work_kind],
            "offers": offers,
            "access": vacancy.access,
        },
        numbers={
            "wage": vacancy.month_high_fen,
            "wage_from": vacancy.month_low_fen,
            "degree": degree(vacancy.education),
            "years": vacancy.experience_years,
            "hours": vacancy.hours_week or 0,
            "until": vacancy.valid_until.toordinal(),
            "left": vacancy.places_left,
            "published": int(vacancy.published_at.timestamp()) if vacancy.published_at else 0,
        },
    )


def _texts(vacancy: Vacancy) -> Iterator[str]:
    yield vacancy.number
    yield vacancy.employer.name
    yield vacancy.duties
    yield vacancy.requirements
    yield vacancy.benefits
    yield vacancy.place
    yield from (*vacancy.skills, *vacancy.certificates, *vacancy.insurances)
    yield _words(Shift)[vacancy.shift]
    yield _words(WorkKind)[vacancy.work_kind]
    yield from (_words(Access)[need] for need in vacancy.access)
    yield from (one.name for one in above(vacancy.region)[:2])
    if vacancy.offers_housing:
        yield "提供住宿、包住、宿舍"
    if vacancy.offers_meals:
        yield "提供工作餐、包吃、管饭"


@cache
def _words(choices) -> dict[str, str]:
    return dict(choices.choices)


def on_vacancy(event: events.VacancyChanged | events.VacancyFilled) -> None:
    changes.changed(VACANCIES, [event.vacancy_id])


def _of_employer(employer_id: int) -> None:
    changes.changed(VACANCIES, Vacancy.objects.public().filter(employer_id=employer_id).values_list("pk", flat=True))


def on_renamed(event: events.EmployerRenamed) -> None:
    """Its vacancies are found by the new name."""
    _of_employer(event.employer_id)


def on_employers_merged(event: events.EmployersMerged) -> None:
    """The vacancies of the merged file stand under the kept one's name."""
    _of_employer(event.kept_id)


def load() -> None:
    """Make vacancies searchable, from the start."""
    register(
        SearchSource(
            name=VACANCIES,
            rows=rows,
            row_of=row_of,
            count=count,
            codes=("occupation", "region", "office", "shift", "kind", "offers", "access"),
            numbers=("wage", "wage_from", "degree", "years", "hours", "until", "left", "published"),
        )
    )
    events.listen(events.VacancyChanged, on_vacancy)
    events.listen(events.VacancyFilled, on_vacancy)
    events.listen(events.EmployerRenamed, on_renamed)
    events.listen(events.EmployersMerged, on_employers_merged)
