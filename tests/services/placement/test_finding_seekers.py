"""找人 as staff do it: words and demands over who looks for work, inside the reader's territory, and what is said when not all is met."""

from __future__ import annotations

import pytest

from renben.engines.search import changes, searching
from renben.kernel import events, person_changes
from renben.kernel.models import Person
from renben.services.placement import finding_seekers, seeker_source
from renben.services.placement.finding_seekers import Wanted, find, find_visible
from renben.services.placement.models import Seeker
from tests import build
from tests.services.placement.referral_world import World, make

pytestmark = pytest.mark.django_db
STREET = "110113001000"


@pytest.fixture
def world() -> World:
    return make()


@pytest.fixture
def crowd(world):
    """Four who look for work in the first street's territory, one in another street's."""
    village = world.place.villages[0]
    made = {
        "包装": world.seeker("甲一", person=build.person(village, "甲一", education="60"), skills=["打包机"]),
        "保洁": world.seeker(
            "乙二", person=build.person(village, "乙二", education="70"), accepts_nights=True,
            wish={"title": "保洁员", "occupation": "4-13-01-00", "wage_min_fen": 250_000, "regions": [STREET]},
        ),
        "车床": world.seeker(
            "丙三", person=build.person(village, "丙三", education="31"), certificates=["车工中级"], visibility="masked",
            wish={"title": "数控车床操作工", "occupation": "6-18-01-01", "wage_min_fen": 600_000},
            history="2015年至2024年 北京某机床厂 车工",
        ),
    }  # fmt: skip
    other = world.place.streets[1]
    stranger = build.person(other, "丁四", education="31")
    made["外街"] = world.seeker(
        "丁四", person=stranger, organization=other, wish={"title": "包装工", "occupation": "6-31-01-07"}
    )
    changes.rebuild(seeker_source.SEEKERS)
    return made


@pytest.fixture
def commit(django_capture_on_commit_callbacks):
    """What happens when a transaction ends: the index takes the changes."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def mine(world, wanted: Wanted, **more):
    path = world.street.path
    scope = Seeker.objects.filter(organization__path__startswith=path)
    return find(wanted, scope=scope, paths=[path], **more)


def names(found) -> list[str]:
    return [row.person.name for row in found.rows]


def test_words_find_wishes_skills_certificates_and_history(world, crowd):
    assert names(mine(world, Wanted("保洁员")))[0] == "乙二"
    assert names(mine(world, Wanted("打包机"))) == ["甲一"]
    assert names(mine(world, Wanted("车工中级"))) == ["丙三"]
    assert names(mine(world, Wanted("机床厂"))) == ["丙三"]


@pytest.mark.parametrize("typed", ["baojie", "宝洁员", "保结员"])
def test_a_slip_of_the_ear_or_the_letters_finds_too_and_is_said(world, crowd, typed):
    found = mine(world, Wanted(typed))
    assert names(found)[0] == "乙二"
    assert found.notes


def test_another_streets_person_never_appears(world, crowd):
    for wanted in (
        Wanted(),
        Wanted("包装工"),
        Wanted("丁四"),
        Wanted("量子引力"),
        Wanted(education="31"),
        Wanted(wage_fen=1),
    ):
        found = mine(world, wanted, size=100)
        assert "丁四" not in names(found), wanted
        assert found.total <= 3, "nor is counted"
    centre = world.place.centre.path
    everybody = find(Wanted("包装工"), scope=Seeker.objects.all(), paths=[centre])
    assert {"甲一", "丁四"} <= set(names(everybody))


def test_rows_are_bound_by_the_database_even_where_the_index_is_wrong(world, crowd):
    nowhere = find(Wanted(), scope=Seeker.objects.none(), paths=[world.street.path])
    assert nowhere.rows == []


def test_who_moves_away_is_gone_and_who_comes_is_there(world, crowd, commit):
    person: Person = crowd["车床"].person
    other = world.place.streets[1]
    Seeker.objects.filter(pk=crowd["车床"].pk).update(organization=other)
    Person.objects.filter(pk=person.pk).update(organization=other)
    with commit():
        events.emit(events.PersonMoved(person.pk, world.street.pk, other.pk))
    assert mine(world, Wanted(), size=100).total == 2
    theirs = find(Wanted("车床"), scope=Seeker.objects.filter(organization=other), paths=[other.path])
    assert names(theirs)[0] == "丙三"


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Wanted(nights=True), {"乙二"}),
        (Wanted(education="31"), {"丙三"}),
        (Wanted(education="60"), {"甲一", "丙三"}),
        (Wanted(wage_fen=300_000), {"甲一", "乙二"}),
        (Wanted(region=STREET), {"甲一", "乙二", "丙三"}),
        (Wanted(region="110113002000"), {"甲一", "丙三"}),
        (Wanted(occupation="6-18-01-01"), {"丙三"}),
    ],
)
def test_each_demand_leaves_who_meets_it(world, crowd, wanted, expected):
    found = mine(world, wanted)
    assert set(names(found)) == expected
    assert found.total == len(expected) and found.notes == []


def test_an_occupation_is_widened_aloud_and_nothing_is_a_dead_end(world, crowd):
    found = mine(world, Wanted(occupation="6-18-01-02"))
    assert names(found) == ["丙三"] and [note.kind for note in found.notes] == ["wider"]
    found = mine(world, Wanted("数控车床", nights=True, wage_fen=300_000))
    assert "丙三" in names(found) and "已去掉" in found.notes[0].text
    assert mine(world, Wanted("量子引力工程")).rows, "somebody is always shown"


def test_orders(world, crowd, commit):
    wages = [row.wishes.get().wage_min_fen for row in mine(world, Wanted(sort="wage")).rows]
    assert wages == sorted(wages)
    Seeker.objects.filter(pk=crowd["保洁"].pk).update(registered_on="2026-11-20")
    with commit():
        events.emit(events.SeekerChanged(crowd["保洁"].pk))
    assert names(mine(world, Wanted(sort="new")))[0] == "乙二"


def test_what_changes_is_found_at_once(world, crowd, commit):
    person = crowd["保洁"].person
    with commit():
        person_changes.edit_person(person_id=person.pk, version=person.version, by=world.clerk, education="21")
    assert set(names(mine(world, Wanted(education="21")))) == {"乙二"}
    Seeker.objects.filter(pk=crowd["保洁"].pk).update(state=Seeker.State.WITHDRAWN)
    assert "乙二" not in names(mine(world, Wanted("保洁员"))), "not even before the index knows"
    with commit():
        events.emit(events.SeekerChanged(crowd["保洁"].pk))
    assert mine(world, Wanted(), size=100).total == 2


def test_the_index_is_built_anew_when_it_misses_somebody(world, crowd):
    mine(world, Wanted())
    world.seeker("戊五", wish={"title": "挖掘机司机", "occupation": "6-29-04-01"})
    assert not searching.check(seeker_source.SEEKERS), "nobody announced this row"
    assert names(mine(world, Wanted("挖掘机司机")))[0] == "戊五"


def test_employers_find_only_who_wants_to_be_found(world, crowd):
    assert names(find_visible(Wanted("包装工"))) == ["丙三"]
    Seeker.objects.filter(pk=crowd["车床"].pk).update(visibility="staff")
    assert find_visible(Wanted()).rows == [], "a choice holds before the index knows it"


def test_the_index_holds_nothing_of_who_somebody_is(world, crowd):
    world.seeker(
        "己六", person=build.person(world.place.villages[0], "己六", "F"), about="回族，左腿残疾，电话13800000000", needs=["seated"],
        difficulties=["illness"], difficulty_note="残疾", seeker_class="difficult",
    )  # fmt: skip
    for seeker in Seeker.objects.select_related("person__organization", "organization").order_by("id"):
        said = repr(seeker_source.document(seeker, {}))
        forbidden = [
            seeker.person.name,
            seeker.number,
            seeker.about or "-",
            "残疾",
            "seated",
            "illness",
            "回族",
            "13800000000",
        ]
        assert not [one for one in forbidden if one != "-" and one in said]
    sources = changes.store_of(seeker_source.SEEKERS).source
    assert not set(sources.codes) & {"sex", "ethnicity", "hukou", "age", "needs", "health"}
    assert finding_seekers.FOR_EMPLOYERS == ("masked", "open")
