"""The index follows the database: changes, loss, damage, other versions, several processes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import textwrap
import threading

import pytest
from django.db import connection, transaction

from renben.engines.search import changes, fields, searching, sources
from renben.engines.search.models import PendingChange
from tests.engines.search.conftest import Shelf


def add(shelf: Shelf, key: int, title: str) -> None:
    shelf.rows[key] = Shelf.document(key, title, "", "6-00-00-00", "110113001001", 1)
    changes.changed("posts", [key])


def test_a_change_is_pending_until_drained_and_then_visible(shelf, posts):
    assert "挖掘机司机" not in posts("挖掘机")[0]
    add(shelf, 50, "挖掘机司机")
    assert PendingChange.objects.count() == 1
    assert changes.drain() == 1
    assert PendingChange.objects.count() == 0
    assert posts("挖掘机")[0] == ["挖掘机司机"]
    del shelf.rows[50]
    changes.changed("posts", [50])
    changes.drain()
    assert "挖掘机司机" not in posts("挖掘机")[0]
    assert searching.holds("posts") == 11


def test_a_changed_row_replaces_its_old_text(shelf, posts):
    posts("保洁员")
    add(shelf, 5, "护理员")
    changes.drain()
    assert posts("护理员")[0] == ["护理员"]
    assert "保洁员" not in posts("小区保洁")[0]
    assert searching.holds("posts") == 11


def test_the_commit_brings_the_index_up_to_date_and_a_rollback_leaves_nothing(
    shelf, posts, django_capture_on_commit_callbacks
):
    posts()
    with django_capture_on_commit_callbacks(execute=True) as after_commit, transaction.atomic():
        add(shelf, 60, "叉车司机")
        add(shelf, 61, "叉车维修工")
    assert len(after_commit) == 1
    assert set(posts("叉车")[0]) == {"叉车司机", "叉车维修工"}
    assert not PendingChange.objects.exists()
    with pytest.raises(ValueError), transaction.atomic():
        changes.changed("posts", [62])
        raise ValueError
    assert not PendingChange.objects.exists()


def test_rows_left_while_another_process_writes_are_taken_afterwards(shelf, posts):
    held, free = threading.Event(), threading.Event()

    def other() -> None:
        with changes._alone(wait=0) as ours:
            assert ours
            held.set()
            free.wait(10)
        connection.close()

    thread = threading.Thread(target=other)
    thread.start()
    held.wait(10)
    add(shelf, 63, "塔吊司机")
    assert changes.drain() == 0
    assert PendingChange.objects.count() == 1
    free.set()
    thread.join()
    assert changes.drain() == 1
    assert posts("塔吊")[0] == ["塔吊司机"]


def test_a_failing_index_does_not_undo_the_act(shelf, posts, monkeypatch, caplog, django_capture_on_commit_callbacks):
    posts()
    with monkeypatch.context() as broken:
        broken.setattr(changes.Store, "apply", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
        with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
            add(shelf, 64, "水暖工")
    assert PendingChange.objects.count() == 1
    assert "were not taken" in caplog.text
    changes.drain()
    assert posts("水暖工")[0] == ["水暖工"]


def cut(path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def scribble(path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 0xFF
    path.write_bytes(content)


@pytest.mark.parametrize("harm", [os.unlink, cut, scribble], ids=["deleted", "cut short", "altered"])
def test_damaged_files_are_noticed_and_repaired_while_readers_go_on(shelf, posts, folder, monkeypatch, harm):
    before, _ = posts("包装")
    for path in list(folder.glob("generation-*/*")):
        if path.stat().st_size > 20:
            harm(path)
    assert posts("包装")[0] == before
    add(shelf, 70, "包装机操作工")
    changes.drain()
    assert "包装机操作工" in posts("包装")[0]
    assert set(before) < set(posts("包装")[0])
    monkeypatch.setattr(searching, "_readers", {})
    assert set(before) < set(posts("包装")[0])


@pytest.mark.parametrize("part", ["term", "idx", "fast", "store", "fieldnorm", "pos"])
def test_each_kind_of_file_is_checked_at_opening(shelf, posts, folder, monkeypatch, part):
    before, _ = posts("包装")
    for path in folder.glob(f"generation-*/*.{part}"):
        cut(path)
    monkeypatch.setattr(searching, "_readers", {})
    assert posts("包装")[0] == before


def test_a_lost_folder_is_built_anew_under_an_open_reader(shelf, posts, folder):
    before, _ = posts("包装")
    shutil.rmtree(folder)
    assert posts("包装")[0] == before
    assert (folder / "current").exists()


def test_an_index_of_another_version_is_built_anew(shelf, posts, monkeypatch):
    posts()
    shelf.rows[80] = Shelf.document(80, "木工", "", "6-00-00-00", "110113001001", 1)
    monkeypatch.setattr(fields, "VERSION", "next")
    monkeypatch.setattr(searching, "_readers", {})
    assert posts("木工")[0] == ["木工"]


def test_rows_loaded_past_the_acts_are_noticed_at_opening_and_by_the_check(shelf, posts, monkeypatch):
    posts()
    shelf.rows[81] = Shelf.document(81, "瓦工", "", "6-00-00-00", "110113001001", 1)
    assert searching.check("posts") is False
    assert posts("瓦工")[0] == ["瓦工"]
    assert searching.check("posts") is True
    shelf.rows[82] = Shelf.document(82, "油漆工", "", "6-00-00-00", "110113001001", 1)
    monkeypatch.setattr(searching, "_readers", {})
    assert posts("油漆工")[0] == ["油漆工"]


def test_no_copy_of_a_reader_and_no_old_generation_stays(shelf, posts, folder):
    posts()
    changes.rebuild("posts")
    posts()
    assert len(list(folder.glob("generation-*"))) == 1
    assert not list(folder.glob(".reader-*"))


def test_a_copy_that_is_written_to_while_it_goes_stops_no_reader(shelf, posts, folder, monkeypatch):
    before, _ = posts("包装")
    real, refused = os.rmdir, []

    def busy(path, **more):
        if not refused and ".reader-" in str(path):
            refused.append(path)
            raise OSError(39, "Directory not empty")
        real(path, **more)

    monkeypatch.setattr(os, "rmdir", busy)
    monkeypatch.setattr(searching, "_readers", {})
    assert posts("包装")[0] == before and refused
    assert not list(folder.glob(".reader-*"))


def test_an_unknown_source_is_a_fault_of_the_program(shelf):
    with pytest.raises(KeyError, match="posts"):
        sources.source("nothing")
    with pytest.raises(KeyError):
        changes.changed("nothing", [1])


def test_what_another_process_wrote_is_seen_at_once(shelf, posts, folder):
    """The writer is a process of its own; this one only looks at the files."""
    posts()
    code = f"""
    from pathlib import Path
    from renben.engines.search.store import Store
    from renben.engines.search.sources import Document, SearchSource
    source = SearchSource("posts", list, list, int, ("occupation", "region"), ("wage",))
    Store(Path({str(folder)!r}), source).apply([Document(90, "消防员", numbers={{"wage": 1}})], [90])
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(code)], check=True)
    shelf.rows[90] = Shelf.document(90, "消防员", "", "3-02-03-01", "110113001001", 1)
    assert posts("消防员")[0][0] == "消防员"
