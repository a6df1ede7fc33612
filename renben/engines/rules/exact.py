"""Shares and percentages without rounding errors: ratios of the catalogue become fractions, columns stay whole numbers."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np


def fraction(ratio: int | float) -> Fraction:
    """A ratio as it is written in the catalogue (0.14 is 14/100, not the nearest binary number)."""
    return Fraction(str(ratio))


def share(amount: np.ndarray, of: Fraction) -> np.ndarray:
    """``amount × of`` in whole units, half up; ``amount`` is a column of non-negative whole numbers (fen, persons)."""
    return (np.asarray(amount, dtype=np.int64) * (2 * of.numerator) + of.denominator) // (2 * of.denominator)


def reaches(part: np.ndarray, whole: np.ndarray, ratio: Fraction) -> np.ndarray:
    """True where ``part ÷ whole ≥ ratio``; a whole of nothing is reached."""
    return part * ratio.denominator >= whole * ratio.numerator


def exceeds(part: np.ndarray, whole: np.ndarray, ratio: Fraction) -> np.ndarray:
    """True where ``part ÷ whole > ratio``; a whole of nothing is exceeded by anything."""
    return part * ratio.denominator > whole * ratio.numerator


def percent_text(ratio: Any) -> str:
    """A ratio in words: ``30%``, ``5.5%``."""
    value = fraction(ratio) * 100
    return f"{value}%" if value.denominator == 1 else f"{float(value):g}%"
