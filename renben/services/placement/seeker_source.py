"""Seekers as they are searched by staff and, without a name, by employers: who looks for work now, with what they want and can do.

Nothing of who somebody is gets in here: no name, number, telephone, sex, age, ethnicity, household registration, health, needs or
difficulties, and no free text about oneself. Units: wages in fen a month, education as steps (`DEGREES`), days as ordinals.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from django.db.models import QuerySet

from renben.engines.coding import occupations
from renben.engines.search import changes
from renben.engines.search.sources import Document, SearchSource, register
from renben.kernel import events
from renben.kernel.models import Region
from renben.services.placement.models import Seeker, SeekerWish
from renben.services.placement.search_meaning import offices_above
from renben.services.placement.search_sources import degree

SEEKERS = "seekers"
CHUNK = 1000
ANYWHERE = "anywhere"
"""Who names no place works in any."""
NIGHTS, HOUSING = "nights", "housing"


def _looking() -> QuerySet[Seeker]:
    rows = Seeker.objects.active().select_related("person__organization", "organization")
    return rows.prefetch_related("wishes").order_by("id")


def rows() -> Iterator[Document]:
    """Everybody who looks for work."""
    names = _street_names()
    return (document(seeker, names) for seeker in _looking().iterator(chunk_size=CHUNK))


def row_of(keys: Sequence[int]) -> Iterable[Document]:
    """Those of these who look for work."""
    names = _street_names()
    return (document(seeker, names) for seeker in _looking().filter(pk__in=keys))


def _street_names() -> dict[str, str]:
    return dict(Region.objects.filter(level="street").values_list("code", "name"))


def count() -> int:
    return Seeker.objects.active().count()


def _offices(seeker: Seeker) -> list[str]:
    """Where it was registered and where the person belongs, with every office above: whose territory it is."""
    return [*offices_above(seeker.organization.path), *offices_above(seeker.person.organization.path)]


def _places(wishes: Sequence[SeekerWish]) -> list[str]:
    """The streets wished for; `ANYWHERE` when one wish names none."""
    places = [code for wish in wishes for code in wish.regions]
    return [*places, ANYWHERE] if any(not wish.regions for wish in wishes) or not wishes else places


def document(seeker: Seeker, names: Mapping[str, str]) -> Document:
    """What of a seeker is found by words, by code and by number. `names`: code → name of the places one can wish for."""
    wishes = sorted(seeker.wishes.all(), key=lambda wish: wish.rank)
    tree = occupations.tree()
    return Document(
        key=seeker.pk,
        title="；".join(wish.title for wish in wishes),
        text="\n".join(_texts(seeker, wishes, names)),
        codes={
            "occupation": [code for wish in wishes if wish.occupation for code in tree.ancestry(wish.occupation)],
            "region": _places(wishes),
            "office": _offices(seeker),
            "desk": offices_above(seeker.organization.path),
            "class": [seeker.seeker_class],
            "kind": [wish.work_kind for wish in wishes if wish.work_kind],
            "can": [NIGHTS] * seeker.accepts_nights + [HOUSING] * seeker.needs_housing,
            "visibility": [seeker.visibility],
        },
        numbers={
            "wage": min((wish.wage_min_fen for wish in wishes), default=0),
            "degree": degree(seeker.person.education),
            "years": seeker.experience_years,
            "registered": seeker.registered_on.toordinal(),
            "until": seeker.valid_until.toordinal(),
        },
    )


def _texts(seeker: Seeker, wishes: Sequence[SeekerWish], names: Mapping[str, str]) -> Iterator[str]:
    tree = occupations.tree()
    yield from (tree.name(wish.occupation) for wish in wishes if wish.occupation in tree)
    yield from (*seeker.skills, *seeker.certificates)
    yield seeker.history
    yield from (names.get(code, "") for wish in wishes for code in wish.regions)
    if seeker.accepts_nights:
        yield "能上夜班"


def on_seeker(event: events.SeekerChanged) -> None:
    changes.changed(SEEKERS, [event.seeker_id])


def _of_person(person_id: int) -> None:
    changes.changed(SEEKERS, Seeker.objects.active().filter(person_id=person_id).values_list("pk", flat=True))


def on_person_moved(event: events.PersonMoved) -> None:
    """Another street's territory from now on."""
    _of_person(event.person_id)


def on_facts_changed(event: events.PersonFactsChanged) -> None:
    if "education" in event.facts:
        _of_person(event.person_id)


def on_merged(event: events.PersonsMerged) -> None:
    _of_person(event.kept_id)


def load() -> None:
    """Make seekers searchable, from the start."""
    register(
        SearchSource(
            name=SEEKERS,
            rows=rows,
            row_of=row_of,
            count=count,
            codes=("occupation", "region", "office", "desk", "class", "kind", "can", "visibility"),
            numbers=("wage", "degree", "years", "registered", "until"),
        )
    )
    events.listen(events.SeekerChanged, on_seeker)
    events.listen(events.PersonMoved, on_person_moved)
    events.listen(events.PersonFactsChanged, on_facts_changed)
    events.listen(events.PersonsMerged, on_merged)
