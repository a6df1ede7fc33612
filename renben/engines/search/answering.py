"""Answering one question from one reader: as it was asked first, then what comes nearest, and always said aloud."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from .asking import FOUND_BY_CODE, Answer, Ask, Filter, Note, Offer
from .matching import Queries
from .store import Reader

if TYPE_CHECKING:
    import tantivy

FURTHEST = 10_000
"""Nobody reads on beyond so many results."""
LARGEST_PAGE = 500
MOST_FACETS = 300
FEW = 5
"""With fewer results than this the answer also says what each filter costs."""


@dataclass(frozen=True)
class Way:
    """What counts as found, under which filters, and what is to be said about it."""

    base: tantivy.Query
    filters: list[Filter]
    notes: list[Note] = field(default_factory=list)
    by_code: bool = False


class Search:
    """One question to one reader."""

    def __init__(self, reader: Reader, ask: Ask) -> None:
        ask = replace(ask, offset=min(max(ask.offset, 0), FURTHEST), limit=min(max(ask.limit, 0), LARGEST_PAGE))
        self._searcher, self._ask = reader.searcher, ask
        self._queries = Queries(reader.schema, reader.searcher, ask)

    def answer(self) -> Answer:
        """The first of the ways that finds anything, with what it did and what else could be had."""
        ask, queries = self._ask, self._queries
        literal = self._count(queries.literal(), list(ask.filters))
        if literal < ask.offset + ask.limit:
            queries.everywhere = True
            literal = self._count(queries.literal(), list(ask.filters))
        for way in self._ways(literal):
            keys, scores, total = self._page(way)
            if total:
                break
        else:
            return Answer(keys=[], total=0, literal=0, notes=[Note("all", "还没有任何内容。")])
        notes = way.notes
        if literal < total and not notes and way.by_code:
            notes = [self._meaning(literal, total)]
        offers = self._offers() if total < FEW or way.notes else []
        return Answer(keys, total, literal, notes, offers, self._facets(way), scores)

    def _ways(self, literal: int) -> Iterator[Way]:
        """The ways to find something, the nearest to the question first; the last finds everything."""
        ask, queries = self._ask, self._queries
        asked, filters = ask.text.strip()[:30], list(ask.filters)
        required = [one for one in filters if one.required]
        if queries.terms and not literal:
            yield from self._misspelt(asked, filters)
        base = queries.found() if queries.terms else queries.everything()
        if base is not None:
            yield from self._relaxed(base, filters, required, literal)
        partly = queries.partly()
        if partly is not None:
            yield Way(partly, filters, [Note("partly", f"没有写全“{asked}”的，下面是写着其中一部分的。")])
        told = [Note("all", f"没有与“{asked}”相近的，下面是全部。")]
        yield Way(queries.everything(), filters, told)
        yield Way(queries.everything(), required, told)

    def _relaxed(
        self, base: tantivy.Query, filters: list[Filter], required: list[Filter], literal: int
    ) -> Iterator[Way]:
        """All filters; then each one widened, each one left out, and all left out."""
        only_words = self._queries.literal() if self._ask.order and literal else None
        if only_words is not None:
            # In another order than the best first, what only means the same would stand before what was asked.
            yield Way(only_words, filters)
        yield Way(base, filters, by_code=bool(self._queries.terms))
        for i, one in enumerate(filters):
            for codes, words in one.wider:
                wider = [*filters[:i], replace(one, codes=codes, words=words), *filters[i + 1 :]]
                yield Way(base, wider, [Note("wider", f"{one.words}没有合适的，已放宽到{words}。")])
        for one in filters:
            if not one.required:
                less = [other for other in filters if other is not one]
                yield Way(base, less, [Note("without", f"按全部条件没有找到，已去掉“{one.words}”。")])
        yield Way(base, required, [Note("without", "按这些条件没有找到，已去掉全部筛选条件。")])

    def _misspelt(self, asked: str, filters: list[Filter]) -> Iterator[Way]:
        """Words that stand nowhere: what sounds the same; and, unless a code says what they mean, what differs by a character."""
        sound, slip = self._queries.sound(), self._queries.slip()
        if sound is not None:
            yield Way(sound, filters, [Note("sound", f"没有写着“{asked}”的，下面按读音相近的找。")])
        if slip is not None and not self._count(self._queries.meant(), filters):
            yield Way(slip, filters, [Note("slip", f"没有写着“{asked}”的，下面按差一两个字的找。")])

    def _meaning(self, literal: int, total: int) -> Note:
        names = list(dict.fromkeys(one.words for one in self._ask.likely if one.chance >= FOUND_BY_CODE))
        kinds = "、".join(names[:3])
        if literal:
            return Note("code", f"写明的有{literal}个，另列出同类职业（{kinds}）{total - literal}个。")
        return Note("code", f"没有写着“{self._ask.text.strip()[:30]}”的，下面是同类职业（{kinds}）。")

    def _count(self, base: tantivy.Query | None, filters: list[Filter]) -> int:
        if base is None:
            return 0
        return self._searcher.search(self._queries.asked(base, filters, ranked=False), 1).count or 0

    def _page(self, way: Way) -> tuple[list[int], list[float], int]:
        """Keys, scores and the total of one way."""
        import tantivy

        ask = self._ask
        query, order = self._queries.asked(way.base, way.filters, ranked=not ask.order), {}
        if ask.order:
            direction = tantivy.Order.Desc if ask.descending else tantivy.Order.Asc
            order = {"order_by_field": f"n_{ask.order}", "order": direction}
        found = self._searcher.search(query, max(ask.limit, 1), offset=ask.offset, **order)
        hits = found.hits[: ask.limit]
        keys = self._searcher.fast_field_values("key", [address for _, address in hits]) if hits else []
        return keys, [float(score or 0) for score, _ in hits], found.count or 0

    def _offers(self) -> list[Offer]:
        """What the question would find without each of its filters."""
        base = self._queries.found() or self._queries.everything()
        offers = []
        for one in self._ask.filters:
            if not one.required:
                total = self._count(base, [other for other in self._ask.filters if other is not one])
                if total:
                    offers.append(Offer(one.field, one.words, total))
        return offers

    def _facets(self, way: Way) -> dict[str, dict[str, int]]:
        if not self._ask.facets:
            return {}
        wanted = {name: {"terms": {"field": f"c_{name}", "size": MOST_FACETS}} for name in self._ask.facets}
        found = self._searcher.aggregate(self._queries.asked(way.base, way.filters, ranked=False), wanted)
        return {name: {row["key"]: row["doc_count"] for row in found[name]["buckets"]} for name in self._ask.facets}
