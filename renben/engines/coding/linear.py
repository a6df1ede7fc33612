"""A linear classifier of short texts: one-against-the-rest support vector machines over character 1-3 grams.

Trained by dual coordinate descent for the squared hinge loss (Hsieh et al., ICML 2008, the method of LIBLINEAR), all classes
at once: every sample's row of weights is one vector operation, so a few thousand titles take seconds without any library
beyond numpy. Deterministic for the same samples.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

EPOCHS = 6
COST = 2.0
LEAST_DOCUMENTS = 2
"""A gram that stands in one sample alone teaches nothing about others and would triple the size of the model."""


def grams(text: str) -> Counter[str]:
    """Characters, and pairs and triples of them with the ends of the text marked."""
    marked = f"^{text}$"
    found = Counter(text)
    found.update(a + b for a, b in pairwise(marked))
    found.update(marked[i : i + 3] for i in range(len(marked) - 2))
    return found


@dataclass(frozen=True)
class Features:
    """What a text is made of: gram -> column, and how telling each gram is."""

    columns: dict[str, int]
    telling: np.ndarray

    @classmethod
    def of(cls, texts: Sequence[str]) -> Features:
        seen = Counter(gram for text in texts for gram in grams(text))
        held = sorted(gram for gram, n in seen.items() if n >= LEAST_DOCUMENTS)
        telling = np.array([np.log((1 + len(texts)) / (1 + seen[gram])) + 1 for gram in held], np.float32)
        return cls({gram: i for i, gram in enumerate(held)}, telling)

    def vector(self, text: str) -> tuple[np.ndarray, np.ndarray]:
        """Columns and their weights (length one in all); empty when no gram of the text is known."""
        found = [(self.columns[gram], n) for gram, n in grams(text).items() if gram in self.columns]
        if not found:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        columns = np.array([column for column, _ in found], np.int64)
        weights = (1 + np.log(np.array([n for _, n in found], np.float32))) * self.telling[columns]
        return columns, weights / np.linalg.norm(weights)


def train(
    features: Features, texts: Sequence[str], labels: Sequence[str], costs: Sequence[float]
) -> tuple[list[str], np.ndarray]:
    """Weights (columns + 1, classes), the last row the constant; `costs` is how much each sample counts.

    Returns the classes in the order of the weights' columns.
    """
    classes = sorted(set(labels))
    place = {label: i for i, label in enumerate(classes)}
    vectors = [features.vector(text) for text in texts]
    weights = np.zeros((len(features.columns) + 1, len(classes)), np.float32)
    duals = np.zeros((len(texts), len(classes)), np.float32)
    last = len(features.columns)
    signs = np.full(len(classes), -1, np.float32)
    rng = np.random.default_rng(2022)
    for _ in range(EPOCHS):
        for i in rng.permutation(len(texts)):
            columns, values = vectors[i]
            slack = np.float32(1 / (2 * COST * costs[i]))
            signs[place[labels[i]]] = 1
            margin = signs * (values @ weights[columns] + weights[last])
            dual = np.maximum(duals[i] - (margin - 1 + slack * duals[i]) / (2 + slack), 0)
            step = (dual - duals[i]) * signs
            duals[i] = dual
            weights[columns] += np.outer(values, step)
            weights[last] += step
            signs[place[labels[i]]] = -1
    return classes, weights
