"""Job titles to the codes of 职业分类大典2022: the five likeliest with confidence; a person chooses.

The model is trained on this machine from `catalog/codes` (titles people wrote with their code, and the official names) in a few
seconds, and kept under `$RENBEN_HOME/models` by the hash of what it was made from: changed tables make a new one. Measured
on titles it has not seen (`renben bench occupations`); the reasons for its form are in docs/decisions/0012-search-and-coding.md.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import threading
import unicodedata
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from renben.kernel.postgres import renben_home
from renben.kernel.regions_data import CODES_DIR, read_table

from .codetree import CodeTree, code_tree

if TYPE_CHECKING:
    from .model import Model

FORM = "1"
"""Raised when the way of training changes, so that stored models are made again."""
LONGEST = 64
"""A title is judged by so many characters; a whole advertisement pasted into the field is judged by its beginning."""
NAMED = 0.95
"""The confidence of a title that is an official name, whatever people once wrote beside it."""
NAME_COUNTS = 0.5
"""An official name counts half of a title somebody wrote."""


@dataclass(frozen=True, slots=True)
class Guess:
    """One code with its name, the names from the widest group down, and the confidence 0-1 (of all guesses together 1)."""

    code: str
    name: str
    path: tuple[str, ...]
    confidence: float


def clean_title(title: object) -> str:
    """A title as the model reads it: half-width, lower case, without spaces, signs and emoji; at most 64 characters."""
    text = unicodedata.normalize("NFKC", str(title or "")[: 8 * LONGEST]).lower()
    return "".join(char for char in text if char.isalnum() or char in "+#")[:LONGEST]


def tree() -> CodeTree:
    """The classification."""
    return code_tree("occupations")


@cache
def _by_name() -> dict[str, str]:
    """Official names as titles are read -> code; the narrowest code of a name."""
    return {clean_title(code.name): code.code for code in sorted(tree(), key=lambda code: code.level)}


def group_of(code: str) -> str:
    """The 小类 a code belongs to, as a code of the table; a code that is itself wider is its own group."""
    return code[:7] + "-00"


def predict(title: object, top: int = 5) -> list[Guess]:
    """The likeliest codes of a title, best first; empty when nothing in it is known (no letters, emoji alone)."""
    text = clean_title(title)
    if not text:
        return []
    names, found = tree(), _model().predict(text, top)
    named = _by_name().get(text)
    if named is not None:
        others = [(code, chance * (1 - NAMED)) for code, chance in found if code != named]
        found = [(named, NAMED), *others][:top]
    return [Guess(code, names.name(code), tuple(names.path(code)), confidence) for code, confidence in found]


def examples() -> list[tuple[str, str, float]]:
    """What the model learns from: (cleaned text, code, how much it counts)."""
    titles = [(row["title"], row["code"], 1.0) for row in read_table(CODES_DIR / "occupation_titles.csv")]
    names = [(code.name, code.code, NAME_COUNTS) for code in tree() if not tree().children(code.code)]
    return [(clean_title(text), code, counts) for text, code, counts in titles + names]


def trained(samples: Sequence[tuple[str, str, float]]) -> Model:
    """A model of these examples."""
    from .model import Model

    return Model.train(samples)


def agreement(model: Model, titles: Iterable[tuple[str, str]], top: int = 5) -> dict[str, float]:
    """How often the model is right on (title, code): `full`, `group` (小类), `division` (中类) and `top`, as shares."""
    right, asked = dict.fromkeys(("full", "group", "division", "top"), 0), 0
    for title, code in titles:
        guesses = [guess for guess, _ in model.predict(clean_title(title), top)] or [""]
        asked += 1
        right["full"] += guesses[0] == code
        right["group"] += guesses[0][:7] == code[:7]
        right["division"] += guesses[0][:4] == code[:4]
        right["top"] += code in guesses
    return {name: n / max(asked, 1) for name, n in right.items()}


def ensure() -> Path:
    """The stored model of the tables as they are now, trained when there is none. Processes that come together train once."""
    target = _folder() / f"occupations-{_digest()}.npz"
    if not target.exists():
        with _alone():
            if not target.exists():
                _store(trained(examples()), target)
    return target


def _folder() -> Path:
    folder = renben_home() / "models"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@cache
def _digest() -> str:
    digest = hashlib.sha256(FORM.encode())
    for name in ("occupations", "occupation_titles"):
        digest.update((CODES_DIR / f"{name}.csv").read_bytes())
    return digest.hexdigest()[:16]


class _alone:
    """One process trains, the others wait for it."""

    def __enter__(self) -> None:
        self._file = (_folder() / "training.lock").open("w")
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        self._file.close()


def _store(model: Model, target: Path) -> None:
    part = target.with_name(f".{target.name}.{os.getpid()}")
    with part.open("wb") as out:
        model.write(out)
    part.replace(target)
    for old in target.parent.glob("occupations-*.npz"):
        if old != target:
            old.unlink(missing_ok=True)


_held: tuple[Path, Model] | None = None
_loading = threading.Lock()


def _model() -> Model:
    """The model in this process; one that cannot be read is trained anew."""
    global _held
    held = _held
    if held is not None and held[0] == _folder() / f"occupations-{_digest()}.npz":
        return held[1]
    with _loading:
        from .model import Model

        path = ensure()
        try:
            model = Model.read(path)
        except (OSError, ValueError, KeyError, zipfile.BadZipFile, json.JSONDecodeError):
            path.unlink(missing_ok=True)
            path = ensure()
            model = Model.read(path)
        _held = (path, model)
        return model
