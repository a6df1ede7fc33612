"""Titles to occupation codes: right often enough on titles not seen, and calm whatever is typed."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys

import pytest

from renben.engines.coding import codetree, occupations
from renben.kernel.regions_data import CODES_DIR, read_table

TITLES = [(row["title"], row["code"]) for row in read_table(CODES_DIR / "occupation_titles.csv")]


def is_held_out(title: str) -> bool:
    """The fixed fifth of the titles that a test model never sees."""
    return int(hashlib.sha256(f"fold|{title}".encode()).hexdigest(), 16) % 5 == 0


@pytest.fixture(scope="module")
def model_of_four_fifths():
    unseen = {occupations.clean_title(title) for title, _ in TITLES if is_held_out(title)}
    names = {code.name for code in occupations.tree()}
    # An official name stays, also when somebody once wrote exactly that.
    kept = [one for one in occupations.examples() if one[0] not in unseen or (one[2] < 1 and one[0] in names)]
    return occupations.trained(kept)


def test_titles_not_seen_are_coded_well_enough(model_of_four_fifths):
    held_out = [row for row in TITLES if is_held_out(row[0])]
    found = occupations.agreement(model_of_four_fifths, held_out)
    assert len(held_out) > 800
    assert found["group"] >= 0.66, found
    assert found["top"] >= 0.78, found


def test_confidence_means_what_it_says(model_of_four_fifths):
    said: list[float] = []
    right: list[bool] = []
    for title, code in TITLES:
        guesses = model_of_four_fifths.predict(occupations.clean_title(title), 1) if is_held_out(title) else []
        said += [confidence for _, confidence in guesses]
        right += [guess == code for guess, _ in guesses]
    for low, high in ((0.0, 0.4), (0.4, 0.8), (0.8, 1.01)):
        these = [i for i, confidence in enumerate(said) if low <= confidence < high]
        meant = sum(said[i] for i in these) / len(these)
        assert len(these) > 100
        assert abs(sum(right[i] for i in these) / len(these) - meant) < 0.15, (low, meant)


def test_the_best_five_carry_names_paths_and_falling_confidence():
    found = occupations.predict("食品包装工")
    assert len(found) == 5
    assert [guess.confidence for guess in found] == sorted((g.confidence for g in found), reverse=True)
    assert sum(guess.confidence for guess in found) <= 1.001
    best = found[0]
    assert best.name == occupations.tree().name(best.code)
    assert best.path[-1] == best.name
    assert len(best.path) >= 3


@pytest.mark.parametrize(
    ("title", "like"),
    [
        ("ＪＡＶＡ工程师", "java工程师"),
        ("保 洁 员", "保洁员"),
        ("🚗司机🚗", "司机"),
        ("（急聘）", "急聘"),
        ("Java工程师", "java工程师"),
    ],
)
def test_width_spaces_brackets_emoji_and_case_do_not_matter(title, like):
    assert occupations.predict(title) == occupations.predict(like)
    assert occupations.predict(title)


@pytest.mark.parametrize("title", ["", "   ", None, "😀😀", "《》——", "\x00\u200b", "ᚠᚢᚦ"])
def test_what_says_nothing_gets_no_guess(title):
    assert occupations.predict(title) == []


def test_a_whole_advertisement_is_judged_by_its_beginning():
    assert occupations.predict("电焊工" + "包吃包住" * 12_500)[0].path[0] == occupations.predict("电焊工")[0].path[0]


def test_official_names_come_first():
    names = [code.name for code in occupations.tree() if not occupations.tree().children(code.code)]
    assert [name for name in names if occupations.predict(name)[0].name != name] == []
    assert occupations.predict(names[0])[0].confidence >= 0.9


def test_a_broken_model_is_made_again(tmp_path, monkeypatch, model_of_four_fifths):
    made = []
    monkeypatch.setattr(occupations, "renben_home", lambda: tmp_path)
    monkeypatch.setattr(occupations, "_held", None)
    monkeypatch.setattr(occupations, "trained", lambda samples: made.append(1) or model_of_four_fifths)
    path = occupations.ensure()
    path.write_bytes(path.read_bytes()[:50_000])
    assert occupations.predict("保洁员")
    assert len(made) == 2
    occupations.ensure()
    assert len(made) == 2


def test_the_tables_are_whole_trees():
    occupation, industry = codetree.code_tree("occupations"), codetree.code_tree("industries")
    assert len(industry) == 1971
    assert industry.path("C1311") == ["制造业", "农副食品加工业", "谷物磨制", "稻谷加工"]
    for tree in (occupation, industry):
        for code in tree:
            line = [tree[one].level for one in tree.ancestry(code.code)]
            assert line == sorted(set(line)), code
            assert line[0] == 1, code
    assert {code for _, code in TITLES} <= {code.code for code in occupation}
    assert occupation.name("no such") == "no such"
    assert occupation.path("no such") == []


def test_names_are_found_by_words_and_by_code():
    tree = occupations.tree()
    assert [code.name for code in tree.named("保洁员")][:1] == ["保洁员"]
    assert all(code.code.startswith("4-02-02") for code in tree.named("4-02-02"))
    assert tree.named("") == []


def test_the_command_line_answers_without_a_database():
    code = "import sys; from renben.cli import main; sys.exit(main(['occupations', '保洁员', '--json']))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    rows = json.loads(done.stdout)
    assert [set(row) for row in rows] == [{"title", "guesses"}]
    assert rows[0]["guesses"][0].keys() == {"code", "name", "path", "confidence"}
