"""Pinyin keys of names, for sorting and for search by initials (no database here knows Chinese collation).

Surnames are read as surnames (单 shàn, 仇 qiú), given names character by character; the results are stored with the person and
may be corrected by hand.
"""

import re
from functools import lru_cache

from .textnorm import clean_name, split_surname, surname_readings

_PARTS = re.compile(r"[A-Za-z0-9]+|[^\s·'\-\x00-\x7f]")


def pinyin_key(name: str) -> str:
    """The full pinyin of a name, lower case, syllables apart by one space ("shan xiong xin"): sorts names in pinyin order.

    Letters stay (lower case); characters without a known reading stay as they are and sort last. Empty for an empty name.
    """
    return " ".join(_syllables(clean_name(name)))


def pinyin_plain(name: str) -> str:
    """The full pinyin without spaces ("shanxiongxin"), as people type it into a search box."""
    return "".join(_syllables(clean_name(name)))


def initials(name: str) -> str:
    """The first letter of every syllable ("sxx"), for search."""
    return "".join(syllable[0] for syllable in _syllables(clean_name(name)))


@lru_cache(maxsize=65536)
def _syllables(name: str) -> tuple[str, ...]:
    """The reading of a cleaned name; a run of Latin letters is one syllable."""
    surname, rest = split_surname(name)
    reading = surname_readings().get(surname)
    words = list(reading) if reading else []
    for part in _PARTS.findall(rest if reading else name):
        words.extend([part.lower()] if part.isascii() else _character(part))
    return tuple(words)


@lru_cache(maxsize=32768)
def _character(char: str) -> tuple[str, ...]:
    from pypinyin import lazy_pinyin  # slow to load, and most commands never need it

    return tuple(lazy_pinyin(char))
