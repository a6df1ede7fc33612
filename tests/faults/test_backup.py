"""Backup and restore through the command line: the same rows, the same chain, the same pages; refusals that say why."""

from __future__ import annotations

import json
import re
import shutil

import pytest

from tests.faults.browser import Browser
from tests.faults.installation import Installation

pytestmark = pytest.mark.faults

UPLOAD = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
STORE_A_FILE = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "renben.config.settings"
import django; django.setup()
from renben.kernel import files
from renben.kernel.models import Organization, StoredFile, User
import sys
if sys.argv[1] == "store":
    files.store_bytes(sys.stdin.buffer.read(), name="a.pdf", organization=Organization.objects.get(tier="district"),
                      by=User.objects.get(username="leader"), allow={"pdf"})
else:
    sys.stdout.buffer.write(files.read_bytes(StoredFile.objects.latest("id")))
"""


def pages(site: Installation) -> dict[str, str]:
    """Three pages as the district's leader sees them: a list, a person's file, a case."""
    site.serve()
    try:
        browser = Browser(site.port)
        browser.sign_in("leader")
        cases = browser.get("/cases/").text
        case = re.search(r"/cases/\d+/", cases).group()
        person = re.search(r"/people/\d+/", browser.get("/people/").text).group()
        return {path: browser.get(path).steady for path in ("/cases/", person, case)}
    finally:
        site.kill_web()


def audit_heads(site: Installation) -> dict:
    answer = json.loads(site.must("audit", "verify"))
    assert answer["ok"]
    return answer["heads"]


@pytest.fixture(scope="module")
def backed_up(district, tmp_path_factory):
    """(folder of the backup, pages before it, audit heads at it)."""
    district.must("db", "start")
    district.script(STORE_A_FILE, "store", stdin=UPLOAD)
    before = pages(district)
    heads = audit_heads(district)
    folder = tmp_path_factory.mktemp("backup") / "b"
    district.must("backup", str(folder))
    return folder, before, heads


def test_restored_into_an_empty_place_everything_is_equal(backed_up, empty_place):
    folder, before, heads = backed_up
    counts = json.loads((folder / "manifest.json").read_text())["counts"]
    assert counts["kernel_person"] >= 500 and counts["procedures_case"] > 0
    done = empty_place.renben("restore", str(folder))
    assert done.returncode == 0, done.stderr
    assert audit_heads(empty_place) == heads
    again = empty_place.folder / "again"
    empty_place.must("backup", str(again))
    assert json.loads((again / "manifest.json").read_text())["counts"] == counts
    assert empty_place.script(STORE_A_FILE, "read") == UPLOAD
    after = pages(empty_place)
    assert after.keys() == before.keys()
    for path, text in before.items():
        assert len(text) > 2000
        assert after[path] == text, path


def test_a_place_with_data_is_refused_and_stays(backed_up, district):
    folder, _, _ = backed_up
    heads = audit_heads(district)
    done = district.renben("restore", str(folder))
    assert done.returncode == 1
    assert "不是空的" in done.stderr
    assert audit_heads(district) == heads


def test_a_backup_never_overwrites_another(backed_up, district):
    folder, _, _ = backed_up
    kept = {path.name: path.read_bytes() for path in folder.iterdir()}
    done = district.renben("backup", str(folder))
    assert done.returncode == 1
    assert "空目录" in done.stderr
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == kept


def broken_dump(folder):
    with (folder / "database.dump").open("r+b") as dump:
        dump.seek(5000)
        dump.write(b"\0\0\0\0damaged\0\0\0\0")


def broken_files(folder):
    (folder / "files.tar").write_bytes(b"")


def foreign_keys(folder):
    keys = json.loads((folder / "keys.json").read_text())
    keys["index_key"] = "A" * 43 + "="
    (folder / "keys.json").write_text(json.dumps(keys))


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (broken_dump, "校验值不符"),
        (broken_files, "校验值不符"),
        (lambda folder: (folder / "database.dump").unlink(), "缺少 database.dump"),
        (lambda folder: (folder / "manifest.json").write_text("{"), "清单"),
        (lambda folder: (folder / "keys.json").unlink(), "没有钥匙"),
        (foreign_keys, "不是这份备份的钥匙"),
    ],
    ids=["dump", "files", "no-dump", "manifest", "no-keys", "other-keys"],
)
def test_a_spoiled_backup_is_refused_before_anything_is_made(backed_up, empty_place, tmp_path, spoil, words):
    folder = tmp_path / "copy"
    shutil.copytree(backed_up[0], folder)
    spoil(folder)
    done = empty_place.renben("restore", str(folder))
    assert done.returncode == 1
    assert words in done.stderr
    assert not empty_place.home.exists() or not any(empty_place.home.iterdir())


def test_keys_kept_apart_may_be_put_back_in_the_home(backed_up, empty_place, tmp_path):
    folder = tmp_path / "copy"
    shutil.copytree(backed_up[0], folder)
    empty_place.home.mkdir()
    empty_place.home.chmod(0o755)
    (folder / "keys.json").rename(empty_place.home / "keys.json")
    done = empty_place.renben("restore", str(folder))
    assert done.returncode == 0, done.stderr
    assert empty_place.script(STORE_A_FILE, "read") == UPLOAD
