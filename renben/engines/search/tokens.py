"""Chinese text as the terms of an index: pairs of characters, words, sounds. The same on both sides, joined by spaces.

Pairs find what no dictionary knows (new and clipped trade names), longer words rank what it does know. Sounds (pinyin without
tones, the endings and initials that many mix up made one) find what was typed by ear, by a wrong character or in letters.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise

VERSION = "1"
"""Raised when terms change: an index with others is built anew."""
LONGEST = 20_000
"""Characters of one text that are searched."""
LONGEST_QUERY = 100

_RUN = re.compile(r"[㐀-䶿一-鿿豈-﫿〇]+|[a-z0-9+#]+")


def normal(text: object) -> str:
    """Half-width, lower case, without control characters."""
    return unicodedata.normalize("NFKC", str(text or "")[:LONGEST]).lower()


def runs(text: str) -> list[str]:
    """The stretches of Chinese characters and of letters and digits in a normal text; everything else divides."""
    return _RUN.findall(text)


def is_latin(run: str) -> bool:
    return run.isascii()


def pairs(run: str) -> list[str]:
    """Every two neighbouring characters; the character itself when it stands alone; letters and digits whole."""
    return [run] if is_latin(run) or len(run) == 1 else [a + b for a, b in pairwise(run)]


def words(run: str) -> list[str]:
    """The words of a stretch of Chinese characters, by the dictionary."""
    import rjieba  # half a second of dictionary, needed only by who searches

    return [run] if is_latin(run) else rjieba.cut(run)


def terms(text: str) -> list[str]:
    """What stands in the index for a normal text: all pairs, and the words of three characters and more."""
    import rjieba

    found: list[str] = []
    for run in runs(text):
        found += pairs(run)
    # One call for the whole text; the dictionary's words never reach over what divides.
    return found + [word for word in rjieba.cut(text) if len(word) > 2 and not word.isascii()]


def characters(text: str) -> list[str]:
    """Every Chinese character alone, letters and digits whole."""
    return [part for run in runs(text) for part in ([run] if is_latin(run) else run)]


_ALIKE = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ng", "n"))


def blurred(syllable: str) -> str:
    """A syllable without the differences many speakers do not make: zh z, ch c, sh s, -ng -n."""
    for sharp, blunt in _ALIKE:
        syllable = syllable.replace(sharp, blunt)
    return syllable


@lru_cache(maxsize=65_536)
def syllables(run: str) -> tuple[str, ...]:
    """How a stretch of Chinese characters is read, one syllable per character ("yin", "hang"), words read as words."""
    from pypinyin import lazy_pinyin  # slow to load

    return tuple(lazy_pinyin(run))


def sounds(text: str) -> list[str]:
    """The sounds of a normal text: each two neighbouring syllables, whole stretches and words, and their first letters."""
    found: list[str] = []
    for run in runs(text):
        if is_latin(run):
            continue
        read = syllables(run)
        dull = [blurred(one) for one in read]
        found += [a + b for a, b in pairwise(dull)] or dull
        parts, start = [(0, len(run))] if len(run) > 2 else [], 0
        for word in words(run):
            if len(word) > 2:
                parts.append((start, start + len(word)))
            start += len(word)
        for begin, end in dict.fromkeys(parts):
            found += ["".join(dull[begin:end]), "".join(one[0] for one in read[begin:end])]
        found += [a[0] + b[0] for a, b in pairwise(read)] if len(run) == 2 else []
    return found


@lru_cache(maxsize=1)
def _all_syllables() -> frozenset[str]:
    from pypinyin.constants import PINYIN_DICT
    from pypinyin.contrib.tone_convert import to_normal

    read = {sound for sounds in PINYIN_DICT.values() for sound in sounds.split(",")}
    return frozenset(plain for plain in map(to_normal, read) if plain.isascii() and plain.isalpha())


def spelled(letters: str) -> list[str]:
    """Letters typed for Chinese ("baozhuanggong") as syllables; empty when they are not all syllables.

    Of several ways the one with the fewest syllables.
    """
    if not letters.isascii() or not letters.isalpha() or len(letters) > 60:
        return []
    known = _all_syllables()
    best: list[list[str] | None] = [[]] + [None] * len(letters)
    for end in range(1, len(letters) + 1):
        for start in range(max(0, end - 6), end):
            head = best[start]
            if head is not None and letters[start:end] in known:
                taken = best[end]
                if taken is None or len(head) + 1 < len(taken):
                    best[end] = [*head, letters[start:end]]
    return best[-1] or []
