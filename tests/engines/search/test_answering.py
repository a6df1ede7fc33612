"""What a question finds, in which order, and what the answer says when it did more than was asked."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from renben.engines.search import tokens
from renben.engines.search.asking import AnyOf, Between, Likely

IN_RENHE = AnyOf(
    "region", ("110113003",), "仁和地区", wider=((("110113003", "110113002"), "邻近街道"), (("110113",), "顺义区"))
)
CLEANING = Likely("occupation", "4-09-08", 0.8, "环境卫生服务人员")


def test_the_exact_title_comes_first_then_titles_then_texts(posts):
    titles, answer = posts("包装工")
    assert titles[:2] == ["包装工", "食品包装工"]
    assert answer.literal == answer.total
    titles, _ = posts("包装")
    assert titles.index("仓库保管员") > max(titles.index("包装设计师"), titles.index("食品包装工"))


@pytest.mark.parametrize("text", ["ＪＡＶＡ工程师", "java 工程师", "JAVA", "🙂Java🙂"])
def test_width_case_and_emoji_do_not_matter(posts, text):
    assert posts(text)[0][0] == "Java 工程师"


def test_signs_of_a_language_are_part_of_its_name(posts):
    assert posts("c++")[0] == ["C++开发"]


def test_one_character_is_enough(posts):
    assert posts("焊")[0] == ["电焊工（急聘）"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("包庄工", "包装工"),
        ("宝洁员", "保洁员"),
        ("baojieyuan", "保洁员"),
        ("dianhangong", "电焊工（急聘）"),
        ("yinhang", "银行大堂经理"),
    ],
)
def test_wrong_characters_and_letters_are_found_by_sound_and_said(posts, typed, meant):
    titles, answer = posts(typed)
    assert titles[0] == meant
    assert answer.literal == 0
    assert [note.kind for note in answer.notes] == ["sound"]
    assert typed in answer.notes[0].text


def test_initials_find_the_title(posts):
    assert "包装工" in posts("bzg")[0]


def test_a_wrong_character_is_forgiven_and_said(posts):
    titles, answer = posts("仓库保答员")
    assert (titles, [note.kind for note in answer.notes]) == (["仓库保管员"], ["slip"])


def test_of_several_words_some_are_enough_and_it_is_said(posts):
    titles, answer = posts("保洁员 班车")
    assert titles[0] == "保洁员"
    assert [note.kind for note in answer.notes] == ["partly"]


def test_what_the_words_mean_is_added_after_what_they_say_and_said(posts):
    titles, answer = posts("保洁员", likely=[CLEANING])
    assert titles[:2] == ["保洁员", "小区保洁"]
    assert answer.literal == 1
    assert answer.notes[0].kind == "code"
    assert "环境卫生服务人员" in answer.notes[0].text
    titles, answer = posts("扫地阿姨", likely=[CLEANING])
    assert set(titles) == {"保洁员", "小区保洁"}
    assert answer.notes[0].kind == "code"


def test_an_unlikely_meaning_finds_nothing_by_itself(posts):
    unlikely = Likely("occupation", "4-09-08", 0.1, "环境卫生服务人员")
    assert posts("包装工", likely=[unlikely])[1].total == posts("包装工")[1].total


def test_filters_hold(posts, shelf):
    dear = Between("wage", 5000, 9000, "月薪5000到9000元")
    titles, answer = posts(filters=[dear])
    assert answer.total == sum(5000 <= row.numbers["wage"] <= 9000 for row in shelf.rows.values())
    assert all(5000 <= shelf.rows[key].numbers["wage"] <= 9000 for key in answer.keys)
    titles, _ = posts("保洁", filters=[IN_RENHE])
    assert titles == ["保洁员"]


def test_without_words_everything_under_the_filters_is_listed(posts):
    titles, answer = posts(filters=[IN_RENHE])
    assert set(titles) == {"包装工", "食品包装工", "保洁员"}
    assert answer.notes == []


def test_a_place_without_any_is_widened_step_by_step_and_said(posts):
    titles, answer = posts("客房清洁工", filters=[IN_RENHE])
    assert titles == ["客房清洁工"]
    assert [note.kind for note in answer.notes] == ["wider"]
    assert "仁和地区" in answer.notes[0].text
    assert "邻近街道" in answer.notes[0].text
    assert "顺义区" in posts("电焊工", filters=[IN_RENHE])[1].notes[0].text


def test_a_filter_that_leaves_nothing_is_dropped_and_said_with_what_each_costs(posts):
    rich = Between("wage", 100_000, None, "月薪10万元以上")
    titles, answer = posts("保洁", filters=[rich])
    assert titles
    assert [note.kind for note in answer.notes] == ["without"]
    assert "月薪10万元以上" in answer.notes[0].text
    assert [(offer.words, offer.total) for offer in answer.offers] == [("月薪10万元以上", 2)]


def test_a_required_filter_is_never_dropped(posts):
    nowhere = AnyOf("region", ("999999",), "看不到的", required=True)
    titles, answer = posts("保洁", filters=[nowhere])
    assert titles == []
    assert answer.total == 0


def test_words_nobody_knows_still_show_something(posts):
    titles, answer = posts("量子引力")
    assert len(titles) == 11
    assert [note.kind for note in answer.notes] == ["all"]


def test_order_by_a_number_both_ways_and_pages(posts, shelf):
    wages = [row.numbers["wage"] for row in shelf.rows.values()]
    for descending in (True, False):
        _, answer = posts(order="wage", descending=descending)
        found = [shelf.rows[key].numbers["wage"] for key in answer.keys]
        assert found == sorted(wages, reverse=descending)
    _, first = posts(order="wage", limit=4)
    _, second = posts(order="wage", limit=4, offset=4)
    _, both = posts(order="wage", limit=8)
    assert first.keys + second.keys == both.keys
    assert first.total == 11


def test_another_order_does_not_mix_in_what_only_means_the_same(posts):
    titles, answer = posts("客房清洁工", likely=[CLEANING], order="wage", descending=False)
    assert titles == ["客房清洁工"]


def test_near_places_rank_higher(posts):
    titles, _ = posts("保洁", near=("region", ("110113002001", "110113002", "110113")))
    assert titles[0] == "小区保洁"
    titles, _ = posts("保洁", near=("region", ("110113003001", "110113003", "110113")))
    assert titles[0] == "保洁员"


def test_counts_by_code_are_those_of_the_results(posts, shelf):
    _, answer = posts(filters=[IN_RENHE], facets=("occupation",))
    assert answer.facets["occupation"]["6-31-05"] == 2
    assert sum(n for code, n in answer.facets["occupation"].items() if len(code) == 10) == answer.total


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=60), low=st.integers(), high=st.integers())
def test_nothing_typed_breaks_it(posts, text, low, high):
    _, answer = posts(text, filters=[Between("wage", low, high, "月薪")])
    assert len(answer.keys) == min(answer.total, 20)


def test_a_question_of_50_000_characters_is_answered(posts):
    assert posts("保洁员" + "包吃包住" * 12_500)[1].total
    assert posts("a" * 50_000)[1].total


def test_letters_are_read_as_syllables():
    assert tokens.spelled("baozhuanggong") == ["bao", "zhuang", "gong"]
    assert tokens.spelled("bzg") == []
    assert tokens.spelled("") == []
