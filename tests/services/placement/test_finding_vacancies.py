"""找工作 as people do it: words and wishes over vacancies in PostgreSQL, and what is said when not all can be met."""

from __future__ import annotations

import pytest

from renben.engines.search import changes, searching
from renben.kernel import employers
from renben.services.placement import finding_vacancies, vacancies
from renben.services.placement.finding_vacancies import Wanted, find
from renben.services.placement.models import Vacancy
from tests.services.placement.vacancy_office import TODAY, desk  # noqa: F401 - the fixture


@pytest.fixture
def market(desk):  # noqa: F811
    """A few vacancies in two streets."""
    second = desk.place.streets[1]
    desk.published(title="食品包装工", duties="流水线装箱", wage_low_fen=480_000, wage_high_fen=520_000)
    desk.published(title="保洁员", duties="打扫楼道和院落", wage_low_fen=300_000, wage_high_fen=350_000, shift="day")
    desk.published(
        title="小区保洁", duties="清运垃圾", wage_low_fen=320_000, wage_high_fen=380_000, region_id=second.region_id,
        offers_housing=True,
    )  # fmt: skip
    desk.published(
        title="数控车床操作工", duties="看图加工", wage_low_fen=700_000, wage_high_fen=900_000, shift="rotating",
        education="41", offers_housing=True, region_id=second.region_id,
    )  # fmt: skip
    return desk


def titles(found) -> list[str]:
    return [row.title for row in found.rows]


def test_words_find_vacancies_and_the_exact_title_first(market):
    found = find(Wanted("保洁员"))
    assert titles(found)[0] == "保洁员"
    assert found.meanings[0].name == "保洁员"


def test_the_same_trade_under_another_name_is_added_and_said(market):
    found = find(Wanted("保洁员"))
    assert "小区保洁" in titles(found)
    assert [note.kind for note in found.notes] == ["code"]
    assert "同类职业" in found.notes[0].text


def test_employer_place_and_duties_are_words_too(market):
    assert "数控车床操作工" in titles(find(Wanted("看图加工")))
    name = market.employer.name
    assert set(titles(find(Wanted(name)))) == {row.title for row in Vacancy.objects.all()}


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Wanted(wage_from_fen=500_000), {"食品包装工", "数控车床操作工"}),
        (Wanted(offers=["housing"]), {"小区保洁", "数控车床操作工"}),
        (Wanted(shifts=["rotating"]), {"数控车床操作工"}),
        (Wanted(education="71"), {"食品包装工", "保洁员", "小区保洁"}),
        (Wanted(education="21"), {"食品包装工", "保洁员", "小区保洁", "数控车床操作工"}),
        (Wanted(wage_from_fen=500_000, offers=["housing"]), {"数控车床操作工"}),
    ],
)
def test_each_wish_leaves_what_meets_it(market, wanted, expected):
    found = find(wanted)
    assert set(titles(found)) == expected
    assert found.total == len(expected)
    assert found.notes == []


def test_a_place_holds_and_is_widened_aloud(market):
    first, second = (street.region for street in market.place.streets[:2])
    assert set(titles(find(Wanted(regions=[second.code])))) == {"小区保洁", "数控车床操作工"}
    found = find(Wanted("数控车床", regions=[first.code]))
    assert titles(found) == ["数控车床操作工"]
    assert found.notes[0].kind == "wider"
    assert first.name in found.notes[0].text
    assert found.rows[0].region == second


def test_an_occupation_is_widened_to_its_group_aloud(market):
    found = find(Wanted(occupation="4-09-08-03"))
    assert found.rows
    assert [note.kind for note in found.notes] == ["wider"]
    assert "环境卫生服务人员" in found.notes[0].text


def test_a_wish_nobody_meets_is_left_out_aloud_and_costs_are_told(market):
    found = find(Wanted("保洁员", wage_from_fen=2_000_000))
    assert titles(found)[0] == "保洁员"
    assert "月薪20000元以上" in found.notes[0].text
    assert [(offer.words, offer.total >= 1) for offer in found.offers] == [("月薪20000元以上", True)]


def test_a_need_is_never_left_out(market):
    found = find(Wanted("保洁员", access=["wheelchair"]))
    assert found.rows == []
    assert found.total == 0


def test_orders(market):
    wages = [row.month_high_fen for row in find(Wanted(sort="wage")).rows]
    assert wages == sorted(wages, reverse=True)
    second = market.place.streets[1].region
    assert {row.region for row in find(Wanted(sort="near", near=second.code)).rows[:2]} == {second}


def test_pages_follow_each_other(market):
    first, second = (find(Wanted(sort="wage", page=page), size=3) for page in (1, 2))
    assert (len(first.rows), len(second.rows), first.pages) == (3, 1, 2)
    assert not {row.pk for row in first.rows} & {row.pk for row in second.rows}


def test_counts_by_place_and_trade_are_those_of_the_rows(market):
    found = find(Wanted())
    second = market.place.streets[1].region
    assert {facet.code: facet.total for facet in found.regions}[second.code] == 2
    assert sum(facet.total for facet in found.occupations) <= found.total
    assert all(facet.name != facet.code for facet in (*found.regions, *found.occupations))


def test_what_ends_disappears_at_once(market):
    row = find(Wanted("保洁员")).rows[0]
    vacancies.withdraw(vacancy=row, reason="不招了", by=market.clerk)
    assert row.pk not in {one.pk for one in find(Wanted("保洁员")).rows}


def test_what_the_index_does_not_know_yet_is_not_shown_either(market):
    row = find(Wanted("保洁员")).rows[0]
    Vacancy.objects.filter(pk=row.pk).update(filled=row.headcount)
    assert row.pk not in {one.pk for one in find(Wanted("保洁员")).rows}


def test_a_vacancy_past_its_day_is_not_found(market):
    row = find(Wanted("保洁员")).rows[0]
    day = row.valid_until
    later = day.replace(year=day.year + 1)
    assert find(Wanted("保洁员"), today=later).rows == []


def test_an_unpublished_vacancy_is_not_found(market):
    market.register(title="挖掘机司机")
    assert "挖掘机司机" not in titles(find(Wanted("挖掘机司机")))


def test_similar_vacancies_are_of_the_same_trade(market):
    row = Vacancy.objects.get(title="保洁员")
    assert [one.title for one in finding_vacancies.similar(row)][:1] == ["小区保洁"]


def test_while_the_index_is_being_built_titles_are_searched_and_it_is_said(market, monkeypatch):
    def busy(*_):
        raise searching.changes.Busy

    monkeypatch.setattr(searching, "search", busy)
    found = find(Wanted("包装"))
    assert titles(found) == ["食品包装工"]
    assert found.notes[0].kind == "busy"


@pytest.mark.parametrize("text", ["", "   ", "'; DROP TABLE", "😀", "保洁员" * 20_000, "title:保洁 AND (", "\x00"])
def test_whatever_is_typed_is_answered(market, text):
    assert find(Wanted(text)).rows


def test_impossible_wishes_do_not_break_it(market):
    wanted = Wanted(
        regions=["999"], occupation="9-99", shifts=["x"], kinds=["y"], offers=["z"], access=["q"], page=10**9
    )
    assert find(wanted).total >= 0
    assert find(Wanted(page=-5)).page == 1
    assert TODAY


def test_a_renamed_employer_is_found_by_its_new_name_at_once(market, django_capture_on_commit_callbacks):
    changes.rebuild("vacancies")
    employer = market.employer
    with django_capture_on_commit_callbacks(execute=True):
        employers.edit_employer(
            employer_id=employer.pk, version=employer.version, by=market.clerk, name="北京晨曦包装有限公司"
        )
    found = find(Wanted("晨曦包装"))
    assert set(titles(found)) == {row.title for row in Vacancy.objects.all()}
    assert found.literal == found.total, "by the name itself, not by what comes near"
