"""电话抽查: who is called, drawn by a recorded seed, and what the answers mean (Q-1.3.7, D-13). Pure: no database, no clock, no chance of
its own."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

YES, NO, UNREACHED = "yes", "no", "unreached"


def size(people: int, share: Fraction) -> int:
    """How many are called: the share rounded up, at least one, never more than there are; 0 of nobody."""
    if people <= 0:
        return 0
    return min(people, max(1, -(-people * share.numerator // share.denominator)))


def draw(keys: Iterable[str], seed: str) -> list[str]:
    """Every key in the order of the draw. The same seed gives the same order however the keys come; a key counts once."""
    return sorted(set(keys), key=lambda key: (hashlib.sha256(f"{seed}\x00{key}".encode()).digest(), key))


@dataclass(frozen=True)
class Outcome:
    """Where the check stands: who said it is not true, and who has to be called yet, in order."""

    failed: tuple[str, ...]
    to_call: tuple[str, ...]

    @property
    def is_complete(self) -> bool:
        return not self.to_call


def outcome(order: Sequence[str], wanted: int, answers: Mapping[str, str]) -> Outcome:
    """Go along the draw until `wanted` people were reached. Whoever was not reached is replaced by the next in the draw; when
    nobody is left the check ends with those that could be reached."""
    failed, to_call, reached = [], [], 0
    for key in order:
        if reached + len(to_call) >= wanted:
            break
        answer = answers.get(key, "")
        if answer in (YES, NO):
            reached += 1
            failed += [key] if answer == NO else []
        elif answer != UNREACHED:
            to_call.append(key)
    return Outcome(tuple(failed), tuple(to_call))


def share_of(base: Fraction, failures: int) -> Fraction:
    """The share of a submission after so many failed checks in a row: each doubles it, all is the most there is."""
    return min(Fraction(1), base * 2**failures)
