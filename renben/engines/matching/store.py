"""Rows of one side in memory: int16 columns, rows of one bucket next to each other with room to spare, changed in place.

A bucket is a group (wishes) or a group and an area (offers); one more group holds what is of unknown group, or wants any.
A full bucket moves to the end with twice the room; when the end is reached, all is laid out anew from what is there.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from .program import AREA_BITS
from .rows import MOST_VARIANTS, Rows
from .table import HIGHEST, LOWEST, Side, Table, TableError

LANES = 32
BLOCK_ROOM = 2048
"""The kernel reads whole registers and the last bucket may end the arrays: some cells beyond it are never a row."""
SPARE = 8
"""One row in so many is kept free in each bucket, and so many again at the end."""
FORMAT = 1


def _up(sizes: np.ndarray) -> np.ndarray:
    return (sizes + LANES - 1) // LANES * LANES


def fingerprint(table: Table) -> str:
    """Names and sizes that a saved store rests on."""
    return f"{FORMAT} {table.id} {table.group.count} {table.area.count} {list(table.offer)} {list(table.wish)}"


class Store:
    """`cells` int16 (columns × capacity), `numbers` uint32, `variants` uint8; `starts`, `useds`, `rooms` int64 for each bucket.

    Wishes keep their areas as columns of sixteen bits behind the table's own. Not safe for several threads: `Matcher` locks.
    """

    def __init__(self, table: Table, side: Side):
        self.table, self.side = table, side
        self.names = table.columns(side)
        self.words = 0 if side == "offer" else -(-table.area.count // AREA_BITS)
        self.areas = table.area.count if side == "offer" else 1
        self.groups = table.group.count
        self._lay_out(np.zeros(0, dtype=np.int64), np.zeros((len(self.names) + self.words, 0), dtype=np.int16),
                      np.zeros(0, dtype=np.uint32), np.zeros(0, dtype=np.uint8))  # fmt: skip

    @property
    def size(self) -> int:
        """Rows stored."""
        return int(self.useds.sum())

    @property
    def bytes(self) -> int:
        """Memory of all arrays."""
        arrays = (self.cells, self.numbers, self.variants, self._sorted, self._places)
        return sum(array.nbytes for array in arrays)

    def fill(self, rows: Rows) -> Store:
        """Lays out these rows in place of whatever was there; of two rows with one number and variant the last one counts."""
        if rows.side != self.side:
            raise TableError("放进来的不是这一方的数据。")
        keys = rows.ids * MOST_VARIANTS + rows.variants
        if keys.size and np.unique(keys).size != keys.size:
            last = keys.size - 1 - np.unique(keys[::-1], return_index=True)[1]
            rows = rows.take(np.sort(last))
        cells = np.empty((len(self.names) + self.words, rows.size), dtype=np.int16)
        for place, name in enumerate(self.names):
            cells[place] = rows.columns[name]
        for word in range(self.words):
            cells[len(self.names) + word] = _word(rows.areas, word)
        buckets = self._buckets(rows.groups, rows.areas)
        self._lay_out(buckets, cells, rows.ids.astype(np.uint32), rows.variants.astype(np.uint8))
        return self

    def _buckets(self, groups: np.ndarray, areas: np.ndarray) -> np.ndarray:
        named = np.where(groups < 0, self.groups, groups).astype(np.int64)
        if self.side == "wish":
            return named
        return named * self.areas + np.bitwise_count(areas - np.uint64(1)).astype(np.int64)

    def _lay_out(self, buckets: np.ndarray, cells: np.ndarray, numbers: np.ndarray, variants: np.ndarray) -> None:
        self.useds = np.bincount(buckets, minlength=(self.groups + 1) * self.areas).astype(np.int64)
        self.rooms = _up(self.useds + self.useds // SPARE + (self.useds > 0))
        ends = np.cumsum(self.rooms)
        self.starts = ends - self.rooms
        self._end = int(ends[-1])
        capacity = int(_up(np.int64(self._end + self._end // SPARE + 2 * BLOCK_ROOM)))
        order = np.argsort(buckets, kind="stable")
        places = np.arange(buckets.size) + np.repeat(self.starts - (np.cumsum(self.useds) - self.useds), self.useds)
        self.cells = np.zeros((cells.shape[0], capacity), dtype=np.int16)
        for mine, given in zip(self.cells, cells, strict=True):
            mine[places] = given[order]
        self.numbers, self.variants = np.zeros(capacity, dtype=np.uint32), np.zeros(capacity, dtype=np.uint8)
        self.numbers[places], self.variants[places] = numbers[order], variants[order]
        keys = self.numbers[places].astype(np.int64) * MOST_VARIANTS + self.variants[places]
        by_key = np.argsort(keys, kind="stable")
        self._sorted, self._places = keys[by_key], places[by_key]
        self._new: dict[int, int] = {}
        self.has_variants = bool(variants.any())

    # Where a row is: keys known at the last laying out by bisection, later ones in a dictionary.

    def _rank(self, key: int) -> int:
        rank = int(np.searchsorted(self._sorted, key))
        return rank if rank < self._sorted.size and self._sorted[rank] == key else -1

    def place(self, number: int, variant: int) -> int:
        """Position of a row in the arrays; -1 when it is not there."""
        key = number * MOST_VARIANTS + variant
        if (rank := self._rank(key)) >= 0:
            return int(self._places[rank])
        return self._new.get(key, -1)

    def _moved(self, key: int, place: int) -> None:
        if (rank := self._rank(key)) >= 0:
            self._places[rank] = place
        elif place < 0:
            self._new.pop(key, None)
        else:
            self._new[key] = place

    def _key_at(self, place: int) -> int:
        return int(self.numbers[place]) * MOST_VARIANTS + int(self.variants[place])

    def bucket_at(self, place: int) -> int:
        """The bucket that holds a position."""
        inside = (self.starts <= place) & (place < self.starts + self.rooms)
        return int(np.flatnonzero(inside)[0])

    def area_at(self, places: np.ndarray) -> np.ndarray:
        """Areas of offers at these positions (uint64)."""
        order = np.lexsort((self.rooms, self.starts))
        found = order[np.searchsorted(self.starts[order], places, side="right") - 1]
        return (found % self.areas).astype(np.uint64)

    # Changing

    def change(self, number: int, values: Mapping[str, int]) -> bool:
        """New values for all rows of a number; False when there are none. TableError for what the table does not know."""
        codes = self.table.codes(self.side)
        for name, value in values.items():
            if name not in self.names:
                raise TableError(f"匹配表里没有列 {name}。")
            if not (0 if name in codes else LOWEST) <= value <= HIGHEST:
                raise TableError(f"{name} 的值 {value} 放不下。")
        places = [place for variant in range(MOST_VARIANTS) if (place := self.place(number, variant)) >= 0]
        for place in places:
            for name, value in values.items():
                self.cells[self.names.index(name), place] = value
        return bool(places)

    def set_column(self, name: str, numbers: np.ndarray, values: np.ndarray, *, otherwise: int) -> None:
        """A whole column anew: the value of each number (sorted or not), `otherwise` for numbers that are not given."""
        order = np.argsort(numbers)
        known, given = np.asarray(numbers)[order], np.asarray(values, dtype=np.int64)[order]
        if given.size and (given.min() < LOWEST or given.max() > HIGHEST):
            raise TableError(f"{name} 的值放不下。")
        column = self.cells[self.names.index(name)]
        for start, used in zip(self.starts.tolist(), self.useds.tolist(), strict=True):
            mine = self.numbers[start : start + used].astype(np.int64)
            if not known.size:
                column[start : start + used] = otherwise
                continue
            rank = np.minimum(np.searchsorted(known, mine), known.size - 1)
            column[start : start + used] = np.where(known[rank] == mine, given[rank], otherwise)

    def remove(self, number: int) -> bool:
        """Takes out all rows of a number; False when there were none."""
        found = False
        for variant in range(MOST_VARIANTS):
            place = self.place(number, variant)
            if place < 0:
                continue
            found = True
            bucket = self.bucket_at(place)
            last = int(self.starts[bucket] + self.useds[bucket]) - 1
            self._moved(self._key_at(place), -1)
            if last != place:
                self.cells[:, place] = self.cells[:, last]
                self.numbers[place], self.variants[place] = self.numbers[last], self.variants[last]
                self._moved(self._key_at(place), place)
            self.useds[bucket] -= 1
        return found

    def put(self, rows: Rows) -> None:
        """Rows of one number in place of all it had (none of its old rows stays)."""
        if rows.side != self.side or np.unique(rows.ids).size > 1:
            raise TableError("一次只能放进一个编号的数据。")
        if not rows.size:
            return
        self.remove(int(rows.ids[0]))
        buckets = self._buckets(rows.groups, rows.areas).tolist()
        for row, bucket in enumerate(buckets):
            if self.useds[bucket] == self.rooms[bucket] and not self._grow(bucket):
                self.fill(self.rows())
                self._grow(bucket)
            place = int(self.starts[bucket] + self.useds[bucket])
            for column, name in enumerate(self.names):
                self.cells[column, place] = rows.columns[name][row]
            for word in range(self.words):
                self.cells[len(self.names) + word, place] = _word(rows.areas[row : row + 1], word)[0]
            self.numbers[place], self.variants[place] = rows.ids[row], rows.variants[row]
            self.useds[bucket] += 1
            self._moved(self._key_at(place), place)
        self.has_variants = self.has_variants or bool(rows.variants.any())

    def _grow(self, bucket: int) -> bool:
        """Moves a full bucket to the end with twice the room; False when the end does not hold it."""
        used = int(self.useds[bucket])
        if used < self.rooms[bucket]:
            return True
        room, start = int(_up(np.int64(2 * used + 1))), int(self.starts[bucket])
        if self._end + room + BLOCK_ROOM > self.cells.shape[1]:
            return False
        for array in (*self.cells, self.numbers, self.variants):
            array[self._end : self._end + used] = array[start : start + used]
        self.starts[bucket], self.rooms[bucket] = self._end, room
        for place in range(self._end, self._end + used):
            self._moved(self._key_at(place), place)
        self._end += room
        return True

    # Reading

    def positions(self) -> np.ndarray:
        """Positions of all rows, bucket by bucket."""
        runs = [np.arange(start, start + used) for start, used in self._runs()]
        return np.concatenate(runs) if runs else np.zeros(0, dtype=np.int64)

    def _runs(self) -> Iterator[tuple[int, int]]:
        return ((s, u) for s, u in zip(self.starts.tolist(), self.useds.tolist(), strict=True) if u)

    def rows(self) -> Rows:
        """Everything stored, as rows."""
        places = self.positions()
        buckets = np.repeat(np.arange(self.useds.size), self.useds)
        groups, areas = np.divmod(buckets, self.areas)
        if self.side == "offer":
            masks = np.uint64(1) << areas.astype(np.uint64)
        else:
            masks = np.zeros(places.size, dtype=np.uint64)
            for word in range(self.words):
                bits = self.cells[len(self.names) + word, places].astype(np.uint16).astype(np.uint64)
                masks |= bits << np.uint64(AREA_BITS * word)
        columns = {name: self.cells[column, places] for column, name in enumerate(self.names)}
        named = np.where(groups == self.groups, -1, groups).astype(np.int16)
        return Rows(
            self.side,
            self.numbers[places].astype(np.int64),
            self.variants[places].astype(np.int64),
            named,
            masks,
            columns,
        )

    def save(self, path: Path) -> None:
        """Writes all rows to one .npz; a reader sees the old file or the new one, never half."""
        rows, part = self.rows(), path.with_name(path.name + ".part")
        columns = {f"column_{name}": values for name, values in rows.columns.items()}
        with part.open("wb") as file:
            np.savez(file, format=np.array(fingerprint(self.table)), side=np.array(self.side), ids=rows.ids,
                     variants=rows.variants, groups=rows.groups, areas=rows.areas, **columns)  # fmt: skip
        part.replace(path)

    @classmethod
    def open(cls, table: Table, side: Side, path: Path) -> Store:
        """The rows of a file. TableError when it is missing, damaged or of another table: make it anew then."""
        try:
            with path.open("rb") as whole, np.load(whole, allow_pickle=False) as file:
                if str(file["format"]) != fingerprint(table) or str(file["side"]) != side:
                    raise TableError("存下的匹配索引属于另一张匹配表，需要重建。")
                columns = {name: file[f"column_{name}"] for name in table.columns(side)}
                rows = Rows(side, file["ids"], file["variants"], file["groups"], file["areas"], columns)
                return cls(table, side).fill(rows)
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error) as error:
            raise TableError(f"存下的匹配索引读不出来，需要重建：{error}") from error


def _word(areas: np.ndarray, word: int) -> np.ndarray:
    """Sixteen bits of the areas as int16."""
    return ((areas >> np.uint64(AREA_BITS * word)) & np.uint64(0xFFFF)).astype(np.uint16).view(np.int16)
