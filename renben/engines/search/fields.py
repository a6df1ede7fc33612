"""The fields of an index and how a document becomes its terms."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from . import tokens
from .sources import Document, SearchSource

if TYPE_CHECKING:
    import tantivy

VERSION = "1"
LOWEST, HIGHEST = -(2**62), 2**62


def schema_of(source: SearchSource) -> tantivy.Schema:
    """`title`, `text` (everything, the title too), `letters` (single characters of the title), `sound`, `whole` (the title as one term), `key`, and the
    source's codes (`c_…`) and numbers (`n_…`). Nothing is stored: the record itself is read from PostgreSQL."""
    import tantivy

    builder = tantivy.SchemaBuilder()
    for name in ("title", "text", "letters", "sound"):
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("whole", tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("key", indexed=True, fast=True)
    for name in source.codes:
        builder.add_text_field(f"c_{name}", tokenizer_name="raw", index_option="basic", fast=True)
    for name in source.numbers:
        builder.add_integer_field(f"n_{name}", indexed=True, fast=True)
    return builder.build()


def shape_of(source: SearchSource) -> str:
    """Names the form of an index: another shape is built anew."""
    import tantivy

    return "|".join((VERSION, tokens.VERSION, tantivy.__version__, ",".join(source.codes), ",".join(source.numbers)))


def held(number: int) -> int:
    """A number as the index can hold it."""
    return min(max(number, LOWEST), HIGHEST)


def whole(title: str) -> str:
    """A title as one term: normal, without what divides."""
    return "".join(tokens.runs(tokens.normal(title)))


@lru_cache(maxsize=20_000)
def _title_terms(title: str) -> tuple[str, str, str, str]:
    """Titles repeat, and sounds are slow to find."""
    normal = tokens.normal(title[:200])
    return (
        " ".join(tokens.terms(normal)),
        " ".join(tokens.characters(normal)),
        " ".join(tokens.sounds(normal)),
        whole(title),
    )


def as_terms(source: SearchSource, document: Document) -> tantivy.Document:
    """The document of the index. KeyError for a code or number the source did not declare is a fault of the service."""
    import tantivy

    made = tantivy.Document()
    title, letters, sound, whole_title = _title_terms(document.title)
    made.add_text("title", title)
    made.add_text("letters", letters)
    made.add_text("sound", sound)
    made.add_text("whole", whole_title)
    made.add_text("text", " ".join([title, *tokens.terms(tokens.normal(document.text))]))
    made.add_integer("key", document.key)
    for name in source.codes:
        for code in dict.fromkeys(document.codes.get(name, ())):
            made.add_text(f"c_{name}", code)
    for name in source.numbers:
        if name in document.numbers:
            made.add_integer(f"n_{name}", held(document.numbers[name]))
    return made
