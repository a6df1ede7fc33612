"""One side over several processes or machines, each with the same kernel, and one answer: the lists merged by their keys.

A number and all its forms live in one shard, so no number is found twice, and the key orders rows the same wherever they are. Ray
carries the shards where it is installed (`requirements-ray.in`); the platform itself does without.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from .matcher import Best, Matcher
from .rows import Rows
from .table import Side, Table


def split(rows: Rows, many: int) -> list[Rows]:
    """The rows in so many shards, by number."""
    return [rows.take(np.flatnonzero(rows.ids % many == shard)) for shard in range(many)]


def merge(answers: Sequence[Best], size: int) -> Best:
    """One answer from those of all shards to the same question; each must list at least `size` rows where it has them."""
    keys = np.concatenate([one.keys for one in answers], axis=1)
    vias = np.concatenate([one.vias for one in answers], axis=1)
    order = np.argsort(-keys, axis=1, kind="stable")[:, :size]
    keys, vias = np.take_along_axis(keys, order, axis=1), np.take_along_axis(vias, order, axis=1)
    return Best(answers[0].owners, keys, np.where(keys < 0, np.int16(0), vias), (keys >= 0).sum(axis=1))


class Shard:
    """What one process holds: a matcher that answers with plain arrays."""

    def __init__(self, table: Table, side: Side, rows: Rows):
        self.matcher = Matcher(table, side).fill(rows)

    def best(self, asking: Rows, size: int, context: Mapping[str, int]) -> Best:
        return self.matcher.best(asking, size, context)

    def put(self, rows: Rows) -> None:
        self.matcher.put(rows)

    def remove(self, number: int) -> bool:
        return self.matcher.remove(number)


class RayShards:
    """Shards as actors of a Ray that has been started (`ray.init`). Asked and changed like a matcher."""

    def __init__(self, table: Table, side: Side, rows: Rows, many: int):
        import ray

        self._ray = ray
        actor = ray.remote(num_cpus=1)(Shard)
        self._shards: list[Any] = [actor.remote(table, side, part) for part in split(rows, many)]

    def best(self, asking: Rows, size: int, context: Mapping[str, int]) -> Best:
        """As `Matcher.best`: every shard answers for itself, at the same time."""
        shared = self._ray.put(asking)
        return merge(self._ray.get([one.best.remote(shared, size, dict(context)) for one in self._shards]), size)

    def put(self, rows: Rows) -> None:
        """All rows of one number, in place of what it had."""
        self._ray.get(self._of(int(rows.ids[0])).put.remote(rows))

    def remove(self, number: int) -> bool:
        return self._ray.get(self._of(number).remove.remote(number))

    def _of(self, number: int) -> Any:
        return self._shards[number % len(self._shards)]
