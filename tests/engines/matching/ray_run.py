"""Run by test_shards in a process of its own: two Ray actors against one matcher. Prints one line of JSON."""

from __future__ import annotations

import json
import shutil
import tempfile

import ray

from bench import matching_world as city
from renben.engines.matching.matcher import Best, Matcher
from renben.engines.matching.shards import RayShards


def _same(one: Best, other: Best) -> bool:
    return bool(
        (one.keys == other.keys).all() and (one.vias == other.vias).all() and (one.filled == other.filled).all()
    )


def main() -> None:
    home = tempfile.mkdtemp(prefix="rb-ray-")
    ray.init(
        num_cpus=2, include_dashboard=False, log_to_driver=False, object_store_memory=100 * 2**20, _temp_dir=home,
        _node_ip_address="127.0.0.1",
    )  # fmt: skip
    try:
        offers, seekers = city.offers(4_000), city.wishes(800)
        one, shards = Matcher(city.the_table(), "offer").fill(offers), RayShards(city.the_table(), "offer", offers, 2)
        alone, together = (side.best(seekers, 20, city.TODAY) for side in (one, shards))
        first = int(alone.numbers[0, 0])
        shards.remove(first)
        gone = first not in shards.best(seekers, 20, city.TODAY).numbers
        shards.put(offers.take(offers.ids == first))
        told = {"rows": int(alone.filled.sum()), "same": _same(alone, together), "gone": gone,
                "back": _same(alone, shards.best(seekers, 20, city.TODAY))}  # fmt: skip
        print(json.dumps(told))
    finally:
        ray.shutdown()
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
