"""`renben search` and `renben index rebuild`: the answer of the page as JSON alone, the index anew from the rows."""

from __future__ import annotations

import json

from renben import cli
from renben.engines.search import changes
from renben.services.placement.models import Vacancy
from tests.services.placement.vacancy_office import desk  # noqa: F401 - the fixture


def run(capsys, monkeypatch, *words: str):
    """What the command printed as JSON, and what it said beside it."""
    monkeypatch.setattr(cli, "django_up", lambda **_: None)
    assert cli.main(list(words)) == 0
    out, err = capsys.readouterr()
    return json.loads(out), err


def test_the_command_answers_what_the_page_shows(desk, capsys, monkeypatch):  # noqa: F811
    one = desk.published(title="仓库分拣员", wage_high_fen=600_000)
    desk.published(title="保洁员", wage_low_fen=300_000, wage_high_fen=350_000)
    answer, _ = run(capsys, monkeypatch, "search", "分拣", "--json", "--wage", "5000")
    assert [row["id"] for row in answer["rows"]] == [one.pk]
    assert answer["rows"][0]["title"] == "仓库分拣员"
    assert answer["rows"][0]["wage_high_fen"] == 600_000
    assert answer["total"] == answer["literal"] == 1
    answer, _ = run(capsys, monkeypatch, "search", "fenjianyuan", "--json")
    assert [note["kind"] for note in answer["notes"]] == ["sound"]
    assert answer["rows"][0]["id"] == one.pk


def test_without_json_the_notes_are_said_and_the_rows_printed(desk, capsys, monkeypatch):  # noqa: F811
    desk.published(title="仓库分拣员")
    monkeypatch.setattr(cli, "django_up", lambda **_: None)
    assert cli.main(["search", "量子引力工程"]) == 0
    out, err = capsys.readouterr()
    assert "仓库分拣员" in out
    assert "量子引力" in err


def test_rebuild_counts_what_recruits(desk, capsys, monkeypatch):  # noqa: F811
    desk.published(title="仓库分拣员")
    desk.register(title="还没审核的岗位")
    Vacancy.objects.filter(title="仓库分拣员").update(title="分拣组长")
    done, err = run(capsys, monkeypatch, "index", "rebuild")
    assert [(row["name"], row["documents"]) for row in done] == [("seekers", 0), ("vacancies", 1)]
    assert "vacancies" in err
    assert changes.store_of("vacancies").state() is not None
    answer, _ = run(capsys, monkeypatch, "search", "分拣组长", "--json")
    assert answer["rows"][0]["title"] == "分拣组长"
