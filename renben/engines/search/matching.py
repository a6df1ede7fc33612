"""Questions as queries of the index: what counts as found, and what ranks higher."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from . import fields, tokens
from .asking import FOUND_BY_CODE, AnyOf, Ask, Filter

if TYPE_CHECKING:
    import tantivy

TITLE, TEXT, LETTER = 3.0, 0.5, 1.5
MEANT = 320.0
"""What a code the words certainly mean adds; measured in docs/decisions/0012-search-and-coding.md."""
SAID = 200.0
"""What holding all the words adds: who wrote them stands before who only means the same."""
WHOLE = 1000.0
"""A title that is exactly what was asked comes first."""
NEAR = 30.0
MOST_WORDS = 0.6
"""This share of the terms must be there for a document to count as found by its words."""
MOST_LETTERS = 0.66
MOST_SOUNDS, MOST_SLIPPED = 8, 10
"""Longer questions are not slips of the ear or the finger."""
MOST_TERMS = 40
MOST_TELLING, MOST_RANKING, MOST_LIKELY = 6, 5, 4
"""Of a long question the rarest terms decide what is found and what ranks higher: the others cost time and tell little."""


class Queries:
    """Builds the queries of one question for one schema."""

    def __init__(self, schema: tantivy.Schema, searcher: tantivy.Searcher, ask: Ask) -> None:
        import tantivy

        self._query, self._occur, self._schema, self._ask = tantivy.Query, tantivy.Occur, schema, ask
        self._searcher = searcher
        self._integer = tantivy.FieldType.Integer
        self.normal = tokens.normal(ask.text[: tokens.LONGEST_QUERY])
        self.terms = list(dict.fromkeys(tokens.terms(self.normal)))[:MOST_TERMS]
        self.everywhere = False
        often = {term: searcher.doc_freq(*self._at(term, "text")) for term in self.terms}
        self.rarest = sorted((term for term in self.terms if often[term]), key=lambda term: often[term])

    def found(self) -> tantivy.Query | None:
        """By words, or by what they probably mean. None when nothing was asked."""
        parts = [part for part in (self.literal(), self.meant()) if part is not None]
        return self._any(parts) if parts else None

    def literal(self) -> tantivy.Query | None:
        """Documents that hold the words: the most telling part of them in the title, or (`everywhere`) all of them anywhere.
        None when there can be none.

        Texts are twenty times as long as titles, so they are read only when titles give less than a page. Terms that must all
        be there cost what the rarest costs; "any six of ten" would cost what all ten do.
        """
        parts = [part for part in (self._in_title(), self._anywhere() if self.everywhere else None) if part is not None]
        return self._any(parts) if parts else None

    def _in_title(self) -> tantivy.Query | None:
        least = len(self.terms) if len(self.terms) <= 2 else ceil(min(len(self.terms), MOST_TELLING) * MOST_WORDS)
        # Of every word that stands apart the most telling term must be there too: a long word is no excuse for leaving out a short.
        words = [set(tokens.pairs(run)) for run in tokens.runs(self.normal)[:MOST_TELLING]]
        apart = [next((term for term in self.rarest if term in word), "") for word in words]
        if not self.terms or len(self.rarest) < least or not all(apart):
            return None
        wanted = dict.fromkeys([*apart, *self.rarest[:least]])
        return self._all([self._term(*self._at(term, "title"), TEXT) for term in wanted])

    def _anywhere(self) -> tantivy.Query | None:
        if not self.terms or len(self.rarest) < len(self.terms):
            return None
        held = self._all([self._term(*self._at(term, "text"), TEXT) for term in self.rarest[:MOST_TELLING]])
        return self._query.const_score_query(held, SAID)

    def partly(self) -> tantivy.Query | None:
        """Titles that hold any telling part of the words. None when none can."""
        telling = self.rarest[:MOST_TELLING]
        return self._any([self._term(*self._at(term, "title"), TEXT) for term in telling]) if telling else None

    def _at(self, term: str, name: str) -> tuple[str, str]:
        """The field a term stands in: one character alone stands among the characters of the title."""
        return ("letters" if len(term) == 1 and not term.isascii() else name), term

    def meant(self) -> tantivy.Query | None:
        """Documents with a code the words mean. None when no code is likely enough."""
        parts = [
            self._bonus(f"c_{one.field}", one.code, MEANT * one.chance)
            for one in self._ask.likely[:MOST_LIKELY]
            if one.chance >= FOUND_BY_CODE
        ]
        return self._any(parts) if parts else None

    def sound(self) -> tantivy.Query | None:
        """Titles that sound like the words, or like the letters typed for them."""
        found: list[str] = []
        for run in tokens.runs(self.normal):
            read = tokens.spelled(run) if tokens.is_latin(run) else list(tokens.syllables(run))
            dull = [tokens.blurred(one) for one in read]
            found += [a + b for a, b in zip(dull, dull[1:], strict=False)] or dull
            if not read and run.isalpha() and 2 <= len(run) <= 8:
                found.append(run)
        found = list(dict.fromkeys(found))
        if not 0 < len(found) <= MOST_SOUNDS or not all(self._searcher.doc_freq("sound", one) for one in found):
            return None
        return self._all([self._term("sound", one, 1.0) for one in found])

    def slip(self) -> tantivy.Query | None:
        """Titles that hold two thirds of the characters of one word; several words are rather held in part than misspelt."""
        found = list(dict.fromkeys(tokens.characters(self.normal)))
        if not 3 <= len(found) <= MOST_SLIPPED or len(tokens.runs(self.normal)) > 1:
            return None
        return self._some([self._term("letters", one, LETTER) for one in found], ceil(len(found) * MOST_LETTERS))

    def everything(self) -> tantivy.Query:
        """Every document."""
        return self._query.all_query()

    def asked(self, base: tantivy.Query, filters: list[Filter], *, ranked: bool = True) -> tantivy.Query:
        """`base` under these filters; `ranked` adds what makes a document rank higher."""
        must, should = self._occur.Must, self._occur.Should
        parts = [(must, base)]
        parts += [(must, self._query.const_score_query(self._filter(one), 0.0)) for one in filters]
        if ranked:
            parts += [(should, bonus) for bonus in self._bonuses()]
        return self._query.boolean_query(parts)

    def _bonuses(self) -> list[tantivy.Query]:
        bonuses = [
            self._bonus(f"c_{one.field}", one.code, MEANT * one.chance)
            for one in self._ask.likely[:MOST_LIKELY]
            if 0 < one.chance < FOUND_BY_CODE
        ]
        bonuses += [self._term(*self._at(term, "title"), TITLE) for term in self.rarest[:MOST_RANKING]]
        whole = fields.whole(self.normal)
        if whole:
            bonuses.append(self._bonus("whole", whole, WHOLE))
        if self._ask.near:
            name, codes = self._ask.near
            bonuses += [self._bonus(f"c_{name}", code, NEAR) for code in codes]
        return bonuses

    def _filter(self, one: Filter) -> tantivy.Query:
        if isinstance(one, AnyOf):
            return self._any([self._plain(f"c_{one.field}", code) for code in one.codes])
        low = fields.LOWEST if one.low is None else fields.held(one.low)
        high = fields.HIGHEST if one.high is None else fields.held(one.high)
        if low > high:
            return self._query.empty_query()
        return self._query.range_query(self._schema, f"n_{one.field}", self._integer, low, high)

    def _plain(self, name: str, value: str) -> tantivy.Query:
        return self._query.term_query(self._schema, name, value, "basic")

    def _term(self, name: str, value: str, weight: float) -> tantivy.Query:
        return self._query.boost_query(self._query.term_query(self._schema, name, value, "freq"), weight)

    def _bonus(self, name: str, value: str, score: float) -> tantivy.Query:
        return self._query.const_score_query(self._plain(name, value), score)

    def _all(self, parts: list[tantivy.Query]) -> tantivy.Query:
        return self._query.boolean_query([(self._occur.Must, part) for part in parts])

    def _any(self, parts: list[tantivy.Query]) -> tantivy.Query:
        return self._query.boolean_query([(self._occur.Should, part) for part in parts])

    def _some(self, parts: list[tantivy.Query], least: int) -> tantivy.Query:
        return self._query.boolean_query(
            [(self._occur.Should, part) for part in parts], minimum_number_should_match=max(least, 1)
        )
