"""What is stored and what asks: offers or wishes in columns of int16, each with its number, group and areas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from .table import HIGHEST, LOWEST, Side, Table, TableError

MOST_VARIANTS = 8
"""Wishes of one seeker, or forms of one offer (a post in two places), at most."""
HIGHEST_ID = 2**32 - 1


@dataclass(frozen=True)
class Rows:
    """Rows of one side, all arrays of one length.

    ids: number of the seeker or offer (int64, 0 to 2³²-1); variants: which of its wishes or forms (int64, 0 to 7);
    groups: int16, -1 unknown or any; areas: uint64, one bit for each area; columns: int16 by name.
    """

    side: Side
    ids: np.ndarray
    variants: np.ndarray
    groups: np.ndarray
    areas: np.ndarray
    columns: Mapping[str, np.ndarray]

    @property
    def size(self) -> int:
        return self.ids.size

    def take(self, places: np.ndarray | slice) -> Rows:
        """Some of the rows, in the order given."""
        columns = {name: values[places] for name, values in self.columns.items()}
        return Rows(
            self.side, self.ids[places], self.variants[places], self.groups[places], self.areas[places], columns
        )

    def by_owner(self) -> Rows:
        """Sorted by number and variant."""
        return self.take(np.lexsort((self.variants, self.ids)))


def offers(table: Table, ids, groups, areas, columns: Mapping, *, variants=None) -> Rows:
    """Offers as rows. `areas`: one number each. TableError when a value has no place in the table."""
    numbers = _whole(areas, "area", 0, table.area.count - 1)
    return _rows(table, "offer", ids, variants, groups, np.uint64(1) << numbers.astype(np.uint64), columns)


def wishes(table: Table, ids, groups, areas, columns: Mapping, *, variants=None) -> Rows:
    """Wishes as rows. `areas`: a mask with one bit for each area that will do; 0 is anywhere. `groups`: -1 is any."""
    every = np.uint64(2**table.area.count - 1)
    masks = np.asarray(areas, dtype=np.uint64)
    if masks.size and (masks & ~every).any():
        raise TableError(f"地区超出 {table.area.count} 个。")
    return _rows(table, "wish", ids, variants, groups, np.where(masks == 0, every, masks), columns)


def _rows(table: Table, side: Side, ids, variants, groups, areas: np.ndarray, columns: Mapping) -> Rows:
    keys = _whole(ids, "id", 0, HIGHEST_ID)
    which = (
        np.zeros(keys.size, dtype=np.int64) if variants is None else _whole(variants, "variant", 0, MOST_VARIANTS - 1)
    )
    named = _whole(groups, "group", -1, table.group.count - 1).astype(np.int16)
    wanted, codes = table.columns(side), table.codes(side)
    if set(columns) != set(wanted):
        strange = sorted(set(columns) ^ set(wanted))
        raise TableError(f"列与匹配表不符：{'、'.join(strange)}。")
    values = {
        name: _whole(columns[name], name, 0 if name in codes else LOWEST, HIGHEST).astype(np.int16) for name in wanted
    }
    if {one.size for one in (which, named, areas, *values.values())} - {keys.size}:
        raise TableError("各列的长度不一样。")
    for names in table.code_sets(side):
        _once(values, names)
    return Rows(side, keys, which, named, areas, values)


def _once(values: dict[str, np.ndarray], names: list[str]) -> None:
    """Takes out (0) a code that an earlier column of the set holds already."""
    for later, name in enumerate(names):
        for earlier in names[:later]:
            same = (values[name] == values[earlier]) & (values[name] != 0)
            if same.any():
                values[name] = np.where(same, np.int16(0), values[name])


def _whole(values, name: str, low: int, high: int) -> np.ndarray:
    """As int64 between the bounds. TableError otherwise: nothing is cut off silently."""
    found = np.asarray(values)
    if found.size and found.dtype.kind not in "iub":
        raise TableError(f"{name} 必须是整数。")
    found = found.astype(np.int64)
    if found.size and (found.min() < low or found.max() > high):
        raise TableError(f"{name} 必须在 {low} 至 {high} 之间。")
    return found
