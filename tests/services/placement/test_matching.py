"""推荐岗位 and 合适的人: parts that add up, filters by name, near misses, the funnel, and the index that keeps up."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from renben.engines.matching.matcher import Matcher
from renben.kernel import clock, events
from renben.services.placement import matching, matching_table, vacancies
from renben.services.placement.matching_rows import Row, Vocabulary, area_mask, context, vacancy_row, wish_rows
from renben.services.placement.models import Vacancy
from tests.services.placement import referral_world
from tests.services.placement.referral_world import TODAY, day

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db):
    matching.forget()
    yield referral_world.make()
    matching.forget()


def numbers(found) -> list[int]:
    return [one.number for one in found]


def test_the_parts_add_up_and_the_nearer_trade_comes_first(world):
    same, small, middle = (world.vacancy(occupation=code) for code in ("6-31-01-07", "6-31-01-05", "6-31-02-01"))
    other = world.vacancy(occupation="4-01-02-01")
    answer = matching.for_seeker(world.seeker())
    assert numbers(answer.top) == [same.pk, small.pk, middle.pk]
    assert [one.parts["occupation"] for one in answer.top] == [40, 28, 16]
    assert all(one.score == sum(one.parts.values()) for one in answer.top)
    assert other.pk not in numbers(answer.near), "another trade is no near miss"


@pytest.mark.parametrize(
    ("vacancy", "wish", "seeker", "failed"),
    [
        ({"month_high_fen": 290_000, "month_low_fen": 250_000}, {}, {}, "wage"),
        ({"education": "20"}, {}, {}, "degree"),
        ({"experience_years": 3}, {}, {"experience_years": 2}, "years"),
        ({"shift": "night"}, {}, {}, "nights"),
        ({"hours_week": 48}, {}, {"hours_week_max": 40}, "hours"),
        ({}, {}, {"needs_housing": True}, "housing"),
        ({"access": ["seated"]}, {}, {"needs": ["wheelchair"]}, "access"),
        ({"work_kind": "part"}, {"work_kind": "full"}, {}, "kind"),
        ({"certificates": ["电工证"]}, {}, {"certificates": ["健康证"]}, "papers"),
        ({}, {"regions": ["110113002000"]}, {}, "place"),
    ],
)
def test_a_near_miss_names_the_one_filter_it_fails(world, vacancy, wish, seeker, failed):
    made = world.vacancy(**vacancy)
    answer = matching.for_seeker(world.seeker(wish=wish, **seeker))
    assert answer.top == []
    assert [(one.number, one.failed) for one in answer.near] == [(made.pk, failed)]
    assert matching_table.table().filter(failed).fails
    widened = matching.for_seeker(world.seeker("李红", wish=wish, **seeker), without=[failed])
    assert numbers(widened.top) == [made.pk]


def test_the_funnel_says_where_everything_is_lost(world):
    world.vacancy()
    world.vacancy(month_high_fen=200_000, month_low_fen=200_000)
    world.vacancy(occupation="4-01-02-01")
    answer = matching.for_seeker(world.seeker())
    left = dict(answer.funnel)
    assert answer.total == 3
    assert (left["occupation"], left["place"], left["wage"], left["access"]) == (2, 2, 1, 1)


def test_skills_count_whatever_the_spacing_and_certificates_among_them(world):
    made = world.vacancy(skills=["叉车", "Excel 表格"], certificates=["健康证"])
    answer = matching.for_seeker(world.seeker(skills=["excel表格", "叉车"], certificates=["健康证"]))
    assert (answer.top[0].number, answer.top[0].parts["skills"]) == (made.pk, 8)


def test_the_second_wish_counts_too(world):
    from renben.services.placement.models import SeekerWish

    seeker = world.seeker(wish={"occupation": "4-01-02-01", "title": "营业员"})
    SeekerWish.objects.create(seeker=seeker, rank=2, title="包装工", occupation="6-31-01-07")
    made = world.vacancy()
    found = matching.for_seeker(seeker).top
    assert [(one.number, one.wish) for one in found] == [(made.pk, 1)]


def test_both_directions_say_the_same_of_a_pair(world):
    seeker, vacancy = world.seeker(skills=["装箱"], experience_years=4), world.vacancy(skills=["装箱"])
    one = matching.for_seeker(seeker).top[0]
    other = matching.for_vacancy(vacancy).top[0]
    assert other.number == seeker.pk and one.number == vacancy.pk
    assert (one.parts, one.score) == (other.parts, other.score)
    assert matching.for_vacancy(vacancy, only=[]).top == []


def test_what_changes_is_seen_at_the_next_question(world):
    seeker = world.seeker()
    assert matching.for_seeker(seeker).top == []
    made = world.vacancy()
    events.emit(events.VacancyChanged(made.pk))
    assert numbers(matching.for_seeker(seeker).top) == [made.pk]
    vacancies.fill(vacancy=made, by=world.clerk, count=2)
    assert matching.for_seeker(seeker).top == [], "no filled vacancy is recommended any more"


def test_a_row_past_its_day_is_not_shown(world):
    seeker, made = world.seeker(), world.vacancy(valid_until=TODAY)
    assert numbers(matching.for_seeker(seeker).top) == [made.pk]
    Vacancy.objects.filter(pk=made.pk).update(valid_until=day("2026-11-22"))
    matching.forget()
    assert matching.for_seeker(seeker).top == []


CODES = ("6-31-01-07", "6-31-01-05", "6-31-02-01", "4-01-02-01", "")


def _column(rng: random.Random, name: str) -> int:
    if name in ("nights", "housing"):
        return rng.randrange(2)
    if name in ("access", "kind", "papers"):
        return rng.choice((0, 1, 3, 7))
    if name.startswith("skill"):
        return rng.choice((0, *range(1, 12)))
    if name in ("posted", "until"):
        return context(TODAY)["today"] + rng.randrange(-40, 5)
    if name == "crowd":
        return rng.randrange(40)
    if name in ("wage", "wage_top"):
        return rng.randrange(250, 520)
    return rng.randrange(1, 5) if name in ("detail", "small", "village", "street") else rng.randrange(6, 40)


def _row(rng: random.Random, side: str, number: int) -> Row:
    columns = {name: _column(rng, name) for name in matching_table.table().columns(side)}
    skills = [name for name in columns if name.startswith("skill")]
    for name, value in zip(skills, rng.sample(range(1, 20), len(skills)), strict=True):
        columns[name] = value if rng.random() < 0.6 else 0
    area = rng.randrange(4) if side == "offer" else rng.choice((0, 0b11, 0b1111))
    return Row(number, 0, rng.choice((-1, 0, 1)), area, columns)


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000))
def test_index_twin_and_look_agree_with_the_plain_table_on_any_rows(db, seed):
    rng, table, today = random.Random(seed), matching_table.table(), context(TODAY)
    offers = [_row(rng, "offer", number) for number in range(rng.randrange(1, 40))]
    wish = _row(rng, "wish", 7)
    held = matching.Index(
        Matcher(table, "offer").fill(matching.as_rows("offer", offers, table)),
        Vocabulary(),
        matching.matching_changes.Seen(0),
    )
    judged = {one.number: matching_table.score_one(one, wish, today, table) for one in offers}
    tie = {one.number: one.columns["posted"] for one in offers}
    passing = [number for number, one in judged.items() if not one.failed]
    wanted = sorted(passing, key=lambda n: (-judged[n].score, -tie[n], n))[:10]
    answer = matching.look(held, [wish], size=10)
    assert numbers(answer.top) == wanted
    assert all(one.parts == judged[one.number].parts for one in answer.top)
    for one in answer.near:
        assert judged[one.number].failed == (one.failed,)
    best = held.matcher.best(matching.as_rows("wish", [wish], table), 10, today, compiled=False)
    assert [n for n in best.numbers[0].tolist() if n >= 0] == wanted


def test_wishes_and_vacancies_carry_nothing_that_must_not_count(world):
    vocabulary = Vocabulary.of_district()
    seeker, vacancy = world.seeker(), world.vacancy()
    seen = {
        **vacancy_row(vacancy, vocabulary).columns,
        **wish_rows(seeker, list(seeker.wishes.all()), vocabulary, TODAY)[0].columns,
    }
    assert not {"sex", "ethnicity", "hukou_kind", "birth_on", "health", "disability"} & set(seen)
    assert set(seen) == set(matching_table.table().offer) | set(matching_table.table().wish)
    assert area_mask(["110113001000"], vocabulary) == 0b11 and area_mask([], vocabulary) == 0
    assert clock.today() == TODAY
