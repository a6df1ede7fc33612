"""Names the catalogue may use, and where their code stands. Services declare; the engine never imports a service.

A service's catalog module offers any of: `ACTIONS`, `UNDO_ACTIONS`, `GUARDS`, `FIELD_SOURCES` (name → "module:function"),
`FIELD_FAMILIES` (first word of a name → "module:function"),
`CHECKED_BY_ACTION` (action → guards it repeats under its locks), `EVENTS` (name in catalog/events.yaml → where it is
told with `clear_follow_up`), `FORMS`, `LEDGERS` (names). Strings are resolved when first used, so declaring costs nothing and
pulls in no library.
"""

from __future__ import annotations

import ast
import importlib
import importlib.util
from collections.abc import Callable, Iterable
from functools import cache, partial
from pathlib import Path

_actions: dict[str, str | Callable] = {}
_undo: dict[str, str | Callable] = {}
_guards: dict[str, str | Callable] = {}
_checked: dict[str, frozenset[str]] = {}
_sources: dict[str, str | Callable] = {}
_families: dict[str, str | Callable] = {}
_events: dict[str, list[str]] = {}
_forms: set[str] = set()
_ledgers: set[str] = set()


def register_action(name: str, target: str | Callable, undo: str | Callable | None = None) -> None:
    """`target` is `run(ctx) -> Done | Blocked`, or its dotted path `module:function`. `undo(ctx) -> Done | Blocked`."""
    _actions[name] = target
    if undo is not None:
        _undo[name] = undo


def register_guard(name: str, target: str | Callable) -> None:
    """`target(ctx) -> list[Reason]`; empty means nothing stands in the way."""
    _guards[name] = target


def register_checks(action: str, guards: Iterable[str]) -> None:
    """The action checks under its locks what these guards ask, so a guard need not be asked just before it."""
    _checked[action] = frozenset(guards)


def is_checked_by(action: str | None, guard: str) -> bool:
    return guard in _checked.get(action or "", ())


def register_field_source(name: str, target: str | Callable) -> None:
    """`target(case) -> value | None` for a field's `source_fact`."""
    _sources[name] = target


def register_field_family(head: str, target: str | Callable) -> None:
    """`target(case, name) -> value | None` for every `source_fact` whose first word is `head` (`journey.J-4.1.2.question`)."""
    _families[head] = target


def declare_event(name: str, targets: Iterable[str]) -> None:
    """Code that tells this event, as dotted paths `module:function`."""
    _events[name] = sorted({*_events.get(name, []), *targets})


def told_events() -> dict[str, list[str]]:
    """Events that services tell, each with the places that do."""
    return dict(_events)


def declare_forms(names: Iterable[str]) -> None:
    _forms.update(names)


def declare_ledgers(names: Iterable[str]) -> None:
    _ledgers.update(names)


def known_forms() -> frozenset[str]:
    return frozenset(_forms)


def known_ledgers() -> frozenset[str]:
    return frozenset(_ledgers)


def declared() -> dict[str, dict[str, str | Callable]]:
    """All declared names by kind: actions, undo, guards, field sources."""
    return {"action": dict(_actions), "undo": dict(_undo), "guard": dict(_guards), "field_source": dict(_sources)}


def load(modules: Iterable[str]) -> None:
    """Take over what the named catalog modules declare. A module that does not exist stops the start."""
    for name in modules:
        module = importlib.import_module(name)
        undo = getattr(module, "UNDO_ACTIONS", {})
        for action, target in getattr(module, "ACTIONS", {}).items():
            register_action(action, target, undo.get(action))
        for guard, target in getattr(module, "GUARDS", {}).items():
            register_guard(guard, target)
        for action, guards in getattr(module, "CHECKED_BY_ACTION", {}).items():
            register_checks(action, guards)
        for source, target in getattr(module, "FIELD_SOURCES", {}).items():
            register_field_source(source, target)
        for head, target in getattr(module, "FIELD_FAMILIES", {}).items():
            register_field_family(head, target)
        for event, targets in getattr(module, "EVENTS", {}).items():
            declare_event(event, targets)
        declare_forms(getattr(module, "FORMS", ()))
        declare_ledgers(getattr(module, "LEDGERS", ()))


def _resolve(table: dict[str, str | Callable], name: str) -> Callable | None:
    target = table.get(name)
    return _imported(target) if isinstance(target, str) else target


@cache
def _imported(target: str) -> Callable:
    """What "module:function" stands for. The tables keep the text: where a parameter is used is read from it."""
    module, _, attribute = target.partition(":")
    return getattr(importlib.import_module(module), attribute)


def action(name: str) -> Callable | None:
    return _resolve(_actions, name)


def undo_action(name: str) -> Callable | None:
    return _resolve(_undo, name)


def guard(name: str) -> Callable | None:
    return _resolve(_guards, name)


def field_source(name: str) -> Callable | None:
    """`(case) -> value | None` for a `source_fact`: registered by its whole name, else by its first word."""
    if name in _sources:
        return _resolve(_sources, name)
    family = _resolve(_families, name.partition(".")[0])
    return partial(family, name=name) if family is not None else None


def source_target(name: str) -> str | Callable | None:
    """Where the code of a `source_fact` stands, without importing it; None when nobody registered it."""
    return _sources.get(name) or _families.get(name.partition(".")[0])


@cache
def _names_in(module: str) -> frozenset[str] | None:
    """What a module defines at its top, read from its source; None when there is no such module."""
    try:
        spec = importlib.util.find_spec(module)
    except (ImportError, ValueError):
        spec = None
    if spec is None or not spec.origin:
        return None
    tree = ast.parse(Path(spec.origin).read_text(encoding="utf-8"))
    names = {n.name for n in tree.body if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)}
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            names |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.Assign):
            names |= {t.id for t in node.targets if isinstance(t, ast.Name)}
    return frozenset(names)


def missing_target(target: str | Callable) -> str:
    """Why a dotted path would fail, found by reading the source instead of importing it; empty when it is fine."""
    if not isinstance(target, str):
        return ""
    module, _, attribute = target.partition(":")
    names = _names_in(module)
    if names is None:
        return f"找不到模块 {module}"
    return "" if attribute in names else f"模块 {module} 中没有 {attribute}"
