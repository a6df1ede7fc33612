"""Several shards give the answer of one: in one process always, over Ray where it is installed (`./test` installs it)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from renben.engines.matching.matcher import Matcher
from renben.engines.matching.shards import merge, split
from tests.engines.matching.worlds import TABLE, TODAY, listed, some, worlds

ROOT = Path(__file__).resolve().parents[3]


@given(worlds, st.integers(1, 5), st.sampled_from([1, 7, 40]))
@settings(max_examples=60, deadline=None)
def test_the_merged_answer_is_that_of_one(world, many, size):
    offers, wishes = world
    for side, stored, asking in (("offer", offers, wishes), ("wish", wishes, offers)):
        whole = Matcher(TABLE, side).fill(stored).best(asking, size, TODAY)
        parts = [Matcher(TABLE, side).fill(one).best(asking, size, TODAY) for one in split(stored, many)]
        assert listed(merge(parts, size)) == listed(whole)


def test_every_row_is_in_one_shard_with_all_forms_of_its_number():
    stored = some("wish", 160, 7, owners=40)
    shards = split(stored, 3)
    assert sum(one.size for one in shards) == stored.size
    owners = [set(one.ids.tolist()) for one in shards]
    assert not owners[0] & owners[1] and not owners[1] & owners[2] and not owners[0] & owners[2]


def test_ray_actors_give_the_answer_of_one_process():
    """`./test` installs Ray before any test; where it is missing this fails rather than stays silent."""
    env = {**os.environ, "RAY_USAGE_STATS_ENABLED": "0", "RAY_DISABLE_IMPORT_WARNING": "1", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", "tests.engines.matching.ray_run"],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    told = json.loads(done.stdout.strip().splitlines()[-1])
    assert told.pop("rows") > 5_000 and told == {"same": True, "gone": True, "back": True}
