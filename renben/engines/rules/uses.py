"""Where a parameter is used, read from the source: which names a function reaches, through every function it calls.

A name may be put together (``f"{prefix}.months"``): its pieces are tried with the pieces of text the same functions hold,
and only what is a known name counts. So the answer may name one too many of a family, never a stranger to it.
"""

from __future__ import annotations

import ast
import importlib.util
import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from . import registry
from .parameters import from_files

_OURS = "renben."
_MACHINERY = tuple(
    f"renben.engines.rules.{name}" for name in ("evaluation", "parameters", "registry", "inputs", "errors")
)
Place = tuple[str, str]
"""Module and name in it."""


@dataclass
class _Module:
    """What a module defines and imports at its top."""

    defined: dict[str, ast.AST] = field(default_factory=dict)
    imported: dict[str, Place] = field(default_factory=dict)


@dataclass
class _Text:
    """Texts of a piece of code, and the patterns of those put together: None stands for an unknown piece."""

    constants: set[str] = field(default_factory=set)
    patterns: set[tuple[str | None | frozenset[str], ...]] = field(default_factory=set)


def _absolute(module: str, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    return ".".join([*module.split(".")[: -node.level], *([node.module] if node.module else [])])


@cache
def _module(name: str) -> _Module | None:
    """The top of one of our modules; None for a stranger, a package without code or the machinery of the rules."""
    if not name.startswith(_OURS) or name in _MACHINERY:
        return None
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, ValueError):
        return None
    if spec is None or not spec.origin or not spec.origin.endswith(".py"):
        return None
    found = _Module()
    tree = ast.parse(Path(spec.origin).read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.defined[node.name] = node
        elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found.defined |= {target.id: node.value for target in targets if isinstance(target, ast.Name)}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            base = _absolute(name, node)
            found.imported |= {alias.asname or alias.name: (base, alias.name) for alias in node.names}
    return found


def _pattern(node: ast.JoinedStr) -> tuple[str | None | frozenset[str], ...]:
    """Pieces of a text put together: known text, a choice of texts, or None."""
    pieces: list[str | None | frozenset[str]] = []
    for part in node.values:
        if isinstance(part, ast.Constant):
            pieces.append(str(part.value))
            continue
        chosen = {n.value for n in ast.walk(part) if isinstance(n, ast.Constant) and isinstance(n.value, str)}
        pieces.append(frozenset(chosen) or None)
    return tuple(pieces)


@cache
def _look(place: Place) -> tuple[_Text, frozenset[Place]]:
    """Texts of one definition, and the definitions it names."""
    text, onward = _Text(), set()
    module = _module(place[0])
    node = module.defined.get(place[1]) if module else None
    if module is None or node is None:
        return text, frozenset()
    for one in ast.walk(node):
        if isinstance(one, ast.JoinedStr):
            text.patterns.add(_pattern(one))
        elif isinstance(one, ast.Constant) and isinstance(one.value, str):
            text.constants.add(one.value)
        elif isinstance(one, ast.Name) and one.id != place[1]:
            onward.add(_resolved(place[0], module, one.id))
        elif isinstance(one, ast.Attribute) and isinstance(one.value, ast.Name) and one.value.id in module.imported:
            base, name = module.imported[one.value.id]
            onward.add((f"{base}.{name}", one.attr))
    return text, frozenset(place for place in onward if place is not None)


def _resolved(module_name: str, module: _Module, name: str) -> Place | None:
    if name in module.defined:
        return (module_name, name)
    return module.imported.get(name)


def _followed(place: Place) -> Place:
    """Where a name that is only passed on by a package is really defined."""
    module = _module(place[0])
    while module is not None and place[1] not in module.defined and place[1] in module.imported:
        place = module.imported[place[1]]
        module = _module(place[0])
    return place


def _reached(places: Iterable[Place]) -> _Text:
    """Texts of these definitions and of all they lead to."""
    waiting, seen, found = list(places), set(), _Text()
    while waiting:
        place = _followed(waiting.pop())
        if place in seen:
            continue
        seen.add(place)
        text, onward = _look(place)
        found.constants |= text.constants
        found.patterns |= text.patterns
        waiting.extend(onward)
    return found


def _names_among(text: _Text, known: frozenset[str]) -> frozenset[str]:
    """The known names that stand in these texts or can be put together from them."""
    heads = {name[:length] for name in known for length in range(1, len(name) + 1)}
    pieces = set(text.constants)
    for _ in range(2):
        for pattern in text.patterns:
            made = {""}
            for piece in pattern:
                choices = {piece} if isinstance(piece, str) else piece if piece is not None else pieces
                made = {head + tail for head, tail in itertools.product(made, choices) if head + tail in heads}
            pieces |= made
    return frozenset(pieces & known)


def _of(function: Callable) -> Place:
    return (function.__module__, function.__qualname__.split(".")[0])


def parameters_of(domain: str) -> frozenset[str]:
    """Parameters a rule domain may read, for its answer or its explanation."""
    return _parameters_of(registry.get(domain), frozenset(from_files()))


@cache
def _parameters_of(rule: registry.Domain, known: frozenset[str]) -> frozenset[str]:
    places = [_of(rule.compute), *([_of(rule.explain)] if rule.explain else [])]
    return _names_among(_reached(places), known)


def domains_of(parameter: str) -> tuple[str, ...]:
    """Rule domains that may read a parameter, sorted."""
    return tuple(name for name in registry.names() if parameter in parameters_of(name))


def parameters_behind(target: str) -> frozenset[str]:
    """Parameters that a function (``module:name``) reaches, by itself or through the domains it asks."""
    return _parameters_behind(target, frozenset(registry.names()), frozenset(from_files()))


@cache
def _parameters_behind(target: str, domains: frozenset[str], known: frozenset[str]) -> frozenset[str]:
    module, _, name = target.partition(":")
    text = _reached([(module, name)])
    asked = _names_among(text, domains)
    return _names_among(text, known).union(*(parameters_of(domain) for domain in asked))
