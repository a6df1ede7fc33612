"""A column of codes as small numbers with their words: a million codes in a megabyte, compared by a table of a few entries."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np


class Coded:
    """``places`` (uint8) point into ``words``; behaves like a column of text where rules compare codes.

    ``column == "F"`` and ``among(column, codes)`` give bool columns. Nothing else of an array is offered.
    """

    __slots__ = ("places", "words")
    __hash__ = None

    def __init__(self, places: np.ndarray, words: Iterable[str]):
        self.places, self.words = np.asarray(places, dtype=np.uint8), tuple(words)
        if self.places.size and int(self.places.max()) >= len(self.words):
            raise ValueError("a place points beyond the words")

    @property
    def shape(self) -> tuple[int, ...]:
        return self.places.shape

    @property
    def size(self) -> int:
        return self.places.size

    @property
    def ndim(self) -> int:
        return self.places.ndim

    def __getitem__(self, rows) -> Coded:
        return Coded(self.places[rows], self.words)

    def __eq__(self, code: object) -> np.ndarray:
        return self.among((code,))

    def __ne__(self, code: object) -> np.ndarray:
        return ~self.among((code,))

    def among(self, codes: Iterable[object]) -> np.ndarray:
        """Where the code is one of these."""
        wanted = set(codes)
        held = [place for place, word in enumerate(self.words) if word in wanted]
        if 2 * len(held) > len(self.words):  # fewer comparisons the other way round
            others = [place for place in range(len(self.words)) if place not in held]
            return ~self._at(others)
        return self._at(held)

    def _at(self, places: list[int]) -> np.ndarray:
        """Where the place is one of a few: comparing each is many times quicker than looking every row up."""
        found = np.zeros(self.places.shape, dtype=bool)
        for place in places:
            found |= self.places == place
        return found

    def as_text(self) -> np.ndarray:
        """The words themselves, row by row."""
        return np.asarray(self.words)[self.places]


def among(column: np.ndarray | Coded, codes: Iterable[str]) -> np.ndarray:
    """Where a column of codes, as text or coded, holds one of these."""
    return column.among(codes) if isinstance(column, Coded) else np.isin(column, tuple(codes))
